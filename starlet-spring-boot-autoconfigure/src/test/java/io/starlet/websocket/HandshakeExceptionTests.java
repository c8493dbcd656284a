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
import java.util.Map;

import ch.qos.logback.classic.Level;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R29: what fails before the upgrade is answered as any other request.
 */
@ParameterizedClass
@EnumSource
@Timeout(60)
class HandshakeExceptionTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	private final Server server;

	HandshakeExceptionTests(Server server) {
		this.server = server;
	}

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@Test
	void anHttpExceptionOfAFilterIsAnswered() {
		RawHttpResponse response = handshake("/echo?filter=401");
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.body()).isEqualTo("Unauthorized");
		assertThat(response.header("WWW-Authenticate")).isEqualTo("Basic");
	}

	@Test
	void anErrorOfAFilterIsA500() {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = handshake("/echo?filter=error");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			log.awaitOne(Level.ERROR);
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	@Test
	void anHttpExceptionOfAMappingIsAnswered() {
		assertThat(handshake("/mapped/410").status()).isEqualTo(410);
		assertThat(handshake("/mapped/error").status()).isEqualTo(500);
	}

	@Test
	void aPathWithoutAHandlerIsNotFound() {
		RawHttpResponse response = handshake("/nothing");
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("Not Found");
	}

	@Test
	void aHandshakeThatIsNoneIsABadRequestForTheRegisteredHandler() {
		for (List<String> headers : List.of(List.<String>of(), List.of("Connection: Upgrade", "Upgrade: websocket"),
				List.of("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
				List.of("Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))) {
			RawHttpResponse response = application.get("/echo", headers.toArray(new String[0]));
			assertThat(response.status()).as(headers.toString()).isEqualTo(400);
			// Jetty itself refuses an upgrade that it does not understand
			if (this.server != Server.JETTY || !headers.toString().contains("Upgrade")) {
				assertThat(response.body()).startsWith("bad: ");
			}
		}
	}

	@Test
	void anotherMethodIsNotAllowed() {
		RawHttpResponse response = application.send("POST", "/echo", "Content-Length: 0");
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.header("Allow")).contains("GET");
	}

	@Test
	void theConnectionOfARefusedHandshakeCanBeUsedAgain() {
		try (var client = application.connect()) {
			assertThat(client.send("GET", "/nothing", "Connection: Upgrade", "Upgrade: websocket").status())
				.isEqualTo(404);
			assertThat(client.send("GET", "/nothing").status()).isEqualTo(404);
		}
	}

	@Test
	void aHandlerIsFoundAfterAllOfThis() {
		try (RawWebSocketClient client = application.webSocket("/echo")) {
			client.sendText("hello");
			assertThat(client.readText()).isEqualTo("hello");
		}
	}

	private static RawHttpResponse handshake(String path) {
		try (RawWebSocketClient client = application.connectWebSocket(path)) {
			return client.handshake();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		HandlerMapping echo() {
			WebSocketHandler echo = (session) -> session
				.send(session.receive().map((message) -> session.textMessage(message.getPayloadAsText())));
			return WebSockets.map(Map.of("/echo", echo));
		}

		@Bean
		HandlerMapping failing() {
			AbstractHandlerMapping mapping = new AbstractHandlerMapping() {

				@Override
				protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
					return switch (exchange.getRequest().getPath().value()) {
						case "/mapped/410" -> Mono.error(new HttpException(410));
						case "/mapped/error" -> throw new IllegalStateException("secret");
						default -> Mono.empty();
					};
				}

			};
			mapping.setOrder(-2);
			return mapping;
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				String filter = exchange.getRequest().getQueryParams().getFirst("filter");
				if ("401".equals(filter)) {
					HttpHeaders headers = new HttpHeaders();
					headers.set("WWW-Authenticate", "Basic");
					return Mono.error(new HttpException(401, "Unauthorized", headers));
				}
				return "error".equals(filter) ? Mono.error(new IllegalStateException("secret"))
						: chain.filter(exchange);
			};
		}

		@StatusHandler(400)
		String bad(HttpException ex) {
			return "bad: " + ex.getDetail();
		}

	}

}
