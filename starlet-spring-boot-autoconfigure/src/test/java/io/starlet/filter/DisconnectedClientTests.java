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

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starlet.ExceptionHandlerFor;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R23, over a real server: a client that goes away is no error, and an I/O exception
 * of the application's own, while the client is there, is one.
 */
@OnEachServer
@Timeout(60)
class DisconnectedClientTests {

	private static TestApplication application;

	private static TestApplication applicationWithClassHandler;

	private static Endpoints endpoints;

	private static Errors errors;

	private static MeterRegistry meters;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
		endpoints = application.bean(Endpoints.class);
		errors = application.bean(Errors.class);
		meters = application.bean(MeterRegistry.class);
		applicationWithClassHandler = TestApplication.start(AppWithClassHandler.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		applicationWithClassHandler.close();
	}

	@BeforeEach
	void reset() {
		endpoints.reset();
		errors.calls.set(0);
		meters.clear();
	}

	@ParameterizedTest
	@CsvSource({ "/upload, RESET", "/upload, END", "/upload-raw, RESET", "/upload-raw, END", "/upload-wrapped, RESET",
			"/upload-wrapped, END" })
	void clientThatAbortsAnUploadIsNoError(String path, Leaving leaving) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			client.write("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
					+ "Content-Length: 1000000\r\n\r\n" + "x".repeat(1000));
			Awaitility.await().untilTrue(endpoints.started);
			leaving.leave(client);
			awaitObserved(path);
			assertNoError(log, path);
			assertThat(meters.find("http.server.requests").tag("uri", path).tag("outcome", "UNKNOWN").timer())
				.isNotNull();
		}
	}

	/** Tomcat and Jetty only look when they read or write. */
	@ParameterizedTest
	@EnumSource(Leaving.class)
	@Tag("reactor-netty")
	void clientThatLeavesWhileTheHandlerRunsIsNoError(Leaving leaving) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			client.write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
			Awaitility.await().untilTrue(endpoints.started);
			leaving.leave(client);
			Awaitility.await().untilTrue(endpoints.cancelled);
			awaitObserved("/wait");
			assertNoError(log, "/wait");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/stream, RESET", "/stream, END", "/events, RESET", "/events, END", "/flood, RESET", "/flood, END" })
	void clientThatLeavesInTheMiddleOfAStreamedResponseIsNoError(String path, Leaving leaving) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			client.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.emitted).hasPositiveValue());
			leaving.leave(client);
			Awaitility.await().untilTrue(endpoints.cancelled);
			awaitObserved(path);
			assertNoError(log, path);
		}
	}

	@ParameterizedTest
	@EnumSource(Leaving.class)
	void clientThatLeavesBeforeItReadsThe500AddsNoErrorToTheOriginalOne(Leaving leaving) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			client.write("GET /fail-large HTTP/1.1\r\nHost: localhost\r\n\r\n");
			Awaitility.await().untilAsserted(() -> assertThat(errors.calls).hasValue(1));
			leaving.leave(client);
			awaitObserved("/fail-large");
			assertThat(log.ofCutResponse(Level.WARN)).hasSizeLessThanOrEqualTo(1)
				.allSatisfy((event) -> assertThat(event.getThrowableProxy().getMessage()).isEqualTo("large"));
			assertThat(errors.calls).hasValue(1);
			assertThat(application.get("/ok").body()).isEqualTo("ok");
		}
	}

	@ParameterizedTest
	@EnumSource(Leaving.class)
	void clientThatIsGoneWhenTheEndpointFailsWithAnotherIoErrorIsNoError(Leaving leaving) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			client
				.write("POST /upload-raw HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello");
			Awaitility.await().untilTrue(endpoints.started);
			leaving.leave(client);
			awaitObserved("/upload-raw");
			assertNoError(log, "/upload-raw");
		}
	}

	@ParameterizedTest
	@EnumSource(Leaving.class)
	void handlerOfIoExceptionsIsNotCalledForAClientThatLeaves(Leaving leaving) {
		Endpoints own = applicationWithClassHandler.bean(Endpoints.class);
		own.reset();
		IoErrors ioErrors = applicationWithClassHandler.bean(IoErrors.class);
		ioErrors.calls.set(0);
		MeterRegistry registry = applicationWithClassHandler.bean(MeterRegistry.class);
		registry.clear();
		try (LogCapture log = new LogCapture(); RawHttpClient client = applicationWithClassHandler.connect()) {
			client.write("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
					+ "Content-Length: 1000000\r\n\r\n" + "x".repeat(1000));
			Awaitility.await().untilTrue(own.started);
			leaving.leave(client);
			Awaitility.await().until(() -> registry.find("http.server.requests").tag("uri", "/upload").timer() != null);
			assertThat(ioErrors.calls).hasValue(0);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(OwnError.class)
	void ownIoErrorIsALogged500WhileTheClientIsThere(OwnError error) {
		for (String path : List.of("/own/", "/own-thrown/")) {
			reset();
			try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path + error);
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.body()).isEqualTo("{\"error\":\"" + error.get().getClass().getSimpleName() + "\"}");
				assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
				log.awaitOne(Level.ERROR);
				assertThat(log.atLeast(Level.WARN)).singleElement()
					.satisfies((event) -> assertThat(event.getThrowableProxy().getClassName())
						.isEqualTo(error.get().getClass().getName()));
				assertThat(errors.calls).hasValue(1);
				awaitObserved(path + "{error}");
				assertThat(timer(path + "{error}", "500")).isNotNull();
			}
		}
	}

	@ParameterizedTest
	@EnumSource(OwnError.class)
	void ownIoErrorInTheMiddleOfAStreamIsLoggedWhileTheClientIsThere(OwnError error) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/own-stream/" + error);
			assertThat(Server.CURRENT.hasCut(response, 200)).isTrue();
			assertThat(client.isClosedByServer()).isTrue();
			log.awaitOne(Level.ERROR);
			assertThat(log.ofCutResponse(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getThrowableProxy().getClassName())
					.isEqualTo(error.get().getClass().getName()));
			assertThat(errors.calls).hasValue(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "EOF", "BROKEN_PIPE", "CONNECTION_RESET" })
	void ownIoErrorGoesToAHandlerOfIoExceptionsWhileTheClientIsThere(OwnError error) {
		IoErrors ioErrors = applicationWithClassHandler.bean(IoErrors.class);
		ioErrors.calls.set(0);
		try (LogCapture log = new LogCapture(); RawHttpClient client = applicationWithClassHandler.connect()) {
			RawHttpResponse response = client.send("GET", "/own/" + error);
			assertThat(response.status()).isEqualTo(502);
			assertThat(response.body()).isEqualTo("io");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			assertThat(ioErrors.calls).hasValue(1);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void clientThatLeavesAfterItsResponseIsNoError() {
		try (LogCapture log = new LogCapture()) {
			for (Leaving leaving : Leaving.values()) {
				try (RawHttpClient client = application.connect()) {
					assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
					leaving.leave(client);
				}
			}
			assertThat(application.get("/ok").body()).isEqualTo("ok");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	private static void assertNoError(LogCapture log, String path) {
		// A request that is answered after it, on the same event loops
		assertThat(application.get("/ok").body()).isEqualTo("ok");
		assertThat(log.atLeast(Level.WARN)).isEmpty();
		assertThat(errors.calls).hasValue(0);
		assertThat(timer(path, "500")).isNull();
	}

	private static void awaitObserved(String path) {
		Awaitility.await().until(() -> meters.find("http.server.requests").tag("uri", path).timer() != null);
	}

	private static @Nullable Timer timer(String path, String status) {
		return meters.find("http.server.requests").tag("uri", path).tag("status", status).timer();
	}

	enum Leaving {

		RESET {

			@Override
			void leave(RawHttpClient client) {
				client.abort();
			}

		},

		END {

			@Override
			void leave(RawHttpClient client) {
				client.close();
			}

		};

		abstract void leave(RawHttpClient client);

	}

	enum OwnError {

		EOF, BROKEN_PIPE, CONNECTION_RESET, ABORTED, UNCHECKED, DATA_ACCESS, WEB_CLIENT, WEB_CLIENT_OF_JETTY, MESSAGE;

		Throwable get() {
			return switch (this) {
				case EOF -> new EOFException();
				case BROKEN_PIPE -> new IOException("Broken pipe");
				case CONNECTION_RESET -> new IOException("Connection reset by peer");
				case ABORTED -> new AbortedException("Connection has been closed");
				case UNCHECKED -> new UncheckedIOException(new IOException("Connection reset by peer"));
				case DATA_ACCESS -> new DataAccessResourceException(new IOException("Broken pipe"));
				case WEB_CLIENT -> new WebClientRequestException(new IOException("Connection reset by peer"),
						HttpMethod.GET, URI.create("http://localhost/other"), new HttpHeaders());
				case WEB_CLIENT_OF_JETTY -> new WebClientRequestException(new EofException("Closed"), HttpMethod.GET,
						URI.create("http://localhost/other"), new HttpHeaders());
				case MESSAGE -> new IllegalStateException("The database says: broken pipe");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ App.class, IoErrors.class })
	static class AppWithClassHandler {

	}

	static class Errors {

		final AtomicInteger calls = new AtomicInteger();

		@StatusHandler(500)
		Map<String, Object> oops(Throwable error) {
			this.calls.incrementAndGet();
			return "large".equals(error.getMessage()) ? Map.of("error", "x".repeat(20_000_000))
					: Map.of("error", error.getClass().getSimpleName());
		}

	}

	static class IoErrors {

		final AtomicInteger calls = new AtomicInteger();

		@ExceptionHandlerFor(IOException.class)
		Mono<ResponseEntity<String>> io(IOException ex) {
			this.calls.incrementAndGet();
			return Mono.just(ResponseEntity.status(502).body("io"));
		}

	}

	@RestController
	static class Endpoints {

		final AtomicBoolean started = new AtomicBoolean();

		final AtomicBoolean cancelled = new AtomicBoolean();

		final AtomicInteger emitted = new AtomicInteger();

		void reset() {
			this.started.set(false);
			this.cancelled.set(false);
			this.emitted.set(0);
		}

		@GetMapping("/ok")
		Mono<String> ok() {
			return Mono.just("ok");
		}

		@PostMapping("/upload")
		Mono<String> upload(@RequestBody Mono<String> body) {
			return body.doOnSubscribe((subscription) -> this.started.set(true));
		}

		@PostMapping("/upload-raw")
		Mono<String> uploadRaw(ServerHttpRequest request) {
			return request.getBody().map((buffer) -> {
				this.started.set(true);
				DataBufferUtils.release(buffer);
				return 1;
			}).then(Mono.just("whole"));
		}

		@PostMapping("/upload-wrapped")
		Mono<String> uploadWrapped(ServerHttpRequest request) {
			return uploadRaw(request).onErrorMap((ex) -> new IllegalStateException("Upload failed", ex));
		}

		@GetMapping("/wait")
		Mono<String> waitForEver() {
			return Mono.fromFuture(new CompletableFuture<String>())
				.doOnSubscribe((subscription) -> this.started.set(true))
				.doOnCancel(() -> this.cancelled.set(true));
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return watch(Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().map((number) -> "x".repeat(100)));
		}

		@GetMapping(path = "/events", produces = "text/event-stream")
		Flux<String> events() {
			return watch(Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().map((number) -> "x".repeat(100)));
		}

		@GetMapping("/flood")
		Mono<Void> flood(ServerHttpResponse response) {
			byte[] bytes = "x".repeat(10_000).getBytes(StandardCharsets.UTF_8);
			Flux<DataBuffer> buffers = watch(
					Flux.<DataBuffer>generate((sink) -> sink.next(response.bufferFactory().wrap(bytes))));
			return response.writeAndFlushWith(buffers.map(Mono::just));
		}

		private <T> Flux<T> watch(Flux<T> flux) {
			return flux.doOnNext((item) -> this.emitted.incrementAndGet()).doOnCancel(() -> this.cancelled.set(true));
		}

		@GetMapping("/fail-large")
		Mono<String> failLarge() {
			return Mono.error(new IllegalStateException("large"));
		}

		@GetMapping("/own/{error}")
		Mono<String> own(@PathVariable OwnError error) {
			return Mono.error(error.get());
		}

		@GetMapping("/own-thrown/{error}")
		String ownThrown(@PathVariable OwnError error) throws Throwable {
			throw error.get();
		}

		@GetMapping("/own-stream/{error}")
		Flux<String> ownStream(@PathVariable OwnError error) {
			return Flux.just("one", "two").concatWith(Mono.error(error.get()));
		}

	}

	/** Stands in for Spring's {@code DataAccessResourceFailureException}. */
	static class DataAccessResourceException extends RuntimeException {

		DataAccessResourceException(Throwable cause) {
			super("Database failed", cause);
		}

	}

}
