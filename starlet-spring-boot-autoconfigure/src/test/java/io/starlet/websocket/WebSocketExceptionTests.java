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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.HttpException;
import io.starlet.WebSocketException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R26 to R28, without a handler: the close frame that a client sees, the same on
 * each server, however a session fails.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class WebSocketExceptionTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class, "starlet.log-levels.410=warn");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	WebSocketExceptionTests(Server server) {
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void aWebSocketExceptionClosesWithItsCodeAndReason(String failure) {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(failure, "web-socket")).isEqualTo(new CloseFrame(3001, "Too much"));
			awaitHandled(log);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void anErrorClosesWith1011AndIsLoggedOnce(String failure) {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(failure, "error")).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertLoggedOnce(log, IllegalStateException.class, "/" + failure);
		}
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void anHttpExceptionOfTheClientsClosesWith1008AndItsDetail(String failure) {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(failure, "http-404")).isEqualTo(new CloseFrame(1008, "No such book"));
			awaitHandled(log);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void anHttpExceptionOfTheServersClosesWith1011(String failure) {
		assertThat(fail(failure, "http-503")).isEqualTo(WebSockets.INTERNAL_ERROR);
	}

	@ParameterizedTest
	@CsvSource({ "web-socket-default, 1008, ''", "web-socket-1000, 1000, Done", "web-socket-1013, 1013, ''",
			"web-socket-4999, 4999, 'Ünï \uD83D\uDE00'", "web-socket-subclass, 4000, Sub",
			"http-400, 1008, Bad Request", "http-499, 1008, ''", "response-status, 1008, Taken",
			"response-status-exception, 1008, Locked", "annotated, 1008, Gone", "http-500, 1011, Internal Error",
			"http-302, 1008, Found" })
	void theCloseFrameSaysWhatTheExceptionIs(String exception, int code, String reason) {
		for (String failure : List.of("thrown", "signalled", "receiving", "sending")) {
			assertThat(fail(failure, exception)).isEqualTo(new CloseFrame(code, reason));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "checked", "assertion-error", "stack-overflow", "no-class-def", "without-message",
			"hostile", "sneaky-close-status" })
	void anErrorOfAnyKindClosesWith1011AndIsLoggedOnce(String exception) {
		for (String failure : List.of("thrown", "signalled", "receiving", "sending", "thrown-in-an-operator",
				"thrown-instead-of-a-message")) {
			try (LogCapture log = new LogCapture()) {
				assertThat(fail(failure, exception)).as(failure).isEqualTo(WebSockets.INTERNAL_ERROR);
				assertThat(awaitError(log).getFormattedMessage()).contains("/" + failure);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "hostile-code", "hostile-reason", "hostile-detail" })
	void anExceptionThatFailsWhenItIsAskedClosesWith1011AndIsLoggedOnce(String exception) {
		for (String failure : List.of("thrown", "signalled")) {
			try (LogCapture log = new LogCapture()) {
				assertThat(fail(failure, exception)).as(failure).isEqualTo(WebSockets.INTERNAL_ERROR);
				assertThat(awaitError(log)).matches((event) -> LogCapture.tells(event, "saboteur"));
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "a, 200, 123", "é, 100, 61", "€, 60, 41", "\uD83D\uDE00, 40, 30", "a, 123, 123", "a, 124, 123" })
	void aReasonThatIsTooLongIsCutAtACharacter(String character, int length, int sent) {
		for (String exception : List.of("reason", "detail")) {
			CloseFrame close = fail("signalled", exception + "&of=" + encode(character) + "&length=" + length);
			assertThat(close.reason()).isEqualTo(character.repeat(sent));
			assertThat(close.code()).isEqualTo(exception.equals("reason") ? 4000 : 1008);
		}
	}

	@ParameterizedTest
	@CsvSource({ "a, 30", "aa, 30", "aaa, 30", "aaaa, 29" })
	void aReasonIsCutAtACharacterWhereverThisStarts(String before, int sent) {
		CloseFrame close = fail("signalled", "reason&of=%F0%9F%98%80&length=40&before=" + before);
		assertThat(close.reason()).isEqualTo(before + "\uD83D\uDE00".repeat(sent));
	}

	@Test
	void aReasonThatCannotBeEncodedIsSentAllTheSame() {
		assertThat(fail("signalled", "lone-surrogate").code()).isEqualTo(4000);
		assertThat(fail("signalled", "lone-surrogate&length=200").code()).isEqualTo(4000);
	}

	@Test
	void aHandlerThatReturnsNothingClosesWith1011AndIsLoggedOnce() {
		try (LogCapture log = new LogCapture()) {
			assertThat(close("/null")).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertThat(awaitError(log).getThrowableProxy()).isNotNull();
		}
	}

	@Test
	void wrappersAreLookedThrough() {
		assertThat(fail("signalled", "wrapped-web-socket")).isEqualTo(new CloseFrame(3001, "Too much"));
		assertThat(fail("thrown", "wrapped-http-404")).isEqualTo(new CloseFrame(1008, "No such book"));
		assertThat(fail("thrown", "caused-by-web-socket")).isEqualTo(WebSockets.INTERNAL_ERROR);
	}

	@Test
	void aHandledExceptionIsLoggedWithItsMessageAtTheLevelOfItsStatus() {
		try (LogCapture log = new LogCapture()) {
			fail("signalled", "annotated");
			assertThat(log.awaitOne(Level.WARN).getFormattedMessage()).matches(
					"\\[[^\\]]+\\] Handled WebSocketExceptionTests\\.AnnotatedException: .*, by the default close frame");
		}
	}

	@Test
	void aMessageOfTooManyFramesIsNoErrorAndClosesWith1009() {
		try (LogCapture log = new LogCapture(); RawWebSocketClient client = application.webSocket("/reading")) {
			try {
				client.sendFragmentedText(Collections.nCopies(200, "x".repeat(1000)).toArray(String[]::new));
			}
			catch (UncheckedIOException ex) {
				// The server did not take all of it
			}
			assertThat(client.awaitClose().code()).isEqualTo(1009);
			// Reactor itself may log that it has dropped the same once more
			assertThat(log.atLeast(Level.WARN))
				.filteredOn((event) -> !event.getLoggerName().startsWith("reactor.core."))
				.isEmpty();
		}
	}

	@Test
	void aTimeoutOfTheApplicationsIsAnError() {
		try (LogCapture log = new LogCapture()) {
			assertThat(close("/timeout")).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertThat(awaitError(log).getThrowableProxy().getClassName()).endsWith("TimeoutException");
		}
	}

	@Test
	void aSessionThatTheHandlerHasClosedStaysClosedAsItWasAndTheErrorIsLogged() {
		try (LogCapture log = new LogCapture()) {
			assertThat(close("/closed-before-error")).isEqualTo(new CloseFrame(4001, "Enough"));
			assertThat(awaitError(log).getThrowableProxy().getMessage()).isEqualTo("secret");
		}
	}

	@Test
	void aSessionThatTheHandlerEndsIsNoError() {
		try (LogCapture log = new LogCapture()) {
			assertThat(close("/complete").code()).isEqualTo(1000);
			assertThat(close("/closed")).isEqualTo(new CloseFrame(4001, "Enough"));
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void cancellingWhatIsReceivedDoesNotCloseTheSession() {
		try (RawWebSocketClient client = application.webSocket("/take-one")) {
			client.sendText("first");
			assertThat(client.readText()).isEqualTo("got first");
			client.sendText("second");
			client.sendPing("still there?");
			assertThat(client.readFrame()).satisfies((frame) -> {
				assertThat(frame.opcode()).isEqualTo(RawWebSocketClient.PONG);
				assertThat(frame.text()).isEqualTo("still there?");
			});
			for (int i = 0; i < 1000; i++) {
				client.sendText("drained" + i);
			}
			application.bean(App.class).release.tryEmitEmpty();
			assertThat(client.awaitClose().code()).isEqualTo(1000);
		}
	}

	@Test
	void whatTheClientStillSendsIsDrainedWhenASessionHasFailed() {
		try (RawWebSocketClient client = application.webSocket("/after-a-message?exception=web-socket")) {
			try {
				for (int i = 0; i < 1000; i++) {
					client.sendText("message " + i);
				}
			}
			catch (UncheckedIOException ex) {
				// A server that ended the connection meanwhile has sent its close frame
			}
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(3001, "Too much"));
		}
	}

	@Test
	void aLargeMessageArrivesWholeBeforeTheCloseFrame() {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket("/large")) {
			assertThat(client.awaitClose(texts)).isEqualTo(new CloseFrame(1008, ""));
		}
		assertThat(texts).hasSize(1);
		assertThat(texts.get(0)).hasSize(1_000_000);
	}

	@Test
	void manyMessagesArriveBeforeTheCloseFrame() {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket("/many")) {
			assertThat(client.awaitClose(texts)).isEqualTo(new CloseFrame(1008, ""));
		}
		assertThat(texts).hasSize(10_000).startsWith("0", "1").endsWith("9999");
	}

	@Test
	void theSessionSendsEveryKindOfMessageAndIsNamedAsTheServersOwn() {
		try (RawWebSocketClient client = application.webSocket("/every-kind")) {
			String[] idAndName = client.readText().split(" ", 2);
			assertThat(idAndName[0]).isNotEmpty();
			assertThat(idAndName[1]).contains("[id=" + idAndName[0] + ", uri=");
			for (int opcode : List.of(RawWebSocketClient.BINARY, RawWebSocketClient.PING, RawWebSocketClient.PONG)) {
				assertThat(client.readFrame()).isNotNull()
					.extracting(RawWebSocketClient.Frame::opcode)
					.isEqualTo(opcode);
			}
			assertThat(client.awaitClose().code()).isEqualTo(1000);
		}
	}

	@Test
	void nothingOfAnErrorIsToldToTheClient() {
		for (String failure : Failure.NAMES) {
			assertThat(fail(failure, "error").toString()).doesNotContain("secret", "Exception");
		}
	}

	private static CloseFrame fail(String failure, String exception) {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket("/" + failure + "?exception=" + exception)) {
			Failure expected = Objects.requireNonNull(Failure.ALL.get(failure));
			if (expected.receives()) {
				try {
					boolean answered = expected.texts().contains("hello");
					client.sendText("hello");
					// Tomcat may leave one of several unread while it answers others
					if (answered) {
						texts.add(client.readText());
					}
					client.sendFragmentedText("a", "ga", "in");
					if (answered) {
						texts.add(client.readText());
					}
					client.sendText("boom");
				}
				catch (UncheckedIOException ex) {
					// The session may have been closed after the first message
				}
			}
			CloseFrame close = client.awaitClose(texts);
			if (expected.isBusy()) {
				assertThat(texts).allMatch("tick"::equals);
			}
			else {
				assertThat(texts).as(failure).isEqualTo(expected.texts());
			}
			return close;
		}
	}

	private static CloseFrame close(String path) {
		try (RawWebSocketClient client = application.webSocket(path)) {
			return client.awaitClose();
		}
	}

	private static String encode(String text) {
		StringBuilder encoded = new StringBuilder();
		for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
			encoded.append("%%%02X".formatted(next));
		}
		return encoded.toString();
	}

	private static void awaitHandled(LogCapture log) {
		Awaitility.await().until(() -> !log.of("io.starlet.websocket", Level.DEBUG).isEmpty());
		assertThat(log.of("io.starlet", Level.DEBUG)).hasSize(1);
	}

	private static ILoggingEvent awaitError(LogCapture log) {
		ILoggingEvent event = log.awaitOne(Level.ERROR);
		// Reactor itself warns of the errors that it takes for fatal
		assertThat(log.atLeast(Level.WARN)).filteredOn((next) -> !next.getLoggerName().startsWith("reactor.core."))
			.hasSize(1);
		return event;
	}

	private static void assertLoggedOnce(LogCapture log, Class<?> exception, String path) {
		ILoggingEvent event = awaitError(log);
		assertThat(event.getLoggerName()).startsWith("io.starlet");
		assertThat(event.getFormattedMessage()).matches("\\[[^\\]]+\\] .*").contains(path);
		assertThat(event.getThrowableProxy().getClassName()).isEqualTo(exception.getName());
		assertThat(event.getThrowableProxy().getStackTraceElementProxyArray()).isNotEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		private final Sinks.Empty<Void> release = Sinks.empty();

		@Bean
		HandlerMapping webSockets() {
			Map<String, WebSocketHandler> handlers = new HashMap<>();
			Failure.ALL.forEach((name, failure) -> handlers.put("/" + name,
					(session) -> failure.handler().handle(session, exception(WebSockets.parameters(session)))));
			handlers.put("/null", new ReturningNull());
			handlers.put("/timeout", (session) -> session.receive().then().timeout(Duration.ofMillis(50)));
			handlers.put("/reading", (session) -> session.receive().then());
			handlers.put("/complete", (session) -> Mono.empty());
			handlers.put("/closed", (session) -> session.close(new CloseStatus(4001, "Enough")));
			handlers.put("/closed-before-error", (session) -> session.close(new CloseStatus(4001, "Enough"))
				.then(Mono.error(new IllegalStateException("secret"))));
			handlers
				.put("/take-one",
						(session) -> session.send(session.receive()
							.take(1)
							.map(WebSocketMessage::getPayloadAsText)
							.map((text) -> session.textMessage("got " + text))).then(this.release.asMono()));
			handlers.put("/large",
					(session) -> session.send(Mono.fromSupplier(() -> session.textMessage("x".repeat(1_000_000))))
						.then(Mono.error(WebSocketException::new)));
			handlers.put("/many",
					(session) -> session.send(Flux.range(0, 10_000)
						.map((number) -> session.textMessage(number.toString()))
						.concatWith(Mono.error(WebSocketException::new))));
			handlers.put("/every-kind", (session) -> {
				byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
				return session.send(Flux.just(session.textMessage(session.getId() + " " + session),
						session.binaryMessage((factory) -> session.bufferFactory().wrap(payload)),
						session.pingMessage((factory) -> factory.wrap(payload)),
						session.pongMessage((factory) -> factory.wrap(payload))));
			});
			return WebSockets.map(handlers);
		}

		private static Supplier<Throwable> exception(Map<String, String> parameters) {
			return () -> exception(parameters.getOrDefault("exception", ""), parameters);
		}

		private static Throwable exception(String name, Map<String, String> parameters) {
			String text = parameters.getOrDefault("before", "") + parameters.getOrDefault("of", "")
				.repeat(Integer.parseInt(parameters.getOrDefault("length", "1")));
			return switch (name) {
				case "web-socket" -> new WebSocketException(3001, "Too much");
				case "web-socket-default" -> new WebSocketException();
				case "web-socket-1000" -> new WebSocketException(1000, "Done");
				case "web-socket-1013" -> new WebSocketException(1013);
				case "web-socket-4999" -> new WebSocketException(4999, "Ünï \uD83D\uDE00");
				case "web-socket-subclass" -> new WebSocketException(4000, "Sub") {
				};
				case "reason" -> new WebSocketException(4000, text);
				case "lone-surrogate" -> new WebSocketException(4000,
						"\uD83D".repeat(Integer.parseInt(parameters.getOrDefault("length", "1"))));
				case "detail" -> new HttpException(404, text);
				case "http-302" -> new HttpException(302);
				case "http-400" -> new HttpException(400);
				case "http-404" -> new HttpException(404, "No such book");
				case "http-499" -> new HttpException(499);
				case "http-500" -> new HttpException(500, "secret");
				case "http-503" -> new HttpException(503, "secret");
				case "response-status" -> new ResponseStatusException(HttpStatus.CONFLICT, "Taken");
				case "response-status-exception" -> new ResponseStatusException(HttpStatus.LOCKED);
				case "annotated" -> new AnnotatedException();
				case "error" -> new IllegalStateException("secret");
				case "checked" -> new IOException("secret");
				case "assertion-error" -> new AssertionError("secret");
				case "stack-overflow" -> new StackOverflowError("secret");
				case "no-class-def" -> new NoClassDefFoundError("secret");
				case "without-message" -> new NullPointerException();
				case "hostile" -> new HostileException();
				case "hostile-code", "hostile-reason" -> new SaboteurWebSocketException(name);
				case "hostile-detail" -> new SaboteurHttpException();
				case "sneaky-close-status" -> new IllegalArgumentException("1000: secret");
				case "wrapped-web-socket" -> new CompletionException(new WebSocketException(3001, "Too much"));
				case "wrapped-http-404" ->
					new CompletionException(new ExecutionException(new HttpException(404, "No such book")));
				case "caused-by-web-socket" -> new IllegalStateException(new WebSocketException(3001, "Too much"));
				default -> new IllegalArgumentException(name);
			};
		}

	}

	@ResponseStatus(code = HttpStatus.GONE, reason = "Gone")
	static class AnnotatedException extends RuntimeException {

	}

	static class HostileException extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("no message");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("no text");
		}

	}

	static class SaboteurWebSocketException extends WebSocketException {

		private final String kind;

		SaboteurWebSocketException(String kind) {
			this.kind = kind;
		}

		@Override
		public int getCode() {
			return this.kind.equals("hostile-code") ? 5 : super.getCode();
		}

		@Override
		public String getReason() {
			throw new IllegalStateException("no reason");
		}

	}

	static class SaboteurHttpException extends HttpException {

		SaboteurHttpException() {
			super(404);
		}

		@Override
		public String getDetail() {
			throw new NoClassDefFoundError("no detail");
		}

	}

	static class ReturningNull implements WebSocketHandler {

		@Override
		@SuppressWarnings("NullAway")
		public Mono<Void> handle(WebSocketSession session) {
			return null;
		}

	}

}
