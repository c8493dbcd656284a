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

package io.starlet.coexistence;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.sentry.Hint;
import io.sentry.ITransportFactory;
import io.sentry.SentryEnvelope;
import io.sentry.SentryItemType;
import io.sentry.protocol.SentryException;
import io.sentry.Sentry;
import io.sentry.SentryEnvelopeItem;
import io.sentry.SentryEvent;
import io.sentry.RequestDetails;
import io.sentry.SentryOptions;
import io.sentry.transport.ITransport;
import io.sentry.transport.RateLimiter;
import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sentry, with its transport to memory, and with its appender for the log, which sees the
 * same errors once more.
 */
@Timeout(60)
class SentryTests {

	@Nested
	class WithTheDefaults extends Cases {

		WithTheDefaults() {
			super();
		}

	}

	@Nested
	class WithDebug extends Cases {

		WithDebug() {
			super("starlet.debug=true");
		}

	}

	@Nested
	class WithoutItsAppender extends Cases {

		WithoutItsAppender() {
			super("sentry.logging.enabled=false");
		}

	}

	@Nested
	class WithoutThreadLocals extends Cases {

		WithoutThreadLocals() {
			super("sentry.reactive.thread-local-accessor-enabled=false");
		}

	}

	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	abstract static class Cases {

		private final String[] properties;

		private @Nullable TestApplication started;

		Cases(String... properties) {
			this.properties = properties;
		}

		@BeforeAll
		void start() {
			String[] all = Arrays.copyOf(this.properties, this.properties.length + 1);
			all[this.properties.length] = "sentry.dsn=http://key@127.0.0.1:9/1";
			this.started = TestApplication.start(App.class, all);
		}

		@AfterAll
		void stop() {
			application().close();
			Sentry.close();
			// Set by Sentry for the whole JVM
			Hooks.disableAutomaticContextPropagation();
		}

		@AfterEach
		void forget() {
			events().clear();
			application().takeErrors();
		}

		private TestApplication application() {
			return Objects.requireNonNull(this.started);
		}

		private List<SentryEvent> events() {
			return application().bean(MemoryTransport.class).events;
		}

		@ParameterizedTest
		@CsvSource({ "/error, boom", "/signalled, boom", "/filter, of a filter", "/stream, mid",
				"/handler-fails, the handler itself" })
		void anErrorIsOneEventAndOneLogLine(String path, String message) {
			try {
				HttpResponse<String> response = application().get(path);
				assertThat(response.statusCode()).isEqualTo(500);
			}
			catch (IllegalStateException ex) {
				assertThat(path).isEqualTo("/stream");
			}
			assertThat(events()).singleElement().satisfies((event) -> {
				assertThat(event.getExceptions()).isNotEmpty();
				SentryException exception = List.copyOf(Objects.requireNonNull(event.getExceptions()))
					.get(event.getExceptions().size() - 1);
				assertThat(exception.getType()).isEqualTo("IllegalStateException");
				assertThat(exception.getValue()).isEqualTo(message);
			});
			assertThat(application().takeErrors()).hasSize(1);
		}

		@ParameterizedTest
		@CsvSource({ "/plain, 403", "/missing, 404", "/nowhere, 404", "/status, 410", "/class, 409",
				"/filter-http, 401", "/unavailable, 503" })
		void aHandledExceptionIsNoEvent(String path, int status) {
			HttpResponse<String> response = application().get(path);
			assertThat(response.statusCode()).isEqualTo(status);
			assertThat(events()).isEmpty();
			assertThat(application().takeErrors()).isEmpty();
		}

		@Test
		void aClientThatLeavesIsNoEvent() {
			Endpoints endpoints = application().bean(Endpoints.class);
			application().leave("GET /waiting", "\r\n", () -> await(endpoints.waiting));
			application().leave("GET /endless", "\r\n", () -> await(endpoints.endless));
			application().leave("POST /upload", "Content-Length: 100\r\n\r\nhalf", () -> await(endpoints.upload));
			assertThat(events()).isEmpty();
			assertThat(application().takeErrors()).isEmpty();
		}

		private static void await(CountDownLatch latch) {
			Awaitility.await().until(() -> latch.getCount() == 0);
		}

	}

	@Test
	void aFailedTaskIsOneEventOfTheAppender() {
		try (TestApplication application = TestApplication.start(App.class, "sentry.dsn=http://key@127.0.0.1:9/1")) {
			assertThat(application.get("/task").statusCode()).isEqualTo(200);
			List<SentryEvent> events = application.bean(MemoryTransport.class).events;
			Awaitility.await().until(() -> !events.isEmpty());
			assertThat(events).hasSize(1);
			assertThat(application.takeErrors()).hasSize(1);
		}
		finally {
			Sentry.close();
			Hooks.disableAutomaticContextPropagation();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class, MemoryTransport.class })
	static class App {

		@Bean
		@Order(0)
		WebFilter failing() {
			return (exchange, chain) -> switch (exchange.getRequest().getURI().getPath()) {
				case "/filter" -> Mono.error(new IllegalStateException("of a filter"));
				case "/filter-http" -> Mono.error(new HttpException(401));
				default -> chain.filter(exchange);
			};
		}

	}

	static class Errors {

		@StatusHandler(404)
		Map<String, @Nullable String> notFound(HttpException ex) {
			return Map.of("handled", ex.getDetail());
		}

		@ExceptionHandlerFor
		ResponseEntity<String> arithmetic(ArithmeticException ex) {
			return ResponseEntity.status(409).body("arithmetic");
		}

		@ExceptionHandlerFor
		String fails(UnsupportedOperationException ex) {
			throw new IllegalStateException("the handler itself");
		}

	}

	@RestController
	static class Endpoints {

		final CountDownLatch waiting = new CountDownLatch(1);

		final CountDownLatch endless = new CountDownLatch(1);

		final CountDownLatch upload = new CountDownLatch(1);

		@GetMapping("/error")
		String error() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/signalled")
		Mono<String> signalled() {
			return Mono.error(new IllegalStateException("boom"));
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.just("one", "two").concatWith(Mono.error(new IllegalStateException("mid")));
		}

		@GetMapping("/handler-fails")
		String handlerFails() {
			throw new UnsupportedOperationException();
		}

		@GetMapping("/plain")
		String plain() {
			throw new HttpException(403);
		}

		@GetMapping("/missing")
		String missing() {
			throw new HttpException(404);
		}

		@GetMapping("/status")
		String status() {
			throw new ResponseStatusException(HttpStatus.GONE);
		}

		@GetMapping("/class")
		String byClass() {
			throw new ArithmeticException();
		}

		@GetMapping("/unavailable")
		String unavailable() {
			throw new HttpException(503);
		}

		@GetMapping("/waiting")
		Mono<String> waiting() {
			return Mono.<String>never().doOnSubscribe((subscription) -> this.waiting.countDown());
		}

		@GetMapping("/endless")
		Flux<String> endless() {
			return Flux.range(0, Integer.MAX_VALUE)
				.map((number) -> "0123456789".repeat(1000))
				.doOnNext((text) -> this.endless.countDown());
		}

		@PostMapping("/upload")
		Mono<Void> upload(ServerWebExchange exchange) {
			return exchange.getRequest().getBody().doOnNext((buffer) -> {
				DataBufferUtils.release(buffer);
				this.upload.countDown();
			}).then();
		}

		@GetMapping("/task")
		String task(BackgroundTasks tasks) {
			tasks.add(() -> Mono.error(new IllegalStateException("of a task")));
			return "done";
		}

	}

	/** Keeps what would be sent. */
	static class MemoryTransport implements ITransportFactory, ITransport {

		final List<SentryEvent> events = new CopyOnWriteArrayList<>();

		private @Nullable SentryOptions options;

		@Override
		public ITransport create(SentryOptions options, RequestDetails details) {
			this.options = options;
			return this;
		}

		@Override
		public void send(SentryEnvelope envelope, Hint hint) throws IOException {
			for (SentryEnvelopeItem item : envelope.getItems()) {
				if (item.getHeader().getType() == SentryItemType.Event) {
					try {
						this.events.add(item.getEvent(Objects.requireNonNull(this.options).getSerializer()));
					}
					catch (Exception ex) {
						throw new IOException(ex);
					}
				}
			}
		}

		@Override
		public void flush(long timeoutMillis) {
		}

		@Override
		public @Nullable RateLimiter getRateLimiter() {
			return null;
		}

		@Override
		public void close(boolean restarting) {
		}

		@Override
		public void close() {
		}

	}

}
