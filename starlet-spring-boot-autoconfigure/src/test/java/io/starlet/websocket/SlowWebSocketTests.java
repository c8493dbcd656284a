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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R28 where it takes long to send a close frame.
 */
@Timeout(60)
class SlowWebSocketTests {

	/** Tomcat gives a close frame 50 milliseconds of its own accord. */
	@Test
	void theCloseFrameIsSentHoweverLongWhatIsSentBeforeItTakes() {
		try (TestApplication application = TestApplication.start(Server.TOMCAT, App.class);
				RawWebSocketClient client = application.webSocket("/fail")) {
			Awaitility.await()
				.pollDelay(Duration.ofMillis(500))
				.untilTrue(application.bean(ClosingHandler.class).closing);
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(4001, "at last"));
		}
	}

	/** A thread waits for each that Tomcat sends a close frame. */
	@Test
	void clientsThatReadNothingKeepNoThreadForBlockingWork() {
		List<RawWebSocketClient> silent = new ArrayList<>();
		try (TestApplication application = TestApplication.start(Server.TOMCAT, StreamApp.class,
				"starlet.websocket.close-timeout=5s")) {
			StreamApp app = application.bean(StreamApp.class);
			for (int i = 0; i < 3 * Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE; i++) {
				silent.add(application.webSocket("/stream"));
			}
			Awaitility.await().pollInterval(Duration.ofMillis(500)).until(() -> app.sent.getAndSet(0) == 0);
			app.failure.tryEmitEmpty();
			do {
				try (RawWebSocketClient client = application.webSocket("/fail")) {
					assertThat(client.awaitClose()).isEqualTo(WebSockets.INTERNAL_ERROR);
				}
				assertThat(Mono.fromSupplier(() -> "done")
					.subscribeOn(Schedulers.boundedElastic())
					.block(Duration.ofSeconds(2))).isEqualTo("done");
			}
			while (app.sessions.stream().anyMatch(WebSocketSession::isOpen));
		}
		finally {
			silent.forEach(RawWebSocketClient::close);
		}
	}

	/**
	 * Or Reactor Netty could send one of its own while the connection ends, and leak it.
	 */
	@Test
	void aSessionThatNoCloseFrameCouldEndIsOverWhenItsConnectionHasEnded() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, BusyApp.class,
				"starlet.websocket.close-timeout=50ms"); RawWebSocketClient client = application.webSocket("/fail")) {
			client.awaitClose();
			assertThat(application.bean(BusyApp.class).active).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(false);
		}
	}

	@ParameterizedTest
	@CsvSource({ "/fail, 1", "/fail-with-limit, 1", "/close, 1", "/close-handled, 0" })
	void theConnectionOfAClientThatDoesNotTakeTheCloseFrameOfTheApplicationIsEnded(String path, int errors) {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, App.class,
				"starlet.websocket.close-timeout=200ms");
				LogCapture log = new LogCapture();
				RawWebSocketClient client = application.webSocket(path)) {
			assertThat(application.bean(ClosingHandler.class).session).succeedsWithin(Duration.ofSeconds(20))
				.satisfies((session) -> Awaitility.await().until(() -> !session.isOpen()));
			assertThat(client.awaitClose().code()).isEqualTo(1006);
			assertThat(log.of("io.starlet", Level.ERROR)).hasSize(errors);
		}
	}

	/** The frame of an exception handler, and of a session that fails afterwards. */
	@ParameterizedTest
	@ValueSource(strings = { "/fail", "/close" })
	void aSessionWhoseCloseFrameFailsWhenNobodyWaitsForItIsClosedWithTheErrors(String path) {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, LateFailureApp.class);
				RawWebSocketClient client = application.webSocket(path)) {
			assertThat(client.awaitClose()).isEqualTo(WebSockets.INTERNAL_ERROR);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClosingHandler.class)
	static class App {

		@Bean
		HandlerMapping sessions(ClosingHandler handler) {
			return WebSockets.map(Map.of("/fail", (session) -> Mono.error(new IllegalStateException("fails")),
					"/fail-with-limit", (session) -> Mono.error(new UnsupportedOperationException("fails")), "/close",
					handler::closeWithLimit, "/close-handled", (session) -> handler.closeWithLimit(session)
						.onErrorMap((error) -> new IllegalStateException("fails"))));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StreamApp {

		final Sinks.Empty<Void> failure = Sinks.empty();

		final AtomicInteger sent = new AtomicInteger();

		final List<WebSocketSession> sessions = new CopyOnWriteArrayList<>();

		@Bean
		HandlerMapping sessions() {
			return WebSockets.map(Map.of("/fail", (session) -> Mono.error(new IllegalStateException("fails")),
					"/stream", (session) -> {
						this.sessions.add(session);
						return Mono.when(session.send(stream(session)),
								this.failure.asMono().then(Mono.error(new IllegalStateException("fails"))));
					}));
		}

		private Flux<WebSocketMessage> stream(WebSocketSession session) {
			return Flux.generate((sink) -> {
				this.sent.incrementAndGet();
				sink.next(session.binaryMessage((factory) -> factory.wrap(new byte[50_000])));
			});
		}

	}

	/** Its event loop is busy when a session has to be closed. */
	@Configuration(proxyBeanMethods = false)
	static class BusyApp implements WebFluxConfigurer {

		/** Whether the connection was active when all was over for the session. */
		final CompletableFuture<Boolean> active = new CompletableFuture<>();

		@Bean
		HandlerMapping sessions() {
			return WebSockets.map(Map.of("/fail", (session) -> Mono.delay(Duration.ofMillis(1))
				.flatMap((time) -> Mono.error(new IllegalStateException("fails")))));
		}

		@Override
		public WebSocketService getWebSocketService() {
			return new HandshakeWebSocketService(Server.REACTOR_NETTY.upgradeStrategy()) {
				@Override
				public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
					HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
					return super.handleRequest(exchange, (session) -> {
						response.withConnection((connection) -> connection.channel().eventLoop().execute(this::await));
						return handler.handle(session)
							.doOnTerminate(() -> response.withConnection(
									(connection) -> BusyApp.this.active.complete(connection.channel().isActive())));
					});
				}

				private void await() {
					try {
						BusyApp.this.active.get(5, TimeUnit.SECONDS);
					}
					catch (TimeoutException ex) {
						// It is not over as long as its event loop is busy
					}
					catch (InterruptedException | ExecutionException ex) {
						throw new IllegalStateException(ex);
					}
				}
			};
		}

	}

	/** Its own close frame fails, but not at once. */
	@Configuration(proxyBeanMethods = false)
	static class LateFailureApp implements WebFluxConfigurer {

		@Bean
		HandlerMapping sessions() {
			return WebSockets.map(Map.of("/fail", (session) -> Mono.error(new IllegalStateException("fails")), "/close",
					(session) -> leave(session).then(Mono.error(new UnsupportedOperationException("fails")))));
		}

		@ExceptionHandlerFor
		Mono<Void> leave(WebSocketSession session, IllegalStateException ex) {
			return leave(session);
		}

		private static Mono<Void> leave(WebSocketSession session) {
			return Mono.fromRunnable(() -> session.close(new CloseStatus(4001)).subscribe(null, (failure) -> {
			}));
		}

		@Override
		public WebSocketService getWebSocketService() {
			return WebSockets.closing(Server.REACTOR_NETTY,
					(session, status) -> (status.getCode() == 4001)
							? Mono.delay(Duration.ofMillis(50)).then(Mono.error(new IOException("fails late")))
							: session.close(status));
		}

	}

	static class ClosingHandler {

		final AtomicBoolean closing = new AtomicBoolean();

		final CompletableFuture<WebSocketSession> session = new CompletableFuture<>();

		@ExceptionHandlerFor
		Mono<Void> close(WebSocketSession session, IllegalStateException ex) {
			return close(session);
		}

		@ExceptionHandlerFor
		Mono<Void> closeWithLimit(WebSocketSession session, UnsupportedOperationException ex) {
			return closeWithLimit(session);
		}

		Mono<Void> closeWithLimit(WebSocketSession session) {
			return close(session).timeout(Duration.ofMillis(100));
		}

		private Mono<Void> close(WebSocketSession session) {
			this.session.complete(session);
			Mono<Void> send = session
				.send(Mono.just(session.binaryMessage((factory) -> factory.wrap(new byte[20_000_000]))));
			Mono<Void> close = session.close(new CloseStatus(4001, "at last"))
				.doOnSubscribe((subscription) -> this.closing.set(true));
			return Mono.when(send, close);
		}

	}

}
