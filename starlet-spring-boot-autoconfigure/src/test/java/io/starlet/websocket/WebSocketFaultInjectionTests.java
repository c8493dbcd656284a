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
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.WebSocketException;
import io.starlet.WebSocketExceptionHandler;
import io.starlet.testing.Fault;
import io.starlet.testing.FaultTable;
import io.starlet.testing.FaultyAppender;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever becomes of what closes a session, its client has one close frame or an ended
 * connection within a bounded time, the log has the original exception, and the next
 * session works.
 */
@OnEachServer
@Timeout(120)
class WebSocketFaultInjectionTests {

	/**
	 * A row for each point where something is called, a column for each fault: the code
	 * that the client gets, {@code ended} for an ended connection, with the code of an
	 * error or without a close frame, and {@code !} where an error is in the log. What is
	 * said to have closed a session, and has not, is all right for a server.
	 */
	private static final FaultTable TABLE = new FaultTable(
			"""
					point                                          | throws | signals | error  | fatal  | null   | empty  | never  | twice | cancels | signals_null
					handler-method                                 | 1011!  | 1011!   | 1011!  | 1011!  | 1011!  | 1011!  | 1011!  | 4000  | 1011!   | 1011!
					get-message                                    | 1011!  | -       | 1011!  | 1011!  | 1011!  | 1011!  | -      | -     | -       | -
					get-message-of-handled                         | 4000   | -       | 4000   | 4000   | 4000   | 4000   | -      | -     | -       | -
					appender                                       | 3001   | -       | 3001   | 3001   | -      | -      | -      | -     | -       | -
					appender-of-error                              | 1011!  | -       | 1011!  | 1011!  | -      | -      | -      | -     | -       | -
					appender-of-lost-close-frame                   | ended! | -       | ended! | ended! | -      | -      | -      | -     | -       | -
					handler-object                                 | 1011!  | 1011!   | 1011!  | 1011!  | 1011!  | 1011!  | 1011!  | 4000  | 1011!   | 1011!
					close-frame                                    | ended! | ended!  | ended! | ended! | ended! | ended  | ended! | 3001  | ended!  | ended!
					close-frame-of-handler                         | ended! | ended!  | ended! | ended! | ended! | ended  | ended! | 4000  | ended!  | ended!
					close-frame-of-error                           | ended! | ended!  | ended! | ended! | ended! | ended! | ended! | 1011! | ended!  | ended!
					close-frame-of-error-that-a-handler-translates | ended! | ended!  | ended! | ended! | ended! | ended! | ended! | 1011! | ended!  | ended!
					""");

	private static final Map<String, CloseFrame> FRAMES = Map.of("1011", new CloseFrame(1011, "Internal Error"), "3001",
			new CloseFrame(3001, "original"), "4000", new CloseFrame(4000, "handled"));

	private static final String TRANSLATED = "close-frame-of-error-that-a-handler-translates";

	private static TestApplication application;

	/** Where events are appended, which has no session. */
	private static volatile String current = "";

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.websocket.close-timeout=300ms");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	static Stream<Arguments> combinations() {
		return TABLE.combinations();
	}

	@ParameterizedTest
	@MethodSource("combinations")
	void clientHasACloseFrameTheLogTheExceptionAndTheNextSessionWorks(String point, Fault fault, String cell) {
		Fault.startCounting();
		current = point;
		try (LogCapture log = new LogCapture(); FaultyAppender appender = new FaultyAppender(() -> append(fault))) {
			assertThat(appender.isStarted()).isTrue();
			try (RawWebSocketClient client = application.webSocket("/" + point + "/" + fault)) {
				CloseFrame frame = client.awaitClose();
				CloseFrame expected = FRAMES.get(cell.replace("!", ""));
				if (expected != null) {
					assertThat(frame).isEqualTo(expected);
				}
				else {
					assertThat(frame.code()).isIn(1002, 1006, 1011,
							(cell.endsWith("!") && fault != Fault.EMPTY) ? 1011 : 1000);
				}
			}
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(log.of("io.starlet", Level.ERROR)).hasSizeBetween(cell.endsWith("!") ? 1 : 0,
								// An appender that fails may have had the line before
								!cell.endsWith("!") ? 0 : point.startsWith("appender") ? 2 : 1));
			assertThat(log.atLeast(point.contains("of-error") ? Level.ERROR : Level.DEBUG))
				.anyMatch((event) -> LogCapture.tells(event, "original"));
			assertThat(Fault.count()).as("faults").isPositive();
			try (RawWebSocketClient client = application.webSocket("/none/null")) {
				assertThat(client.awaitClose()).isEqualTo(new CloseFrame(3002, "next"));
			}
		}
		finally {
			current = "";
		}
	}

	private static void append(Fault fault) {
		if (current.startsWith("appender")) {
			fault.value("", "");
		}
	}

	private static Mono<Void> inject(String point, WebSocketSession session, Mono<Void> result) {
		List<String> segments = WebSockets.segments(session);
		return segments.get(0).equals(point) ? Fault.of(segments.get(1)).apply(result) : result;
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class App implements WebFluxConfigurer {

		@Bean
		HandlerMapping sessions() {
			return WebSockets
				.map(Map.of("/{point}/{fault}", (session) -> Mono.error(switch (WebSockets.segments(session).get(0)) {
					case "handler-method", "close-frame-of-handler" -> new OriginalException();
					case "handler-object" -> new OriginalObjectException();
					case "get-message" -> new OriginalUntoldException(fault(session));
					case "get-message-of-handled" -> new OriginalUntoldHandledException(fault(session));
					case "close-frame", "appender", "appender-of-lost-close-frame" ->
						new WebSocketException(3001, "original");
					case "appender-of-error", "close-frame-of-error", TRANSLATED ->
						new IllegalStateException("original");
					default -> new NextException();
				})));
		}

		@Bean
		@ExceptionHandlerFor(OriginalObjectException.class)
		WebSocketExceptionHandler<OriginalObjectException> object() {
			return (session, ex) -> inject("handler-object", session,
					Mono.defer(() -> session.close(new CloseStatus(4000, "handled"))));
		}

		@Override
		public WebSocketService getWebSocketService() {
			return WebSockets.closing(Server.CURRENT, App::close);
		}

		private static Fault fault(WebSocketSession session) {
			return Fault.of(WebSockets.segments(session).get(1));
		}

		private static Mono<Void> close(WebSocketSession session, CloseStatus status) {
			String point = WebSockets.segments(session).get(0);
			if (point.equals("appender-of-lost-close-frame")) {
				return Mono.error(new IllegalStateException("lost"));
			}
			return point.startsWith("close-frame") ? inject(point, session, Mono.defer(() -> session.close(status)))
					: session.close(status);
		}

	}

	static class Handlers {

		@ExceptionHandlerFor(value = Exception.class, paths = "/" + TRANSLATED + "/**")
		void translate(WebSocketSession session) {
			throw new WebSocketException(1011, "Internal Error");
		}

		@ExceptionHandlerFor
		Mono<Void> untold(WebSocketSession session, OriginalUntoldHandledException ex) {
			return session.close(new CloseStatus(4000, "handled"));
		}

		@ExceptionHandlerFor
		Mono<Void> method(WebSocketSession session, OriginalException ex) {
			return inject("handler-method", session, Mono.defer(() -> session.close(new CloseStatus(4000, "handled"))));
		}

	}

	static class OriginalException extends RuntimeException {

	}

	static class OriginalUntoldException extends RuntimeException {

		private final Fault fault;

		OriginalUntoldException(Fault fault) {
			this.fault = fault;
		}

		@Override
		public String getMessage() {
			return this.fault.value("original", "");
		}

	}

	static class OriginalUntoldHandledException extends OriginalUntoldException {

		OriginalUntoldHandledException(Fault fault) {
			super(fault);
		}

	}

	static class OriginalObjectException extends RuntimeException {

	}

	static class NextException extends WebSocketException {

		NextException() {
			super(3002, "next");
		}

	}

}
