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

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Micrometer's {@code http.server.requests} has of exceptions: a handled 4xx is no
 * error of the server's, a 5xx is, and each request is counted once.
 */
@OnEachServer
@Timeout(60)
class ObservationTests {

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
	@CsvSource({ "/plain, 403, none, CLIENT_ERROR", "/handled, 404, none, CLIENT_ERROR",
			"/unavailable, 503, HttpException, SERVER_ERROR", "/unavailable-handled, 502, HttpException, SERVER_ERROR",
			"/class-handled, 500, ArithmeticException, SERVER_ERROR", "/boom, 500, IllegalStateException, SERVER_ERROR",
			"/stream, 200, IllegalStateException, SUCCESS" })
	void requestIsCountedOnceWithItsStatusAndException(String path, String status, String exception, String outcome) {
		application.get(path);
		Timer timer = Awaitility.await()
			.until(() -> application.bean(MeterRegistry.class).find("http.server.requests").tag("uri", path).timers(),
					(timers) -> !timers.isEmpty())
			.iterator()
			.next();
		assertThat(timer.count()).isEqualTo(1);
		assertThat(timer.getId().getTag("status")).isEqualTo(status);
		assertThat(timer.getId().getTag("exception")).isEqualTo(exception);
		assertThat(timer.getId().getTag("error")).isEqualTo(exception);
		assertThat(timer.getId().getTag("outcome")).isEqualTo(outcome);
		assertThat(application.bean(MeterRegistry.class).find("http.server.requests").tag("uri", path).timers())
			.hasSize(1);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class Handlers {

		@StatusHandler(404)
		String notFound(HttpException ex) {
			return ex.getDetail();
		}

		@StatusHandler(502)
		String badGateway(HttpException ex) {
			return ex.getDetail();
		}

		@ExceptionHandlerFor
		ResponseEntity<String> arithmetic(ArithmeticException ex) {
			return ResponseEntity.status(500).body("arithmetic");
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/plain")
		String plain() {
			throw new HttpException(403);
		}

		@GetMapping("/handled")
		String handled() {
			throw new HttpException(404);
		}

		@GetMapping("/unavailable")
		String unavailable() {
			throw new HttpException(503);
		}

		@GetMapping("/unavailable-handled")
		String unavailableHandled() {
			throw new HttpException(502);
		}

		@GetMapping("/class-handled")
		String classHandled() {
			throw new ArithmeticException();
		}

		@GetMapping("/boom")
		String boom() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.just("one", "two").concatWith(Mono.error(new IllegalStateException("mid")));
		}

	}

}
