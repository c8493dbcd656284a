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
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.WebSocketException;
import io.starlet.WebSocketExceptionHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R26, with handlers: they take over, may send a last message, and the session ends
 * whatever they do.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class WebSocketExceptionHandlerTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	private final Server server;

	WebSocketExceptionHandlerTests(Server server) {
		this.server = server;
	}

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class, "starlet.websocket.close-timeout=300ms");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void aHandlerTakesOverHoweverTheSessionFails(String failure) {
		List<String> texts = new ArrayList<>();
		try (LogCapture log = new LogCapture();
				RawWebSocketClient client = application.webSocket("/fail/" + failure + "/OrderException")) {
			Failure expected = Objects.requireNonNull(Failure.ALL.get(failure));
			if (expected.receives()) {
				for (String text : List.of("hello", "again", "boom")) {
					client.sendText(text);
					// Tomcat may leave one of several unread while it answers others
					if (expected.texts().contains(text)) {
						texts.add(client.readText());
					}
				}
			}
			assertThat(client.awaitClose(texts)).isEqualTo(new CloseFrame(4001, "Sold out"));
			assertThat(texts).endsWith("Sorry");
			if (!expected.isBusy()) {
				assertThat(texts.subList(0, texts.size() - 1)).isEqualTo(expected.texts());
			}
			Awaitility.await().until(() -> !log.of("io.starlet.websocket", Level.DEBUG).isEmpty());
			assertThat(log.of("io.starlet", Level.DEBUG)).hasSize(1);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "SpecialOrderException, 4001, Sold out", "VoidException, 4002, void",
			"StageException, 4003, stage /fail/signalled/StageException", "CausedException, 4004, cause",
			"UncausedException, 4004, no cause", "BeanException, 4005, bean", "ConfiguredException, 4006, configured",
			"ResponseStatusException, 4007, 409 Taken class org.springframework.web.server.ResponseStatusException",
			"HttpException, 4007, 404 Not Found null", "WebSocketSubException, 4008, 3002: sub",
			"WrappedException, 4001, Sold out", "MostSpecificException, 4009, most specific",
			"SomeException, 1011, Internal Error" })
	void theHandlerIsTheOneForTheMostSpecificClass(String exception, int code, String reason) {
		assertThat(fail(exception)).isEqualTo(new CloseFrame(code, reason));
	}

	@Test
	void aHandlerMaySendManyMessagesBeforeItCloses() {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket("/fail/sending/TalkativeException")) {
			assertThat(client.awaitClose(texts)).isEqualTo(new CloseFrame(4010, ""));
		}
		assertThat(texts).hasSize(1002).startsWith("one", "two", "0", "1").endsWith("999");
	}

	@ParameterizedTest
	@CsvSource({ "TranslatedException, 4001, Sold out", "ToWebSocketException, 3003, Translated",
			"ToHttpException, 4007, 410 Gone null", "ThrowingException, 4001, Sold out" })
	void anExceptionOfAHandlerIsLookedUpAgain(String exception, int code, String reason) {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(exception)).isEqualTo(new CloseFrame(code, reason));
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "SelfException", "PingException", "ToErrorException" })
	void handlersThatNeverEndTranslatingCloseWith1011WithBothExceptionsInTheLog(String exception) {
		AtomicInteger calls = application.bean(Handlers.class).calls;
		calls.set(0);
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(exception)).isEqualTo(WebSockets.INTERNAL_ERROR);
			ILoggingEvent event = awaitError(log);
			assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).contains(exception, "Suppressed: ");
			assertThat(calls).hasValueLessThanOrEqualTo(2);
		}
	}

	@Test
	void anErrorIsInTheLogIfWhatItsHandlerRaisesTakesNoSuppressedExceptions() {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail("ToRefusingException")).isEqualTo(WebSockets.INTERNAL_ERROR);
			Awaitility.await()
				.untilAsserted(() -> assertThat(log.of("io.starlet", Level.ERROR)).hasSize(2)
					.anyMatch((event) -> LogCapture.tells(event, "torefusingexception"))
					.anyMatch((event) -> LogCapture.tells(event, "of the handler")));
		}
	}

	@ParameterizedTest
	@CsvSource({ "NullException, returnsNull", "IdleException, returnsWithoutClosing",
			"IdleVoidException, returnsNothing", "SilentException, onlySends", "EndlessException, neverEnds",
			"EndlessSendingException, neverStopsSending", "NullBeanException, nullBean" })
	void aHandlerThatDoesNotCloseIsNamedInTheLogAndTheSessionClosesWith1011(String exception, String handler) {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail(exception)).isEqualTo(WebSockets.INTERNAL_ERROR);
			ILoggingEvent event = awaitError(log);
			assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).contains(handler, exception);
		}
	}

	@Test
	void aHandlerThatFailsWithALinkageErrorClosesWith1011AndIsLoggedOnce() {
		try (LogCapture log = new LogCapture();
				RawWebSocketClient client = application.webSocket("/fail/signalled/LinkageBeanException")) {
			assertThat(client.awaitClose()).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertThat(ThrowableProxyUtil.asString(log.awaitOne(Level.ERROR).getThrowableProxy()))
				.contains("NoClassDefFoundError", "LinkageBeanException");
		}
	}

	@Test
	void aHandlerThatOverflowsTheStackClosesWith1011AndIsLoggedOnce() {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail("OverflowException")).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertThat(ThrowableProxyUtil.asString(log.awaitOne(Level.ERROR).getThrowableProxy()))
				.contains("StackOverflowError", "OverflowException");
			assertThat(log.of("io.starlet.", Level.ERROR)).hasSize(1);
		}
	}

	@Test
	void whatAHandlerSendsBeforeItFailsArrives() {
		List<String> texts = new ArrayList<>();
		try (RawWebSocketClient client = application.webSocket("/fail/signalled/SilentException")) {
			assertThat(client.awaitClose(texts)).isEqualTo(WebSockets.INTERNAL_ERROR);
		}
		assertThat(texts).containsExactly("bye");
	}

	@Test
	void aHandlerThatClosesAndFailsHasClosedAndItsErrorIsLogged() {
		try (LogCapture log = new LogCapture()) {
			assertThat(fail("ClosingAndFailingException")).isEqualTo(new CloseFrame(4011, "closed"));
			assertThat(ThrowableProxyUtil.asString(awaitError(log).getThrowableProxy())).contains("after closing");
		}
	}

	@Test
	void handlersOfRequestsAndOfSessionsAreNotMixedUp() {
		assertThat(fail("RequestOnlyException")).isEqualTo(WebSockets.INTERNAL_ERROR);
		assertThat(application.get("/http/RequestOnlyException").body()).isEqualTo("request");
		assertThat(application.get("/http/OrderException").status()).isEqualTo(500);
		assertThat(application.get("/http/ForBothException").body()).isEqualTo("request");
		assertThat(fail("ForBothException")).isEqualTo(new CloseFrame(4012, "session"));
	}

	@Test
	void aCatchAllTakesEveryErrorThatIsThenLogged() {
		try (TestApplication own = TestApplication.start(this.server, CatchAllApp.class);
				LogCapture log = new LogCapture();
				RawWebSocketClient client = own.webSocket("/fail/signalled/SomeException")) {
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(4013, "SomeException, 500"));
			assertThat(awaitError(log).getThrowableProxy().getClassName()).endsWith("SomeException");
		}
	}

	@Test
	void aHandlerThatDoesNotCloseIsNoErrorForACatchAllToTake() {
		try (TestApplication own = TestApplication.start(this.server, CatchAllApp.class);
				LogCapture log = new LogCapture();
				RawWebSocketClient client = own.webSocket("/fail/signalled/IdleException")) {
			assertThat(client.awaitClose()).isEqualTo(WebSockets.INTERNAL_ERROR);
			assertThat(awaitError(log).getThrowableProxy().getMessage()).contains("returned without closing");
		}
	}

	@Test
	void anErrorThatTwoCatchAllsTakeIsLoggedOnceWithWhatTheFirstRaised() {
		try (TestApplication own = TestApplication.start(this.server, TwoCatchAllsApp.class);
				LogCapture log = new LogCapture();
				RawWebSocketClient client = own.webSocket("/fail/signalled/SomeException")) {
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(4013, "ArithmeticException, 500"));
			assertThat(ThrowableProxyUtil.asString(awaitError(log).getThrowableProxy())).contains("SomeException",
					"ArithmeticException");
		}
	}

	private static CloseFrame fail(String exception) {
		try (RawWebSocketClient client = application.webSocket("/fail/signalled/" + exception)) {
			return client.awaitClose();
		}
	}

	private static ILoggingEvent awaitError(LogCapture log) {
		ILoggingEvent event = log.awaitOne(Level.ERROR);
		assertThat(log.atLeast(Level.WARN)).hasSize(1);
		return event;
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Handlers.class, Endpoint.class })
	static class App extends FailingApp {

		@Bean
		@ExceptionHandlerFor
		WebSocketExceptionHandler<BeanException> bean() {
			return (session, ex) -> session.close(new CloseStatus(4005, "bean"));
		}

		@Bean
		@ExceptionHandlerFor
		WebSocketExceptionHandler<LinkageBeanException> linkageBean() {
			return (session, ex) -> {
				throw new NoClassDefFoundError("secret");
			};
		}

		@Bean
		@ExceptionHandlerFor
		@SuppressWarnings("NullAway")
		WebSocketExceptionHandler<NullBeanException> nullBean() {
			return (session, ex) -> null;
		}

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.webSocket(ConfiguredException.class,
					(session, ex) -> session.close(new CloseStatus(4006, "configured")));
		}

	}

	static class FailingApp {

		@Bean
		HandlerMapping failing() {
			return WebSockets.map(Map.of("/fail/{failure}/{exception}", (session) -> {
				List<String> path = WebSockets.segments(session);
				return Objects.requireNonNull(Failure.ALL.get(path.get(1)))
					.handler()
					.handle(session, () -> exception(path.get(2)));
			}));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CatchAllApp extends FailingApp {

		@ExceptionHandlerFor
		Mono<Void> any(WebSocketSession session, Throwable error, HttpException httpException) {
			return session.close(new CloseStatus(4013,
					error.getClass().getSimpleName() + ", " + httpException.getStatusCode().value()));
		}

		@ExceptionHandlerFor(IdleException.class)
		Mono<Void> idle(WebSocketSession session) {
			return Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoCatchAllsApp extends CatchAllApp {

		@ExceptionHandlerFor(Exception.class)
		Mono<Void> failing(WebSocketSession session) {
			return Mono.error(ArithmeticException::new);
		}

	}

	static Throwable exception(String name) {
		return switch (name) {
			case "CausedException" -> new CausedException(new IOException("cause"));
			case "UncausedException" -> new CausedException(null);
			case "ResponseStatusException" -> new ResponseStatusException(HttpStatus.CONFLICT, "Taken");
			case "HttpException" -> new HttpException(404);
			case "WebSocketSubException" -> new WebSocketSubException();
			case "WrappedException" -> new CompletionException(new OrderException());
			default -> newException(name);
		};
	}

	private static Throwable newException(String name) {
		try {
			return Class.forName(WebSocketExceptionHandlerTests.class.getName() + "$" + name)
				.asSubclass(Throwable.class)
				.getDeclaredConstructor()
				.newInstance();
		}
		catch (ReflectiveOperationException ex) {
			return new IllegalArgumentException(name, ex);
		}
	}

	@RestController
	static class Endpoint {

		@GetMapping("/http/{exception}")
		Mono<String> fail(@PathVariable String exception) {
			return Mono.error(exception(exception));
		}

	}

	static class Handlers {

		final AtomicInteger calls = new AtomicInteger();

		@ExceptionHandlerFor
		Mono<Void> order(WebSocketSession session, OrderException ex) {
			return session.send(Mono.just(session.textMessage("Sorry")))
				.then(session.close(new CloseStatus(4001, "Sold out")));
		}

		@ExceptionHandlerFor(VoidException.class)
		void nothing(WebSocketSession session) {
			session.close(new CloseStatus(4002, "void")).subscribe();
		}

		@ExceptionHandlerFor(StageException.class)
		CompletionStage<?> stage(HandshakeInfo info, WebSocketSession session) {
			return session.close(new CloseStatus(4003, "stage " + info.getUri().getPath())).toFuture();
		}

		@ExceptionHandlerFor
		Mono<Void> caused(CausedException ex, @Nullable IOException cause, WebSocketSession session) {
			return session.close(
					new CloseStatus(4004, (cause != null) ? Objects.requireNonNull(cause.getMessage()) : "no cause"));
		}

		@ExceptionHandlerFor
		Mono<Void> http(WebSocketSession session, HttpException ex) {
			String cause = (ex.getCause() != null) ? ex.getCause().getClass().toString() : "null";
			return session
				.close(new CloseStatus(4007, ex.getStatusCode().value() + " " + ex.getDetail() + " " + cause));
		}

		@ExceptionHandlerFor(WebSocketSubException.class)
		Mono<Void> webSocket(WebSocketSession session, WebSocketException ex) {
			return session.close(new CloseStatus(4008, ex.getMessage()));
		}

		@ExceptionHandlerFor
		Mono<Void> mostSpecific(WebSocketSession session, MostSpecificException ex) {
			return session.close(new CloseStatus(4009, "most specific"));
		}

		@ExceptionHandlerFor
		Mono<Void> talkative(WebSocketSession session, TalkativeException ex) {
			return session.send(Flux.range(0, 1000).map((number) -> session.textMessage(number.toString())))
				.then(session.close(new CloseStatus(4010)));
		}

		@ExceptionHandlerFor(TranslatedException.class)
		Mono<Void> translating(WebSocketSession session) {
			return Mono.error(OrderException::new);
		}

		@ExceptionHandlerFor(ThrowingException.class)
		void throwing(WebSocketSession session) {
			throw new OrderException();
		}

		@ExceptionHandlerFor(OverflowException.class)
		void overflowing(WebSocketSession session) {
			overflow(1);
		}

		private static int overflow(int depth) {
			return (depth == Integer.MAX_VALUE) ? 0 : overflow(depth + 1) + 1;
		}

		@ExceptionHandlerFor(ToWebSocketException.class)
		Mono<Void> toWebSocket(WebSocketSession session) {
			return Mono.error(() -> new WebSocketException(3003, "Translated"));
		}

		@ExceptionHandlerFor(ToHttpException.class)
		Mono<Void> toHttp(WebSocketSession session) {
			return Mono.error(() -> new HttpException(410));
		}

		@ExceptionHandlerFor(ToErrorException.class)
		Mono<Void> toError(WebSocketSession session) {
			return Mono.error(() -> new IllegalStateException("of the handler"));
		}

		@ExceptionHandlerFor(ToRefusingException.class)
		Mono<Void> toRefusing(WebSocketSession session) {
			return Mono.error(() -> new RefusingException("of the handler"));
		}

		@ExceptionHandlerFor(SelfException.class)
		Mono<Void> self(WebSocketSession session) {
			this.calls.incrementAndGet();
			return Mono.error(SelfException::new);
		}

		@ExceptionHandlerFor(PingException.class)
		Mono<Void> ping(WebSocketSession session) {
			this.calls.incrementAndGet();
			return Mono.error(PongException::new);
		}

		@ExceptionHandlerFor(PongException.class)
		Mono<Void> pong(WebSocketSession session) {
			this.calls.incrementAndGet();
			return Mono.error(PingException::new);
		}

		@SuppressWarnings("NullAway")
		@ExceptionHandlerFor(NullException.class)
		Mono<Void> returnsNull(WebSocketSession session) {
			return null;
		}

		@ExceptionHandlerFor(IdleException.class)
		Mono<Void> returnsWithoutClosing(WebSocketSession session) {
			return Mono.empty();
		}

		@ExceptionHandlerFor(IdleVoidException.class)
		void returnsNothing(WebSocketSession session) {
		}

		@ExceptionHandlerFor(SilentException.class)
		Mono<Void> onlySends(WebSocketSession session) {
			return session.send(Mono.just(session.textMessage("bye")));
		}

		@ExceptionHandlerFor(EndlessException.class)
		Mono<Void> neverEnds(WebSocketSession session) {
			return Mono.never();
		}

		@ExceptionHandlerFor(EndlessSendingException.class)
		Mono<Void> neverStopsSending(WebSocketSession session) {
			return session.send(Flux.interval(Duration.ofMillis(5))
				.onBackpressureDrop()
				.map((tick) -> session.textMessage("tick")));
		}

		@ExceptionHandlerFor(ClosingAndFailingException.class)
		Mono<Void> closesAndFails(WebSocketSession session) {
			return session.close(new CloseStatus(4011, "closed"))
				.then(Mono.error(new IllegalStateException("after closing")));
		}

		@ExceptionHandlerFor(RequestOnlyException.class)
		String request() {
			return "request";
		}

		@ExceptionHandlerFor(ForBothException.class)
		Mono<ServerResponse> bothRequest() {
			return ServerResponse.status(409).bodyValue("request");
		}

		@ExceptionHandlerFor(ForBothException.class)
		Mono<Void> bothSession(WebSocketSession session) {
			return session.close(new CloseStatus(4012, "session"));
		}

	}

	static class OrderException extends RuntimeException {

	}

	static class VoidException extends RuntimeException {

	}

	static class StageException extends RuntimeException {

	}

	static class BeanException extends RuntimeException {

	}

	static class LinkageBeanException extends RuntimeException {

	}

	static class NullBeanException extends RuntimeException {

	}

	static class ConfiguredException extends RuntimeException {

	}

	static class MostSpecificException extends OrderException {

	}

	static class SpecialOrderException extends OrderException {

	}

	static class TalkativeException extends RuntimeException {

	}

	static class TranslatedException extends RuntimeException {

	}

	static class ThrowingException extends RuntimeException {

	}

	static class OverflowException extends RuntimeException {

	}

	static class ToWebSocketException extends RuntimeException {

	}

	static class ToHttpException extends RuntimeException {

	}

	static class ToErrorException extends RuntimeException {

	}

	static class ToRefusingException extends RuntimeException {

	}

	static class RefusingException extends RuntimeException {

		RefusingException(String message) {
			super(message, null, false, false);
		}

	}

	static class SelfException extends RuntimeException {

	}

	static class PingException extends RuntimeException {

	}

	static class PongException extends RuntimeException {

	}

	static class NullException extends RuntimeException {

	}

	static class IdleException extends RuntimeException {

	}

	static class IdleVoidException extends RuntimeException {

	}

	static class SilentException extends RuntimeException {

	}

	static class EndlessException extends RuntimeException {

	}

	static class EndlessSendingException extends RuntimeException {

	}

	static class ClosingAndFailingException extends RuntimeException {

	}

	static class RequestOnlyException extends RuntimeException {

	}

	static class ForBothException extends RuntimeException {

	}

	static class SomeException extends RuntimeException {

	}

	static class CausedException extends RuntimeException {

		CausedException(@Nullable Throwable cause) {
			super(cause);
		}

	}

	static class WebSocketSubException extends WebSocketException {

		WebSocketSubException() {
			super(3002, "sub");
		}

	}

}
