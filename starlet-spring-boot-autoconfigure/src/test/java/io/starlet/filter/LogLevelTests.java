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
import java.io.UncheckedIOException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * {@code starlet.log-levels}: at which level an exception is logged, by its status or
 * class.
 */
@OnEachServer
@Timeout(60)
class LogLevelTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.log-levels.404=info", "starlet.log-levels.4xx=warn",
				"starlet.log-levels.5XX=error", "starlet.log-levels[java.io.UncheckedIOException]=warn",
				"starlet.log-levels.java.lang.IllegalStateException=off",
				"starlet.log-levels[io.starlet.filter.LogLevelTests$TeapotException]=trace",
				"starlet.log-levels.io.starlet.filter.LogLevelTests.NestedException=warn");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource({ "/http/404, INFO", "/http/410, WARN", "/mapped/404, INFO", "/mapped/410, WARN", "/failing, WARN" })
	void aHandledExceptionIsLoggedOnceAtTheLevelOfItsStatusWithoutAStackTrace(String path, String level) {
		try (LogCapture log = new LogCapture()) {
			application.get(path);
			ILoggingEvent event = log.awaitOne(Level.valueOf(level));
			assertThat(event.getLoggerName()).isEqualTo(ExceptionResponder.class.getName());
			assertThat(event.getFormattedMessage()).contains("Handled ");
			assertThat(event.getThrowableProxy()).isNull();
			assertThat(log.atLeast(Level.INFO)).hasSize(1);
		}
	}

	@Test
	void atErrorTheStackTraceIsLoggedToo() {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/http/503").status()).isEqualTo(503);
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(event.getLoggerName()).isEqualTo(ExceptionResponder.class.getName());
			assertThat(event.getThrowableProxy().getClassName()).isEqualTo(HttpException.class.getName());
			assertThat(event.getThrowableProxy().getCause().getMessage()).isEqualTo("why");
		}
	}

	@Test
	void anErrorIsLoggedAtTheLevelOfItsClassWithItsStackTrace() {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/error/warn").status()).isEqualTo(500);
			ILoggingEvent event = log.awaitOne(Level.WARN);
			assertThat(event.getLoggerName()).isEqualTo(ServerErrorWebExceptionHandler.class.getName());
			assertThat(event.getThrowableProxy().getClassName()).isEqualTo(UncheckedIOException.class.getName());
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	@Test
	void anErrorOfNoClassIsLoggedAtTheLevelOfItsStatus() {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/error/other").status()).isEqualTo(500);
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("other");
		}
	}

	@Test
	void aNestedClassMayBeNamedAsInSourceCode() {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/error/nested").status()).isEqualTo(500);
			ILoggingEvent event = log.awaitOne(Level.WARN);
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("nested");
		}
	}

	@Test
	void aClassComesBeforeAStatusAndOffMeansNothing() {
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/teapot").status()).isEqualTo(418);
			assertThat(application.get("/error/off").status()).isEqualTo(500);
			assertThat(application.get("/http/404").status()).isEqualTo(404);
			log.awaitOne(Level.INFO);
			assertThat(log.atLeast(Level.INFO)).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "40", "4x", "6000", "xxx", "java.io.NoSuchException", "java.lang.String", "404x" })
	void aKeyThatIsNeitherAStatusNorAClassOfExceptionsStopsTheApplication(String key) {
		assertThatThrownBy(() -> TestApplication.start(App.class, "starlet.log-levels[" + key + "]=warn").close())
			.rootCause()
			.isInstanceOf(InvalidConfigurationPropertyValueException.class)
			.hasMessageContaining("'" + key + "' is no status such as 404");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Controller.class)
	static class App {

	}

	@RestController
	static class Controller {

		@GetMapping("/http/{status}")
		Mono<Void> http(@PathVariable int status) {
			return Mono.error(new HttpException(status, null, null, new IllegalArgumentException("why")));
		}

		@GetMapping("/mapped/{status}")
		Mono<Void> mapped(@PathVariable int status) {
			return Mono.error(new MappedException(status));
		}

		@GetMapping("/failing")
		Mono<Void> failing() {
			return Mono.error(new FailingException());
		}

		@GetMapping("/teapot")
		Mono<Void> teapot() {
			return Mono.error(new TeapotException());
		}

		@GetMapping("/error/{kind}")
		Mono<Void> error(@PathVariable String kind) {
			return Mono.error(switch (kind) {
				case "warn" -> new UncheckedIOException(new IOException("warn"));
				case "off" -> new IllegalStateException("off");
				case "nested" -> new NestedException("nested");
				default -> new IllegalArgumentException("other");
			});
		}

		@ExceptionHandlerFor
		ResponseEntity<String> mapped(MappedException ex) {
			return ResponseEntity.status(ex.status).body("mapped");
		}

		@ExceptionHandlerFor
		ResponseEntity<String> failing(FailingException ex) {
			throw new HttpException(422);
		}

	}

	static class MappedException extends RuntimeException {

		private final int status;

		MappedException(int status) {
			this.status = status;
		}

	}

	static class FailingException extends RuntimeException {

	}

	static class NestedException extends RuntimeException {

		NestedException(String message) {
			super(message);
		}

	}

	static class TeapotException extends HttpException {

		TeapotException() {
			super(418);
		}

	}

}
