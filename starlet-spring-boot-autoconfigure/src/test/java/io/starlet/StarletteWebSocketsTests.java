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

package io.starlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Starlette's {@code tests/test_websockets.py} says of exceptions and of closing, of
 * Starlet, under the same names.
 */
@ParameterizedClass
@EnumSource
@Timeout(60)
class StarletteWebSocketsTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	StarletteWebSocketsTests(Server server) {
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
	void clientClose() {
		try (LogCapture log = new LogCapture(); RawWebSocketClient client = application.webSocket("/client-close")) {
			client.sendClose(1001, "Going Away");
			assertThat(application.bean(App.class).clientClose.asMono().block(Duration.ofSeconds(10)))
				.isEqualTo(new CloseStatus(1001, "Going Away"));
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void clientDisconnectOnSend() {
		try (LogCapture log = new LogCapture()) {
			application.webSocket("/client-disconnect-on-send").closeAbruptly();
			application.bean(App.class).sendEnded.asMono().block(Duration.ofSeconds(10));
			// Reactor Netty itself logs that a connection was reset, where nobody
			// receives
			assertThat(log.atLeast(Level.WARN))
				.filteredOn((event) -> !event.getLoggerName().startsWith("reactor.netty."))
				.isEmpty();
		}
	}

	@Test
	void applicationClose() {
		assertThat(close("/application-close")).isEqualTo(new CloseFrame(1001, ""));
	}

	/** A session is closed by refusing the handshake. */
	@Test
	void rejectedConnection() {
		try (RawWebSocketClient client = application.connectWebSocket("/rejected-connection")) {
			assertThat(client.handshake().status()).isEqualTo(403);
		}
	}

	@Test
	void sendDenialResponse() {
		try (RawWebSocketClient client = application.connectWebSocket("/send-denial-response")) {
			RawHttpResponse response = client.handshake();
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).isEqualTo("foo");
		}
	}

	@Test
	void websocketException() {
		try (LogCapture log = new LogCapture()) {
			assertThat(close("/websocket-exception")).isEqualTo(new CloseFrame(1011, "Internal Error"));
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getClassName())
				.isEqualTo(AssertionError.class.getName());
		}
	}

	/** Closing once more is no error in Spring. */
	@Test
	void duplicateClose() {
		assertThat(close("/duplicate-close").code()).isEqualTo(1000);
	}

	@Test
	void websocketCloseReason() {
		assertThat(close("/websocket-close-reason")).isEqualTo(new CloseFrame(1001, "Going Away"));
	}

	/** Of {@code tests/test_exceptions.py}. */
	@Test
	void websocketRaiseHttpException() {
		assertThat(close("/websocket-raise-http-exception")).isEqualTo(new CloseFrame(1008, "Not Acceptable"));
	}

	/** Of {@code tests/test_exceptions.py}. */
	@Test
	void websocketRaiseCustom() {
		assertThat(close("/websocket-raise-custom")).isEqualTo(new CloseFrame(1013, "Too many"));
	}

	private static CloseFrame close(String path) {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket(path)) {
			return client.awaitClose(texts);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		private final Sinks.One<CloseStatus> clientClose = Sinks.one();

		private final Sinks.Empty<Void> sendEnded = Sinks.empty();

		@Bean
		HandlerMapping webSockets() {
			return new SimpleUrlHandlerMapping(Map.<String, WebSocketHandler>of("/client-close",
					(session) -> session.receive()
						.then(session.closeStatus())
						.doOnNext(this.clientClose::tryEmitValue)
						.then(),
					"/client-disconnect-on-send",
					(session) -> session
						.send(Flux.interval(Duration.ofMillis(1))
							.onBackpressureDrop()
							.map((tick) -> session.textMessage("Hello, world!")))
						.doFinally((signal) -> this.sendEnded.tryEmitEmpty()),
					"/application-close", (session) -> session.close(CloseStatus.GOING_AWAY), "/websocket-exception",
					(session) -> {
						throw new AssertionError("secret");
					}, "/duplicate-close", (session) -> session.close().then(session.close()),
					"/websocket-close-reason", (session) -> session.close(new CloseStatus(1001, "Going Away")),
					"/websocket-raise-http-exception", (session) -> Mono.error(() -> new HttpException(406)),
					"/websocket-raise-custom", (session) -> Mono.error(CustomException::new)), -1);
		}

		@Bean
		WebFilter refusing() {
			return (exchange, chain) -> switch (exchange.getRequest().getPath().value()) {
				case "/rejected-connection" -> Mono.error(() -> new HttpException(403));
				case "/send-denial-response" -> Mono.error(() -> new HttpException(404, "foo"));
				default -> chain.filter(exchange);
			};
		}

		@Bean
		@ExceptionHandlerFor
		WebSocketExceptionHandler<CustomException> custom() {
			return (session, ex) -> session.close(new CloseStatus(1013, "Too many"));
		}

	}

	static class CustomException extends RuntimeException {

	}

}
