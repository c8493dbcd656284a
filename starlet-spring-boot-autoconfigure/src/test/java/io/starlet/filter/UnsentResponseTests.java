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

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R18 and R19 where an endpoint or a filter leaves it to Spring to send its
 * response: what is done before that, such as saving the session, may fail too.
 */
@OnEachServer
@Timeout(60)
class UnsentResponseTests {

	private static TestApplication application;

	private static App app;

	private static Endpoints endpoints;

	private static MeterRegistry meters;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.handler-timeout=1s");
		app = application.bean(App.class);
		endpoints = application.bean(Endpoints.class);
		meters = application.bean(MeterRegistry.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void reset() {
		app.tracked.set(0);
		app.handled.set(0);
		endpoints.ran.set(0);
		meters.clear();
	}

	/** In a servlet container Spring writes one body, also if that was not sent. */
	@ParameterizedTest
	@CsvSource({ "POST, /void", "HEAD, /text", "GET, /filter", "GET, /no-content", "HEAD, /headers", "HEAD, /refused",
			"GET, /refused", "HEAD, /gone", "GET, /gone" })
	void errorOfAnActionBeforeTheResponseIsSentIsAnsweredReportedAndLoggedOnce(String method, String path) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send(method, path, "X-Store: down");
			assertThat(response.status()).isEqualTo(500);
			boolean bodyTried = Server.CURRENT != Server.REACTOR_NETTY && List.of("/refused", "/gone").contains(path);
			assertThat(response.body()).isEqualTo((method.equals("HEAD") || bodyTried) ? "" : "oops");
			assertThat(response.headers()).doesNotContainKeys("ETag", "Location", "Cache-Control", "Link");
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(log.atLeast(Level.WARN)).containsExactly(event);
			assertThat(event.getFormattedMessage())
				.contains("500 Server Error for HTTP " + method + " \"" + path + "\"");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("The store is down");
			assertThat(app.tracked).hasValue(1);
			assertThat(app.handled).hasValue(1);
			assertThat(endpoints.ran).hasValue(0);
			Awaitility.await().until(() -> meters.find("http.server.requests").tag("status", "500").timer() != null);
			assertThat(meters.get("http.server.requests").timers()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/refused", "/gone", "/conflict", "/fail" })
	void answerToHeadThatWaitsForAnActionBeforeItIsSentIsGivenUp(String path) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			try {
				assertThat(client.send("HEAD", path, "X-Store: hangs").status()).isEqualTo(500);
			}
			catch (UncheckedIOException ex) {
				// The connection has ended, as the response counts as sent
			}
			assertThat(ThrowableProxyUtil.asString(log.awaitOne(Level.ERROR).getThrowableProxy()))
				.contains(" did not end within PT1S");
		}
	}

	@Test
	void tasksOfAnAnswerToHeadThatAFilterReplacesAreDropped() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			assertThat(client.send("HEAD", "/headers", "X-Late: error").status()).isEqualTo(500);
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("late");
		}
		// Of one that was sent it runs
		try (RawHttpClient client = application.connect()) {
			assertThat(client.send("GET", "/headers", "X-Late: error").status()).isEqualTo(200);
		}
		Awaitility.await().untilAtomic(endpoints.ran, Matchers.greaterThan(0));
		assertThat(endpoints.ran).hasValue(1);
	}

	@Test
	void responseIsSentAsItIsIfNothingFails() {
		try (RawHttpClient client = application.connect()) {
			assertThat(client.send("POST", "/void").status()).isEqualTo(200);
			assertThat(client.send("HEAD", "/text").header("Content-Length")).isEqualTo("4");
			assertThat(client.send("GET", "/filter").status()).isEqualTo(202);
			assertThat(client.send("GET", "/no-content").status()).isEqualTo(204);
		}
		assertThat(app.handled).hasValue(0);
	}

	@Configuration
	@Import(Endpoints.class)
	static class App {

		static final HttpHeaders CACHED = new HttpHeaders();

		static {
			CACHED.setCacheControl("max-age=60");
			CACHED.add("Link", "</elsewhere>");
		}

		final AtomicInteger tracked = new AtomicInteger();

		final AtomicInteger handled = new AtomicInteger();

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		WebFilter store() {
			return (exchange, chain) -> {
				String store = exchange.getRequest().getHeaders().getFirst("X-Store");
				if (store != null) {
					exchange.getResponse()
						.beforeCommit(() -> store.equals("down")
								? Mono.error(new IllegalStateException("The store is down")) : Mono.never());
				}
				if (exchange.getRequest().getPath().value().equals("/filter")) {
					exchange.getResponse().setStatusCode(HttpStatus.ACCEPTED);
					return Mono.empty();
				}
				if (exchange.getRequest().getPath().value().equals("/refused")) {
					return Mono.error(new HttpException(403, null, CACHED));
				}
				Mono<Void> rest = chain.filter(exchange);
				return exchange.getRequest().getHeaders().containsHeader("X-Late")
						? rest.then(Mono.error(() -> new IllegalStateException("late"))) : rest;
			};
		}

		@Bean
		WebExceptionHandler tracker() {
			return (exchange, error) -> {
				this.tracked.incrementAndGet();
				return Mono.error(error);
			};
		}

		@StatusHandler(409)
		String conflict() {
			return "conflict";
		}

		@StatusHandler(500)
		String oops() {
			this.handled.incrementAndGet();
			return "oops";
		}

	}

	@RestController
	static class Endpoints {

		final AtomicInteger ran = new AtomicInteger();

		@PostMapping("/void")
		Mono<Void> nothing() {
			return Mono.empty();
		}

		@GetMapping("/text")
		Mono<String> text() {
			return Mono.just("text");
		}

		@GetMapping("/headers")
		ResponseEntity<String> headers(BackgroundTasks tasks) {
			tasks.run(() -> ran.incrementAndGet());
			return ResponseEntity.ok().eTag("one").header("Location", "/elsewhere").body("headers");
		}

		@GetMapping("/gone")
		String gone() {
			throw new HttpException(410, null, App.CACHED);
		}

		@GetMapping("/fail")
		String fail() {
			throw new IllegalStateException("fail");
		}

		@GetMapping("/conflict")
		String conflict() {
			throw new HttpException(409);
		}

		@GetMapping("/no-content")
		ResponseEntity<Void> noContent() {
			return ResponseEntity.noContent().build();
		}

	}

}
