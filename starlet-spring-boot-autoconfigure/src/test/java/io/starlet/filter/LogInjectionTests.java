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

import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.TestApplication;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client sends neither forges lines of the log nor tells its secrets there, as far
 * as Starlet writes them: messages of exceptions in a stack trace are the application's.
 */
@OnEachServer
@Timeout(60)
class LogInjectionTests {

	private static final String FORGED = "%0d%0aERROR%20forged%1b%5b31m%c2%85";

	private static final String SECRET = "s3cret";

	private static TestApplication application;

	private final LogCapture log = new LogCapture();

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "G\u001b[31mET", "G\rET", "GET\u007f", "${x}", "<b>", "GE\tT" })
	void methodWithOtherCharactersThanAMethodHasIsRefused(String method) {
		try (RawHttpClient client = application.connect()) {
			client.write(method + " /error HTTP/1.1\r\nHost: localhost\r\n\r\n");
			assertThat(client.read("GET").status()).isEqualTo(400);
		}
		assertThat(this.log.atLeast(Level.ERROR)).isEmpty();
	}

	@Test
	void methodThatNobodyKnowsIsLoggedAsItIs() {
		assertThat(application.send("%s%n$%0a", "/error").status()).isEqualTo(500);
		assertThat(this.log.awaitOne(Level.ERROR).getFormattedMessage()).endsWith("for HTTP %s%n$%0a \"/error\"");
	}

	@Test
	void pathIsLoggedAsTheClientHasEncodedIt() {
		RawHttpResponse response = application.get("/error/a%20b%0ac");
		// Jetty refuses an encoded line break
		assertThat(response.status()).isIn(400, 500);
		if (response.status() == 500) {
			assertThat(this.log.awaitOne(Level.ERROR).getFormattedMessage())
				.endsWith("for HTTP GET \"/error/a%20b%0ac\"");
		}
		assertThat(application.get("/error/a%20b").status()).isEqualTo(500);
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.log.atLeast(Level.ERROR)).extracting(ILoggingEvent::getFormattedMessage)
						.anyMatch((message) -> message.endsWith("for HTTP GET \"/error/a%20b\"")));
	}

	@Test
	void detailOfAHandledExceptionIsOneShortLineWithoutControlCharacters() {
		assertThat(application.get("/handled?text=" + FORGED + "x".repeat(1000)).status()).isEqualTo(409);
		assertThat(starletLines()).singleElement()
			.satisfies((line) -> assertThat(line).contains("409: <EOL><EOL>ERROR forged?[31m?xxx")
				.doesNotContainPattern("\\p{Cc}")
				.hasSizeLessThan(400));
	}

	@Test
	void nameOfABackgroundTaskIsOneLineWithoutControlCharacters() {
		assertThat(application.get("/task?text=" + FORGED).status()).isEqualTo(200);
		assertThat(this.log.awaitOne(Level.ERROR).getFormattedMessage())
			.endsWith("Background task 'mail to ??ERROR forged?[31m?' failed");
	}

	/** The other servers close such a session themselves. */
	@Test
	@Tag("reactor-netty")
	void whatEndedAWebSocketSessionIsOneLineWithoutControlCharacters() {
		try (RawWebSocketClient client = application.webSocket("/session")) {
			client.sendText("x".repeat(100_000));
			client.awaitClose();
		}
		Awaitility.await().until(() -> !starletLines().isEmpty());
		assertThat(starletLines()).singleElement(InstanceOfAssertFactories.STRING)
			.endsWith(": java.lang.IllegalStateException: ended<EOL><EOL>ERROR forged?[31m");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error", "/handled", "/task", "/nope" })
	void noQueryHeaderOrCookieIsInALineOfStarlets(String path) {
		send(application, path);
		Awaitility.await().untilAsserted(() -> assertThat(starletLines()).isNotEmpty());
		assertThat(starletLines()).noneMatch((line) -> line.contains(SECRET));
	}

	/**
	 * Reactor's checkpoint of Spring's, a part of the full stack trace, has the query.
	 */
	@Test
	void noQueryHeaderOrCookieIsInAStackTraceOfTheApplicationsFrames() {
		try (TestApplication folded = TestApplication.start(App.class, "starlet.log-stack-trace=application",
				"starlet.traceback.application-packages=io.starlet.filter")) {
			send(folded, "/error");
			assertThat(this.log.awaitOne(Level.ERROR).getFormattedMessage())
				.contains("LogInjectionTests$Endpoints.error")
				.doesNotContain(SECRET);
			assertThat(this.log.awaitOne(Level.ERROR).getThrowableProxy()).isNull();
		}
		send(application, "/error");
		Awaitility.await().until(() -> this.log.of("", Level.ERROR).size() == 2);
		assertThat(ThrowableProxyUtil.asString(this.log.of("", Level.ERROR).get(1).getThrowableProxy())
			.lines()
			.filter((line) -> line.contains(SECRET)))
			.allMatch((line) -> line.contains("[ExceptionHandlingWebHandler]"));
	}

	private static void send(TestApplication application, String path) {
		try (RawHttpClient client = application.connect()) {
			client.write("""
					GET %s?token=%s HTTP/1.1
					Host: localhost
					Authorization: Bearer %s
					Cookie: id=%s
					X-Api-Key: %s
					Content-Length: %d

					%s""".formatted(path, SECRET, SECRET, SECRET, SECRET, SECRET.length(), SECRET)
				.replace("\n", "\r\n"));
			client.read("GET");
		}
	}

	private List<String> starletLines() {
		return this.log.atLeast(Level.DEBUG)
			.stream()
			.filter((event) -> event.getLoggerName().startsWith("io.starlet."))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		SimpleUrlHandlerMapping sessions() {
			WebSocketHandler handler = (session) -> session.receive()
				.onErrorMap((error) -> new IllegalStateException("ended\r\nERROR forged\u001b[31m", error))
				.then();
			return new SimpleUrlHandlerMapping(Map.of("/session", handler), -1);
		}

	}

	@RestController
	static class Endpoints {

		@RequestMapping({ "/error", "/error/{text}" })
		Mono<String> error() {
			return Mono.error(new IllegalStateException("error"));
		}

		@GetMapping("/handled")
		Mono<String> handled(@RequestParam(defaultValue = "") String text) {
			return Mono.error(new HttpException(409, text));
		}

		@GetMapping("/task")
		String task(@RequestParam(defaultValue = "nobody") String text, BackgroundTasks tasks) {
			tasks.run("mail to " + text, () -> {
				throw new IllegalStateException("task");
			});
			return "answered";
		}

	}

}
