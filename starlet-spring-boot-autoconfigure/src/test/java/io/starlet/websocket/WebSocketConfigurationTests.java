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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.WebSocketException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application has configured for WebSockets stays as it was.
 */
@Timeout(60)
class WebSocketConfigurationTests {

	@ParameterizedTest
	@EnumSource
	void subProtocolIsNegotiated(Server server) {
		try (TestApplication application = TestApplication.start(server, App.class);
				RawWebSocketClient client = application.connectWebSocket("/ws", "Sec-WebSocket-Protocol: soap,wamp")) {
			RawHttpResponse response = client.handshake();
			assertThat(response.status()).isEqualTo(101);
			assertThat(response.header("Sec-WebSocket-Protocol")).isEqualTo("wamp");
			assertThat(client.readText()).isEqualTo("wamp /ws ? {}");
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(1008, "Done"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void corsConfigurationOfTheHandlerIsKept(Server server) {
		try (TestApplication application = TestApplication.start(server, App.class)) {
			try (RawWebSocketClient client = application.connectWebSocket("/ws", "Origin: https://evil.example")) {
				assertThat(client.handshake().status()).isEqualTo(403);
			}
			try (RawWebSocketClient client = application.connectWebSocket("/ws", "Origin: https://good.example")) {
				RawHttpResponse response = client.handshake();
				assertThat(response.status()).isEqualTo(101);
				assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("https://good.example");
				assertThat(client.awaitClose()).isEqualTo(new CloseFrame(1008, "Done"));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void handshakeInfoIsThere(Server server) {
		try (TestApplication application = TestApplication.start(server, App.class);
				RawWebSocketClient client = application.webSocket("/ws", "X-Who: me")) {
			assertThat(client.readText()).isEqualTo("null /ws me {}");
		}
	}

	@ParameterizedTest
	@EnumSource
	void ownServiceWithSessionAttributesIsUsed(Server server) {
		try (TestApplication application = TestApplication.start(server, OwnServiceApp.class);
				RawWebSocketClient client = application.webSocket("/ws")) {
			assertThat(client.readText()).isEqualTo("null /ws ? {user=jane}");
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(1008, "Done"));
			assertThat(application.bean(AtomicInteger.class)).as("upgrades").hasValue(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void eachOfSeveralAdaptersIsLeftInItsPlace(Server server) {
		try (TestApplication application = TestApplication.start(server, SeveralAdaptersApp.class)) {
			try (RawWebSocketClient client = application.webSocket("/ws")) {
				assertThat(client.readText()).isEqualTo("null /ws ? {}");
				assertThat(client.awaitClose()).isEqualTo(new CloseFrame(1008, "Done"));
			}
			assertThat(application.bean(AtomicInteger.class)).as("first").hasValue(1);
			try (RawWebSocketClient client = application.webSocket("/special")) {
				assertThat(client.readText()).isEqualTo("special");
			}
			assertThat(application.bean(AtomicInteger.class)).as("special").hasValue(101);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsChangedWithoutStarlet(Server server) {
		try (TestApplication application = TestApplication.start(server, App.class, "starlet.enabled=false");
				LogCapture log = new LogCapture();
				RawWebSocketClient client = application.webSocket("/ws")) {
			assertThat(client.readText()).isEqualTo("null /ws ? {}");
			assertThat(client.readClose(new ArrayList<>())).isNotEqualTo(new CloseFrame(1008, "Done"));
			assertThat(log.of("io.starlet", Level.DEBUG)).isEmpty();
		}
	}

	/** Says what it knows, then fails. */
	static class Handler implements WebSocketHandler, CorsConfigurationSource {

		@Override
		public List<String> getSubProtocols() {
			return List.of("wamp");
		}

		@Override
		public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			CorsConfiguration configuration = new CorsConfiguration();
			configuration.addAllowedOrigin("https://good.example");
			return configuration;
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			String who = session.getHandshakeInfo().getHeaders().getFirst("X-Who");
			String text = "%s %s %s %s".formatted(session.getHandshakeInfo().getSubProtocol(),
					session.getHandshakeInfo().getUri().getPath(), (who != null) ? who : "?", session.getAttributes());
			return session.send(Mono.fromSupplier(() -> session.textMessage(text)))
				.then(Mono.error(() -> new WebSocketException(1008, "Done")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		HandlerMapping webSockets() {
			return WebSockets.map(Map.of("/ws", new Handler()));
		}

		/** As the handshake commits nothing that was added to the session of the web. */
		@Bean
		WebFilter attributes() {
			return (exchange, chain) -> exchange.getSession().doOnNext((session) -> {
				session.getAttributes().put("user", "jane");
				session.getAttributes().put("secret", "hush");
			}).then(chain.filter(exchange));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServiceApp extends App implements WebFluxConfigurer {

		private final AtomicInteger upgrades = new AtomicInteger();

		private final Server server;

		OwnServiceApp(@Value("${test.server}") Server server) {
			this.server = server;
		}

		@Bean
		AtomicInteger upgrades() {
			return this.upgrades;
		}

		@Override
		public WebSocketService getWebSocketService() {
			HandshakeWebSocketService service = new HandshakeWebSocketService(
					(exchange, handler, subProtocol, handshakeInfo) -> {
						this.upgrades.incrementAndGet();
						return this.server.upgradeStrategy().upgrade(exchange, handler, subProtocol, handshakeInfo);
					});
			service.setSessionAttributePredicate("user"::equals);
			return service;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralAdaptersApp extends App {

		private final AtomicInteger used = new AtomicInteger();

		@Bean
		AtomicInteger used() {
			return this.used;
		}

		@Bean
		HandlerMapping special() {
			return WebSockets.map(Map.of("/special", new SpecialHandler()));
		}

		@Bean
		WebSocketHandlerAdapter first(@Value("${test.server}") Server server) {
			HandshakeWebSocketService service = new HandshakeWebSocketService(server.upgradeStrategy());
			WebSocketHandlerAdapter adapter = new WebSocketHandlerAdapter((exchange, handler) -> {
				this.used.incrementAndGet();
				return service.handleRequest(exchange, handler);
			});
			adapter.setOrder(0);
			return adapter;
		}

		@Bean
		SpecialAdapter specialAdapter(@Value("${test.server}") Server server) {
			return new SpecialAdapter(server, this.used);
		}

	}

	static class SpecialHandler implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(Mono.fromSupplier(() -> session.textMessage("special")));
		}

	}

	/** Takes the handlers of one class, before the others. */
	static class SpecialAdapter implements HandlerAdapter, Ordered {

		private final WebSocketHandlerAdapter delegate;

		private final AtomicInteger used;

		SpecialAdapter(Server server, AtomicInteger used) {
			this.delegate = new WebSocketHandlerAdapter(new HandshakeWebSocketService(server.upgradeStrategy()));
			this.used = used;
		}

		@Override
		public int getOrder() {
			return -10;
		}

		@Override
		public boolean supports(Object handler) {
			return handler instanceof SpecialHandler;
		}

		@Override
		public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
			this.used.addAndGet(100);
			return this.delegate.handle(exchange, handler);
		}

	}

}
