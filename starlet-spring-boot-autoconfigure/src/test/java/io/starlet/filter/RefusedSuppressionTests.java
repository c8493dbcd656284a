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

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R14, R22: an error is in the log, also if what is raised in its place, or it
 * itself, takes no suppressed exceptions, or no more of them.
 */
@OnEachServer
class RefusedSuppressionTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource({ "/handler, 3, original, instead", "/web-exception-handler, 2, original, instead",
			"/server-error-handler, 2, refusing, server error" })
	void whatCannotBeSuppressedIsLoggedItself(String path, int lines, String original, String instead) {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get(path).body()).isEqualTo("Internal Server Error");
			Awaitility.await().untilAsserted(() -> assertThat(log.of("io.starlet", Level.ERROR)).hasSize(lines));
			assertThat(log.of("io.starlet", Level.ERROR)).anyMatch((event) -> LogCapture.tells(event, original))
				.anyMatch((event) -> LogCapture.tells(event, instead));
		}
	}

	@Test
	void oneErrorThatAHandlerRaisesOverAndOverHidesNoneOfThoseItIsRaisedFor() {
		for (int i = 0; i < 25; i++) {
			try (LogCapture log = new LogCapture()) {
				String original = "original %d.".formatted(i);
				assertThat(application.get("/shared", "X-Number: " + i).body()).isEqualTo("Internal Server Error");
				Awaitility.await()
					.untilAsserted(() -> assertThat(log.of("io.starlet", Level.ERROR))
						.anyMatch((event) -> LogCapture.tells(event, "shared"))
						.anyMatch((event) -> LogCapture.tells(event, original)));
			}
		}
	}

	@Test
	void translationIntoAnHttpExceptionThatTakesNoMoreIsNoError() {
		try (LogCapture log = new LogCapture()) {
			for (int i = 0; i < 25; i++) {
				assertThat(application.get("/translated").status()).isEqualTo(410);
			}
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		WebExceptionHandler failing() {
			return (exchange, error) -> Mono.error(exchange.getRequest().getPath().value().startsWith("/web-exception")
					? new RefusingException("instead") : error);
		}

	}

	@RestController
	static class Endpoints {

		private final RuntimeException shared = new IllegalStateException("shared");

		private final HttpException gone = new HttpException(410);

		@GetMapping("/handler")
		Mono<String> handler() {
			return Mono.error(new HandledException("original"));
		}

		@GetMapping("/web-exception-handler")
		Mono<String> webExceptionHandler() {
			return Mono.error(new IllegalStateException("original"));
		}

		@GetMapping("/server-error-handler")
		Mono<String> serverErrorHandler() {
			return Mono.error(new RefusingException("refusing"));
		}

		@GetMapping({ "/shared", "/translated" })
		Mono<String> shared(@RequestHeader(name = "X-Number", required = false) @Nullable String number) {
			return Mono.error(new HandledException("original %s.".formatted(number)));
		}

		@ExceptionHandlerFor
		String handle(HandledException ex, ServerWebExchange exchange) {
			throw switch (exchange.getRequest().getPath().value()) {
				case "/handler" -> new RefusingException("instead");
				case "/translated" -> this.gone;
				default -> this.shared;
			};
		}

		@StatusHandler(500)
		String serverError() {
			throw new IllegalStateException("server error");
		}

	}

	static class HandledException extends RuntimeException {

		HandledException(String message) {
			super(message);
		}

	}

	static class RefusingException extends RuntimeException {

		RefusingException(String message) {
			super(message, null, false, false);
		}

	}

}
