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

package io.starlet.websocket;

import java.util.List;

import io.starlet.response.ErrorResumingMono;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;

/**
 * Has every exception of a handler close its session, however it is raised (rules R26 to
 * R28).
 */
final class ExceptionWebSocketHandlerDecorator implements WebSocketHandler {

	private final WebSocketHandler delegate;

	private final ServerWebExchange handshake;

	private final WebSocketExceptionResponder responder;

	ExceptionWebSocketHandlerDecorator(WebSocketHandler delegate, ServerWebExchange handshake,
			WebSocketExceptionResponder responder) {
		this.delegate = delegate;
		this.handshake = handshake;
		this.responder = responder;
	}

	@Override
	public List<String> getSubProtocols() {
		return this.delegate.getSubProtocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		TrackedWebSocketSession tracked = new TrackedWebSocketSession(session);
		return ErrorResumingMono
			.of(Mono.defer(() -> this.delegate.handle(tracked)),
					(exception) -> this.responder.respond(tracked, this.handshake, exception))
			.doFinally((signal) -> tracked.drain());
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
