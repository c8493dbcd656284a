/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.starlet.filter;

import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractListenerServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;

/**
 * Has the connection end with a response that is sent before a body has been read to its
 * end, if some of it was read or the client waits to be told to send it: Jetty may take
 * what is left for the next request.
 *
 * @since 0.1.0
 */
final class JettyRequest extends ServerHttpRequestDecorator {

	private static final boolean JETTY = ClassUtils.isPresent("org.eclipse.jetty.ee11.servlet.ServletApiRequest",
			JettyRequest.class.getClassLoader());

	private volatile boolean unfinished;

	private volatile boolean cancelled;

	private JettyRequest(ServerHttpRequest delegate) {
		super(delegate);
		this.unfinished = delegate.getHeaders().containsHeader(HttpHeaders.EXPECT);
	}

	/**
	 * Watch the body of a request if the server is Jetty.
	 * @param request the request
	 * @param response its response
	 * @return what to read the body of
	 */
	static ServerHttpRequest watch(ServerHttpRequest request, ServerHttpResponse response) {
		if (!JETTY || !isOfServlet(response) || !hasBody(request.getHeaders()) || !isHttp1OfJetty(request)) {
			return request;
		}
		JettyRequest watched = new JettyRequest(request);
		response.beforeCommit(() -> {
			if (watched.unfinished) {
				response.getHeaders().set(HttpHeaders.CONNECTION, "close");
			}
			return Mono.empty();
		});
		return watched;
	}

	/** A mock has nothing native. */
	private static boolean isOfServlet(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator) {
			current = decorator.getDelegate();
		}
		return current instanceof AbstractListenerServerHttpResponse;
	}

	private static boolean hasBody(HttpHeaders headers) {
		return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
	}

	private static boolean isHttp1OfJetty(ServerHttpRequest request) {
		return ServerHttpRequestDecorator.getNativeRequest(request) instanceof ServletApiRequest nativeRequest
				&& nativeRequest.getProtocol().startsWith("HTTP/1");
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return super.getBody().doOnSubscribe((subscription) -> this.unfinished = true)
			.doOnCancel(() -> this.cancelled = true)
			// Told after a cancellation too
			.doOnComplete(() -> this.unfinished = this.cancelled);
	}

}
