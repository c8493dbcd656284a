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

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exceptions too large, too many or too many kinds of, and handlers that run into
 * themselves, over a real server: each request has its answer, what is sent and kept is
 * bounded, and the server goes on.
 */
@OnEachServer
@Timeout(300)
class HostileUseTests {

	private static final int REQUESTS = 1_000;

	private static final int CLASSES = 10_000;

	private static final int HUNDRED_MEGABYTES = 100_000_000;

	/** Nobody wants to read what these tests log. */
	private static final String QUIET = "logging.threshold.console=off";

	private static TestApplication application;

	private static Endpoints endpoints;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, QUIET, "logging.level.io.starlet=info");
		endpoints = application.bean(Endpoints.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void reset() {
		endpoints.reset();
	}

	@Test
	void messageOfAHundredMegabytesIsGivenToTheLogAsItIs() {
		try (LogCapture log = new LogCapture()) {
			assertServerError(application.get("/huge"), "oops");
			assertThat(System.identityHashCode(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()))
				.isEqualTo(System.identityHashCode(endpoints.raised.getMessage()));
			assertThat(log.atLeast(Level.ERROR)).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "/huge, '(cut, of 100000000 '", "/suppressed, 9999 suppressed" })
	void tracebackOfAMonstrousErrorIsBounded(String path, String content) {
		try (TestApplication debug = TestApplication.start(App.class, QUIET, "starlet.debug=true")) {
			RawHttpResponse page = debug.get(path, "Accept: text/html");
			assertThat(page.body()).startsWith("<!doctype html>").endsWith("</html>\n").hasSizeLessThan(3_000_000);
			RawHttpResponse text = debug.get(path);
			assertThat(text.body()).hasSizeLessThan(1_000_000);
			for (RawHttpResponse response : List.of(page, text)) {
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.whole()).isTrue();
				assertThat(response.body()).contains(content);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "/huge, 100000000", "/suppressed, 0" })
	void foldedStackTraceOfAMonstrousErrorHasItsMessageOnceAndNotMuchMore(String path, int message) {
		try (TestApplication own = TestApplication.start(App.class, QUIET, "starlet.log-stack-trace=application",
				"starlet.traceback.application-packages=io.starlet.filter"); LogCapture log = new LogCapture()) {
			assertServerError(own.get(path), "oops");
			assertThat(log.awaitOne(Level.ERROR).getFormattedMessage().length()).isBetween(message, message + 100_000);
		}
	}

	@Test
	void errorWithTenThousandSuppressedOnesIsGivenToTheLogAsItIs() {
		try (LogCapture log = new LogCapture()) {
			assertServerError(application.get("/suppressed"), "oops");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getSuppressed())
				.hasSizeGreaterThanOrEqualTo(10_000);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/at-once/shared", "/at-once/own" })
	void errorOfAThousandRequestsAtOnceIsAnsweredAndLoggedForEach(String path) {
		try (LogCapture log = new LogCapture()) {
			failAtOnce(path);
			Awaitility.await().untilAsserted(() -> assertThat(log.of("io.starlet.", Level.ERROR)).hasSize(REQUESTS));
			assertThat(log.of("io.starlet.", Level.ERROR).stream().map(ILoggingEvent::getFormattedMessage))
				.doesNotHaveDuplicates();
		}
	}

	@Test
	void answersDoNotWaitForALogThatDropsWhatItCanNotTake() {
		CountDownLatch latch = new CountDownLatch(1);
		HeldAppender held = new HeldAppender(latch);
		AsyncAppender dropping = new AsyncAppender();
		dropping.setContext(held.root.getLoggerContext());
		dropping.setQueueSize(10);
		dropping.setNeverBlock(true);
		dropping.addAppender(held);
		dropping.start();
		held.root.addAppender(dropping);
		try {
			failAtOnce("/at-once/own");
			assertThat(held.taken).hasValue(0);
			latch.countDown();
			Awaitility.await().until(() -> held.taken.get() > 0);
		}
		finally {
			latch.countDown();
			held.root.detachAppender(dropping);
			dropping.stop();
		}
		// What the queue holds, and a few that were under way
		assertThat(held.taken).hasValueLessThan(REQUESTS / 10);
		assertThat(application.get("/ok").body()).isEqualTo("ok");
	}

	/** All requests wait in the endpoint until the last has come. */
	private static void failAtOnce(String path) {
		List<RawHttpClient> clients = IntStream.range(0, REQUESTS).mapToObj((number) -> application.connect()).toList();
		try {
			for (int number = 0; number < REQUESTS; number++) {
				clients.get(number).write("GET " + path + "/" + number + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
			}
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.waiting).hasValue(REQUESTS));
			endpoints.gate.tryEmitError(new IllegalStateException("shared")).orThrow();
			for (int number = 0; number < REQUESTS; number++) {
				assertServerError(clients.get(number).read("GET"),
						path.endsWith("shared") ? "shared" : "own " + number);
			}
			if (!Server.CURRENT.endsConnectionAfter(500)) {
				assertThat(clients)
					.allSatisfy((client) -> assertThat(client.send("GET", "/ok").body()).isEqualTo("ok"));
			}
		}
		finally {
			clients.forEach(RawHttpClient::close);
		}
	}

	@ParameterizedTest
	@CsvSource({ "LoadedHandledException, 409", "UnhandledException, 500", "AnnotatedException, 410" })
	void tenThousandClassesOfExceptionsAreAnsweredAndTheirClassLoadersNotKept(String type, int status) {
		// Tomcat ends a connection after a hundred
		for (int connection = 0; connection < CLASSES / 50; connection++) {
			try (RawHttpClient client = application.connect()) {
				for (int number = 0; number < 50; number++) {
					assertThat(client.send("GET", "/class/" + type).status()).isEqualTo(status);
				}
			}
		}
		assertThat(endpoints.loaders).hasSize(CLASSES);
		assertLoadersAreDropped();
	}

	/** As that of one whose outer class it may not access. */
	@Test
	void exceptionWhoseClassCanNotTellItsSimpleNameIsHandled() {
		try (TestApplication own = TestApplication.start(App.class); LogCapture log = new LogCapture()) {
			assertThat(own.get("/class/LoadedHandledException").status()).isEqualTo(409);
			assertThat(log.awaitOne(Level.DEBUG).getFormattedMessage())
				.contains("Handled HostileUseTests.LoadedHandledException");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void tracebacksOfManyClassesOfExceptionsDoNotKeepTheirClassLoaders() {
		try (TestApplication debug = TestApplication.start(App.class, QUIET, "starlet.debug=true",
				"starlet.log-stack-trace=application", "starlet.log-levels.5xx=warn")) {
			for (int number = 0; number < 100; number++) {
				assertThat(debug.get("/class/UnhandledException", "Accept: text/html").body())
					.contains("HostileUseTests$UnhandledException");
			}
			endpoints.loaders.addAll(debug.bean(Endpoints.class).loaders);
			assertThat(endpoints.loaders).hasSize(100);
			assertLoadersAreDropped();
		}
	}

	private static void assertLoadersAreDropped() {
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			endpoints.loaders.removeIf((loader) -> loader.refersTo(null));
			assertThat(endpoints.loaders).hasSizeLessThanOrEqualTo(5);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "assertion", "overflow", "linkage", "signalled-assertion", "signalled-linkage" })
	void handlerOfErrorTakesThoseThatDoNotKillTheJvm(String kind) {
		try (TestApplication own = TestApplication.start(ErrorApp.class); LogCapture log = new LogCapture()) {
			RawHttpResponse response = own.get("/error/" + kind);
			assertThat(response.status()).isEqualTo(501);
			assertThat(response.body()).isEqualTo("error");
			assertThat(own.get("/error/exception").status()).isEqualTo(500);
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getClassName())
				.isEqualTo(IllegalStateException.class.getName());
			assertThat(log.of("io.starlet.", Level.ERROR)).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "self, 1", "ping, 2", "error-of-error, 1" })
	void handlersThatRaiseWhatTheyHandleAreCalledOnceEach(String kind, int calls) {
		try (LogCapture log = new LogCapture()) {
			assertServerError(application.get("/recursive/" + kind), "oops");
			assertThat(endpoints.calls).hasValue(calls);
			assertThat(ThrowableProxyUtil.asString(log.awaitOne(Level.ERROR).getThrowableProxy())).contains(": first");
			assertThat(log.of("io.starlet.", Level.ERROR)).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "error", "class" })
	void serverErrorHandlerThatRaisesWhatHandlersHandleLeavesThePlain500(String kind) {
		try (LogCapture log = new LogCapture()) {
			assertServerError(application.get("/server-error-raises/" + kind), "Internal Server Error");
			assertThat(endpoints.calls).hasValue(0);
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("raise " + kind);
			assertThat(log.of("io.starlet.", Level.ERROR)).hasSize(1);
		}
	}

	private static void assertServerError(RawHttpResponse response, String body) {
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo(body);
		assertThat(response.whole()).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes(Endpoints endpoints) {
			return RouterFunctions.route()
				.GET("/ok", (request) -> ServerResponse.ok().bodyValue("ok"))
				.GET("/huge", (request) -> endpoints.raise(new IllegalStateException("m".repeat(HUNDRED_MEGABYTES))))
				.GET("/suppressed", (request) -> {
					Exception error = new Exception("10000 and 9999 suppressed");
					IntStream.range(0, 10_000)
						.forEach((number) -> error.addSuppressed(new Exception("suppressed " + number)));
					return endpoints.raise(error);
				})
				.GET("/at-once/{kind}/{number}", (request) -> {
					endpoints.waiting.incrementAndGet();
					Mono<ServerResponse> gate = endpoints.gate.asMono();
					return request.pathVariable("kind").equals("shared") ? gate : gate
						.onErrorMap((error) -> new IllegalStateException("own " + request.pathVariable("number")));
				})
				.GET("/class/{type}", (request) -> Mono.error(endpoints.newException(request.pathVariable("type"))))
				.GET("/recursive/{kind}", (request) -> Mono.error(switch (request.pathVariable("kind")) {
					case "self" -> new SelfException("first");
					case "ping" -> new PingException("first");
					default -> new AssertionError("first");
				}))
				.GET("/server-error-raises/{kind}",
						(request) -> Mono.error(new IllegalStateException("raise " + request.pathVariable("kind"))))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ErrorApp {

		@ExceptionHandlerFor(Error.class)
		@ResponseStatus(HttpStatus.NOT_IMPLEMENTED)
		String error() {
			return "error";
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/error/{kind}", (request) -> switch (request.pathVariable("kind")) {
				case "assertion" -> throw new AssertionError("thrown");
				case "overflow" -> Mono.just(Handlers.overflow(1)).then(Mono.empty());
				case "linkage" -> throw new NoClassDefFoundError("thrown");
				case "signalled-assertion" -> Mono.error(new AssertionError("signalled"));
				case "signalled-linkage" -> Mono.error(new NoClassDefFoundError("signalled"));
				default -> Mono.error(new IllegalStateException("no error"));
			}).build();
		}

	}

	static class Handlers {

		private final Endpoints endpoints;

		Handlers(Endpoints endpoints) {
			this.endpoints = endpoints;
		}

		@ExceptionHandlerFor
		Mono<String> self(SelfException ex) {
			this.endpoints.calls.incrementAndGet();
			return Mono.error(new SelfException("again"));
		}

		@ExceptionHandlerFor
		String ping(PingException ex) {
			this.endpoints.calls.incrementAndGet();
			throw new PongException("again");
		}

		@ExceptionHandlerFor
		Mono<String> pong(PongException ex) {
			this.endpoints.calls.incrementAndGet();
			return Mono.error(new PingException("again"));
		}

		@ExceptionHandlerFor
		String error(AssertionError error) {
			this.endpoints.calls.incrementAndGet();
			throw new AssertionError("again");
		}

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.CONFLICT)
		String handled(HandledException ex) {
			return "handled";
		}

		@StatusHandler(500)
		String oops(Throwable error) {
			String message = String.valueOf(error.getMessage());
			return switch (message) {
				case "raise http" -> throw new HttpException(404);
				case "raise error" -> throw new AssertionError("of the server-error handler");
				case "raise class" -> throw new SelfException("of the server-error handler");
				default -> message.matches("shared|own \\d+") ? message : "oops";
			};
		}

		static int overflow(int depth) {
			return (depth == Integer.MAX_VALUE) ? 0 : overflow(depth + 1) + 1;
		}

	}

	static class Endpoints {

		final AtomicInteger calls = new AtomicInteger();

		final AtomicInteger waiting = new AtomicInteger();

		final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

		volatile Sinks.One<ServerResponse> gate = Sinks.one();

		volatile Throwable raised = new Throwable();

		void reset() {
			this.calls.set(0);
			this.waiting.set(0);
			this.loaders.clear();
			this.gate = Sinks.one();
			this.raised = new Throwable();
		}

		<T> Mono<T> raise(Throwable error) {
			this.raised = error;
			return Mono.error(error);
		}

		synchronized Throwable newException(String type) {
			ThrowawayClassLoader loader = new ThrowawayClassLoader(HostileUseTests.class.getName() + "$" + type);
			this.loaders.add(new WeakReference<>(loader));
			return loader.newException();
		}

	}

	/** Has a class of exceptions of its own. */
	static class ThrowawayClassLoader extends ClassLoader {

		private final String type;

		ThrowawayClassLoader(String type) {
			super(HostileUseTests.class.getClassLoader());
			this.type = type;
		}

		Throwable newException() {
			String file = this.type.replace('.', '/') + ".class";
			try (InputStream in = Objects.requireNonNull(getResourceAsStream(file))) {
				byte[] bytes = in.readAllBytes();
				return defineClass(this.type, bytes, 0, bytes.length).asSubclass(Throwable.class)
					.getDeclaredConstructor()
					.newInstance();
			}
			catch (IOException | ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Takes nothing until it may. */
	static class HeldAppender extends AppenderBase<ILoggingEvent> {

		private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private final AtomicInteger taken = new AtomicInteger();

		private final CountDownLatch latch;

		HeldAppender(CountDownLatch latch) {
			this.latch = latch;
			setContext(this.root.getLoggerContext());
			start();
		}

		@Override
		protected void append(ILoggingEvent event) {
			try {
				this.latch.await();
				this.taken.incrementAndGet();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	static class SelfException extends RuntimeException {

		SelfException(String message) {
			super(message);
		}

	}

	static class PingException extends RuntimeException {

		PingException(String message) {
			super(message);
		}

	}

	static class PongException extends RuntimeException {

		PongException(String message) {
			super(message);
		}

	}

	public static class HandledException extends RuntimeException {

	}

	public static class LoadedHandledException extends HandledException {

	}

	public static class UnhandledException extends RuntimeException {

	}

	@ResponseStatus(HttpStatus.GONE)
	public static class AnnotatedException extends RuntimeException {

	}

}
