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

import java.io.IOException;

import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.ee11.servlet.ServletApiResponse;
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
 * Has the connection end with a response that is sent while some of a body is still to be
 * read: Jetty may take that for the next request.
 *
 * @since 0.1.0
 */
final class JettyRequest extends ServerHttpRequestDecorator {

	private static final boolean JETTY = ClassUtils.isPresent("org.eclipse.jetty.ee11.servlet.ServletApiRequest",
			JettyRequest.class.getClassLoader());

	private volatile boolean begun;

	private volatile boolean cancelled;

	private volatile boolean ended;

	/** How many bytes are to come; negative if nobody has told. */
	private long left;

	private JettyRequest(ServerHttpRequest delegate, boolean begun) {
		super(delegate);
		this.begun = begun;
		this.left = delegate.getHeaders().getContentLength();
	}

	/**
	 * Watch the body of a request if the server is Jetty.
	 * @param request the request
	 * @param response its response
	 * @return what to read the body of
	 */
	static ServerHttpRequest watch(ServerHttpRequest request, ServerHttpResponse response) {
		if (JETTY && isOfServlet(response) && hasBody(request.getHeaders())
				&& ServerHttpRequestDecorator.getNativeRequest(request) instanceof ServletApiRequest nativeRequest
				&& nativeRequest.getProtocol().startsWith("HTTP/1")) {
			ServletApiResponse nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
			JettyRequest watched = new JettyRequest(request, isAwaited(nativeRequest));
			// Not among Spring's, which its adapter leaves out when it answers an error
			// itself
			nativeResponse.setHeader(HttpHeaders.CONNECTION, "close");
			response.beforeCommit(() -> {
				if (watched.ended || !watched.begun) {
					nativeResponse.setHeader(HttpHeaders.CONNECTION, null);
				}
				return Mono.empty();
			});
			return watched;
		}
		return request;
	}

	/** A mock has no native request, and throws if it is asked for one. */
	private static boolean isOfServlet(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator) {
			current = decorator.getDelegate();
		}
		return current instanceof AbstractListenerServerHttpResponse;
	}

	private static boolean hasBody(HttpHeaders headers) {
		// Where Jetty decompresses a body it renames the header, and takes the length
		// away
		return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
				|| headers.containsHeader("X-Content-Encoding");
	}

	/** Spring asks Jetty for a body before anybody reads it. */
	private static boolean isAwaited(ServletApiRequest request) {
		try {
			return !request.getInputStream().isReady();
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return super.getBody().doOnSubscribe((subscription) -> this.begun = true)
			.doOnNext((buffer) -> received(buffer.readableByteCount()))
			.doOnCancel(() -> this.cancelled = true)
			// Told after a cancellation too
			.doOnComplete(() -> this.ended = this.ended || !this.cancelled);
	}

	/** A multipart parser cancels at the last boundary, before the body is complete. */
	private void received(int bytes) {
		this.left -= bytes;
		this.ended = this.left == 0;
	}

}
