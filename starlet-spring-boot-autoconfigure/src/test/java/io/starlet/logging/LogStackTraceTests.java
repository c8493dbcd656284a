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

package io.starlet.logging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import io.starlet.response.ExceptionLog;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.apache.commons.logging.LogFactory;
import org.apache.commons.logging.impl.NoOpLog;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.boot.logging.LogLevel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code starlet.log-stack-trace}: how much of an error's stack trace is logged.
 */
@OnEachServer
@Timeout(60)
class LogStackTraceTests {

	/**
	 * How tools that read lines find one stack trace, as in
	 * fluent-plugin-detect-exceptions.
	 */
	private static final Pattern STACK_TRACE = Pattern.compile("(?m)^.*(?:Exception|Error|Throwable)(?::.*)?\\R"
			+ "(?:(?:[\\t ]+at |[\\t ]*(?:Caused by|Suppressed):|[\\t ]*\\.\\.\\. \\d+ more).*\\R)+");

	private static final String FRAME = "\n\tat io.starlet.logging.LogStackTraceTests$";

	private static final String PACKAGES = "starlet.traceback.application-packages=io.starlet.logging";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.log-stack-trace=application", PACKAGES,
				"starlet.log-levels.503=error", "starlet.log-levels[java.lang.ArithmeticException]=warn",
				"starlet.log-levels[java.lang.UnsupportedOperationException]=off");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/thrown", "/signalled", "/observed" })
	void anErrorIsLoggedWithTheApplicationsFramesAndTheOthersFolded(String path) {
		String method = path.substring(1);
		ILoggingEvent event = log(path, Level.ERROR);
		assertThat(event.getThrowableProxy()).isNull();
		assertThat(text(event)).matches(Pattern.compile("\\[.*] 500 Server Error for HTTP GET \"" + path
				+ """
						"
						java.lang.IllegalStateException: The shelf has collapsed
							at io.starlet.logging.LogStackTraceTests\\$Shelf.find\\(LogStackTraceTests.java:\\d+\\)
							at io.starlet.logging.LogStackTraceTests\\$Controller.(lambda\\$)?%s.*\\(LogStackTraceTests.java:\\d+\\)
							\\.\\.\\. \\d\\d+ more"""
					.formatted(method)));
	}

	@Test
	void byDefaultTheLoggerGetsTheException() {
		try (TestApplication defaults = TestApplication.start(App.class, PACKAGES); LogCapture log = new LogCapture()) {
			defaults.get("/thrown");
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("The shelf has collapsed");
			assertThat(event.getFormattedMessage()).endsWith(" 500 Server Error for HTTP GET \"/thrown\"");
		}
	}

	@Test
	void theApplicationsPackagesAreThoseOfItsConfigurationUnlessNamed() {
		try (TestApplication defaults = TestApplication.start(App.class, "starlet.log-stack-trace=application");
				LogCapture log = new LogCapture()) {
			// Boot's idea of them is the package of the test application
			defaults.get("/thrown");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy()).isNotNull();
			defaults.get("/of-testing");
			Awaitility.await().until(() -> log.atLeast(Level.ERROR).size() == 2);
			assertThat(text(log.atLeast(Level.ERROR).get(1)))
				.contains("\n\tat io.starlet.testing.Server.valueOf(Server.java:");
		}
	}

	@Test
	void causesAndSuppressedExceptionsAreLogged() {
		assertThat(text(log("/caused", Level.ERROR))).contains(
				"\njava.lang.IllegalArgumentException: No such book" + FRAME + "Controller.caused(",
				" more\n\tSuppressed: java.io.IOException: closing\n\t\tat io.starlet.logging.",
				" more\nCaused by: java.lang.IllegalStateException: The shelf has collapsed" + FRAME + "Shelf.find(");
	}

	@Test
	void anErrorThatOnlyLibrariesKnowIsGivenToTheLogger() {
		ILoggingEvent event = log("/timeout", Level.ERROR);
		assertThat(event.getThrowableProxy().getClassName()).isEqualTo("java.util.concurrent.TimeoutException");
		assertThat(event.getFormattedMessage()).endsWith("\"/timeout\"");
	}

	@Test
	void anErrorThatCannotBeReadIsLoggedAsWithTheFullStackTrace() {
		assertThat(text(log("/unreadable", Level.ERROR)))
			.contains("\"/unreadable\": " + UnreadableException.class.getName()
					+ ", which can't be logged: java.lang.UnsupportedOperationException");
	}

	@Test
	void aRecursionIsCut() {
		ILoggingEvent event = log("/recursion", Level.ERROR);
		assertThat(text(event)).contains("\nCaused by: java.lang.StackOverflowError" + FRAME + "Controller.recurse(");
		assertThat(text(event).lines()).hasSizeBetween(50, 60);
	}

	@Test
	void theLevelIsAnotherMatter() {
		assertThat(text(log("/arithmetic", Level.WARN))).contains("\"/arithmetic\"\njava.lang.ArithmeticException:",
				FRAME + "Controller.arithmetic(");
		assertThat(text(log("/unavailable", Level.ERROR))).contains("Handled HttpException",
				"\nio.starlet.HttpException: 503: Service Unavailable\nCaused by: java.io.IOException: why" + FRAME
						+ "Controller.unavailable(");
		try (LogCapture log = new LogCapture()) {
			application.get("/off");
			application.get("/arithmetic");
			log.awaitOne(Level.WARN);
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	@Test
	void noStackTraceIsWrittenThatNobodyReads() {
		List<Throwable> written = new ArrayList<>();
		ExceptionLog log = new ExceptionLog(Map.of("500", LogLevel.OFF, "503", LogLevel.ERROR), (exception) -> {
			written.add(exception);
			return "";
		});
		log.error(LogFactory.getLog(getClass()), "off", new IOException());
		log.handled(new NoOpLog(), () -> "not enabled", new IOException(), 503);
		assertThat(written).isEmpty();
		log.handled(LogFactory.getLog(getClass()), () -> "enabled", new IOException(), 503);
		assertThat(written).hasSize(1);
	}

	@Test
	void backgroundTasksAreLoggedLikewise() {
		ILoggingEvent event = log("/background", Level.ERROR);
		assertThat(event.getThrowableProxy()).isNull();
		assertThat(text(event)).contains("Background task",
				"failed\njava.lang.IllegalStateException: The shelf" + " has collapsed" + FRAME + "Shelf.find(",
				" more");
	}

	@Test
	void sessionsAreLoggedLikewise() {
		try (LogCapture log = new LogCapture(); RawWebSocketClient session = application.webSocket("/session")) {
			assertThat(session.awaitClose().code()).isEqualTo(1011);
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(event.getThrowableProxy()).isNull();
			assertThat(text(event))
				.contains("Error of WebSocket \"/session\"\njava.lang.IllegalStateException: The shelf"
						+ " has collapsed" + FRAME + "Shelf.find(", " more");
		}
	}

	@Test
	void theErrorIsObservedAndSeenByErrorTrackersAllTheSame() {
		log("/tracked", Level.ERROR);
		assertThat(application.bean(Tracker.class).seen).singleElement().asString().contains("The shelf has collapsed");
		Awaitility.await()
			.untilAsserted(() -> assertThat(application.bean(MeterRegistry.class)
				.find("http.server.requests")
				.tags("uri", "/tracked", "exception", "IllegalStateException", "status", "500")
				.timer()).isNotNull());
	}

	@ParameterizedTest
	@CsvSource({ "/thrown, ERROR", "/caused, ERROR", "/recursion, ERROR", "/arithmetic, WARN" })
	void aToolThatJoinsTheLinesOfStackTracesTakesItForOne(String path, String level) {
		ILoggingEvent event = log(path, Level.valueOf(level));
		String file = encode(event("Before")) + encode(event) + encode(event("After"));
		List<String> records = STACK_TRACE.matcher(file).replaceAll("(stack trace)\n").lines().toList();
		assertThat(records).hasSize(4);
		assertThat(records.get(0)).endsWith(" : Before");
		assertThat(records.get(1)).endsWith(" 500 Server Error for HTTP GET \"" + path + "\"");
		assertThat(records.get(2)).isEqualTo("(stack trace)");
		assertThat(records.get(3)).endsWith(" : After");
	}

	@Test
	void aClientsInputIsWrittenAsTheFullStackTraceWouldWriteIt() {
		try (TestApplication full = TestApplication.start(App.class, PACKAGES)) {
			String path = "/echo?name=%0A2026-01-01T00:00:00Z%20ERROR%20forged%0D%0A%7B%7D%25m%24%7Bx%7D";
			String message = "No java.lang.IllegalStateException\n2026-01-01T00:00:00Z ERROR forged\r\n{}%m${x} here";
			for (TestApplication each : List.of(full, application)) {
				try (LogCapture log = new LogCapture()) {
					each.get(path);
					assertThat(encode(log.awaitOne(Level.ERROR))).contains(
							"HTTP GET \"/echo\"" + System.lineSeparator(),
							"java.lang.IllegalStateException: " + message);
				}
			}
		}
	}

	private static ILoggingEvent log(String path, Level level) {
		try (LogCapture log = new LogCapture()) {
			application.get(path);
			Awaitility.await().until(() -> !log.of("io.starlet.", level).isEmpty());
			assertThat(log.of("io.starlet.", level)).hasSize(1);
			return log.of("io.starlet.", level).get(0);
		}
	}

	private static String text(ILoggingEvent event) {
		return event.getFormattedMessage().replace(System.lineSeparator(), "\n");
	}

	private static ILoggingEvent event(String message) {
		return new LoggingEvent(Logger.FQCN, (Logger) LoggerFactory.getLogger("other"), Level.INFO, message, null,
				null);
	}

	/** As Boot writes it to a file. */
	private static String encode(ILoggingEvent event) {
		LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(context);
		encoder.setPattern(context.getProperty("FILE_LOG_PATTERN"));
		encoder.start();
		return new String(encoder.encode(event), StandardCharsets.UTF_8);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, Tracker.class })
	static class App {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		HandlerMapping sessions() {
			WebSocketHandler handler = (session) -> Mono.fromRunnable(new Shelf()::find);
			return new SimpleUrlHandlerMapping(Map.of("/session", handler), -1);
		}

	}

	static class Shelf {

		String find() {
			throw new IllegalStateException("The shelf has collapsed");
		}

	}

	@RestController
	static class Controller {

		@GetMapping({ "/thrown", "/tracked" })
		String thrown() {
			return new Shelf().find();
		}

		@GetMapping("/signalled")
		Mono<String> signalled() {
			return Mono.just(1).map((one) -> new Shelf().find());
		}

		@GetMapping("/observed")
		Mono<String> observed() {
			return Mono.delay(Duration.ofMillis(1))
				.map((one) -> new Shelf().find())
				.checkpoint("the shelf")
				.checkpoint("the books", true);
		}

		@GetMapping("/of-testing")
		String ofTesting() {
			return Server.valueOf("none").name();
		}

		@GetMapping("/caused")
		String caused() {
			try {
				return new Shelf().find();
			}
			catch (IllegalStateException ex) {
				IllegalArgumentException error = new IllegalArgumentException("No such book", ex);
				error.addSuppressed(new IOException("closing"));
				throw error;
			}
		}

		@GetMapping("/timeout")
		Mono<Void> timeout() {
			return Mono.<Void>never().timeout(Duration.ofMillis(1));
		}

		@GetMapping("/unreadable")
		Mono<Void> unreadable() {
			return Mono.error(new UnreadableException());
		}

		@GetMapping("/recursion")
		int recursion() {
			return recurse(1);
		}

		@SuppressWarnings("InfiniteRecursion")
		private int recurse(int depth) {
			return recurse(depth + 1) + 1;
		}

		@GetMapping("/arithmetic")
		int arithmetic(ServerWebExchange exchange) {
			return 1 / exchange.getRequest().getQueryParams().size();
		}

		@GetMapping("/off")
		int off() {
			throw new UnsupportedOperationException();
		}

		@GetMapping("/unavailable")
		Mono<Void> unavailable() {
			return Mono.error(new HttpException(503, null, null, new IOException("why")));
		}

		@GetMapping("/background")
		String background(BackgroundTasks tasks) {
			tasks.run(new Shelf()::find);
			return "answered";
		}

		@GetMapping("/echo")
		String echo(ServerWebExchange exchange) {
			throw new IllegalStateException("No java.lang.IllegalStateException"
					+ exchange.getRequest().getQueryParams().getFirst("name") + " here");
		}

	}

	static class Tracker implements WebExceptionHandler {

		private final Queue<Throwable> seen = new ConcurrentLinkedQueue<>();

		@Override
		public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
			if (exchange.getRequest().getPath().value().equals("/tracked")) {
				this.seen.add(error);
			}
			return Mono.error(error);
		}

	}

	static class UnreadableException extends RuntimeException {

		@Override
		public String getMessage() {
			throw new UnsupportedOperationException();
		}

	}

}
