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

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * What tests of WebSockets share.
 */
final class WebSockets {

	static final CloseFrame INTERNAL_ERROR = new CloseFrame(1011, "Internal Error");

	private WebSockets() {
	}

	/** Map paths, or patterns of paths, to handlers. */
	static HandlerMapping map(Map<String, ? extends WebSocketHandler> handlers) {
		return new SimpleUrlHandlerMapping(handlers, -1);
	}

	/** A service whose sessions are closed by something else. */
	static WebSocketService closing(Server server, BiFunction<WebSocketSession, CloseStatus, Mono<Void>> close) {
		return new HandshakeWebSocketService(server.upgradeStrategy()) {
			@Override
			public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
				return super.handleRequest(exchange, (session) -> handler.handle(decorate(session, close)));
			}
		};
	}

	private static WebSocketSession decorate(WebSocketSession session,
			BiFunction<WebSocketSession, CloseStatus, Mono<Void>> close) {
		return (WebSocketSession) Proxy.newProxyInstance(WebSockets.class.getClassLoader(),
				new Class<?>[] { WebSocketSession.class },
				(proxy, method, arguments) -> (arguments != null && arguments[0] instanceof CloseStatus status)
						? close.apply(session, status) : method.invoke(session, arguments));
	}

	/** The parameters of the query with which the session was opened. */
	static Map<String, String> parameters(WebSocketSession session) {
		Map<String, String> parameters = new HashMap<>();
		UriComponentsBuilder.fromUri(session.getHandshakeInfo().getUri())
			.build()
			.getQueryParams()
			.forEach((name, values) -> parameters.put(name, UriUtils.decode(values.get(0), StandardCharsets.UTF_8)));
		return parameters;
	}

	/** The segments of the path to which the session was opened. */
	static List<String> segments(WebSocketSession session) {
		return UriComponentsBuilder.fromUri(session.getHandshakeInfo().getUri()).build().getPathSegments();
	}

}
