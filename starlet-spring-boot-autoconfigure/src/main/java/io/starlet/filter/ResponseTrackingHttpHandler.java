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

import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Ends the connection of a response that an error cut, after the request has been
 * observed and logged, so that the client can tell it from a whole one (rule R15).
 * Reactor Netty's connection is closed without another line in the log; other servers get
 * the error and close it themselves.
 *
 * @since 0.1.0
 */
public final class ResponseTrackingHttpHandler implements HttpHandler {

	private final HttpHandler delegate;

	/**
	 * Create a handler.
	 * @param delegate the application's handler
	 */
	public ResponseTrackingHttpHandler(HttpHandler delegate) {
		this.delegate = delegate;
	}

	@Override
	public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
		TrackedResponse tracked = TrackedResponse.of(response);
		return this.delegate.handle(request, tracked).then(Mono.defer(() -> end(tracked)));
	}

	private static Mono<Void> end(TrackedResponse response) {
		Throwable cutBy = response.getCutBy();
		return (cutBy == null || DisconnectedClient.disconnect(response)) ? Mono.empty() : Mono.error(cutBy);
	}

}
