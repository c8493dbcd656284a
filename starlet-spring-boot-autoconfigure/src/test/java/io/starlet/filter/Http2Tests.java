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

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests share a connection over HTTP/2, where an error ends a stream and no other.
 */
@OnEachServer
@Timeout(60)
class Http2Tests {

	private static TestApplication application;

	private static Endpoints endpoints;

	private static MeterRegistry meters;

	private ConnectionProvider connections;

	private HttpClient client;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "server.http2.enabled=true");
		endpoints = application.bean(Endpoints.class);
		meters = application.bean(MeterRegistry.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void connect() {
		endpoints.reset();
		meters.clear();
		this.connections = ConnectionProvider.create("http2", 1);
		this.client = HttpClient.create(this.connections)
			.protocol(HttpProtocol.H2C)
			.baseUrl("http://127.0.0.1:" + application.port());
	}

	@AfterEach
	void disconnect() {
		this.connections.dispose();
	}

	@Test
	void errorsOfOneConnectionAreAnsweredEachWithItsOwn() {
		try (LogCapture log = new LogCapture()) {
			List<String> answers = Flux.range(0, 400)
				.flatMapSequential(
						(number) -> get(List.of("/ok/", "/missing/", "/fail/", "/none/").get(number % 4) + number), 100)
				.collectList()
				.block();
			Objects.requireNonNull(answers);
			assertThat(answers).hasSize(400);
			for (int i = 0; i < 400; i++) {
				assertThat(answers.get(i)).isEqualTo(switch (i % 4) {
					case 0 -> "200 ok " + i;
					case 1 -> "404 {\"detail\":\"No book " + i + "\"}";
					case 2 -> "500 {\"error\":\"failed " + i + "\"}";
					default -> "404 {\"detail\":\"Not Found\"}";
				});
			}
			Awaitility.await().untilAsserted(() -> assertThat(log.atLeast(Level.WARN)).hasSize(100));
		}
	}

	@Test
	void responseThatIsCutEndsItsStreamAndNoOther() throws Exception {
		try (LogCapture log = new LogCapture()) {
			CompletableFuture<@Nullable String> slow = get("/slow").toFuture();
			Awaitility.await().untilTrue(endpoints.started);
			StepVerifier.create(get("/cut")).expectError(PrematureCloseException.class).verify(Duration.ofSeconds(10));
			endpoints.go.complete("done");
			assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("200 done");
			assertThat(endpoints.remoteAddresses).hasSize(2).containsOnly(endpoints.remoteAddresses.get(0));
			log.awaitOne(Level.ERROR);
			assertThat(log.ofCutResponse(Level.ERROR)).singleElement()
				.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage()).isEqualTo("cut"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/stream", "/flood" })
	void clientThatResetsTheStreamOfAResponseIsNoError(String path) {
		try (LogCapture log = new LogCapture()) {
			Disposable response = this.client.get().uri(path).responseContent().subscribe();
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.emitted).hasPositiveValue());
			response.dispose();
			Awaitility.await().untilTrue(endpoints.cancelled);
			assertNoError(log, path);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/upload", "/upload-raw" })
	void clientThatResetsTheStreamOfAnUploadIsNoError(String path) {
		try (LogCapture log = new LogCapture()) {
			Disposable response = this.client.post()
				.uri(path)
				.send(Flux.just(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8)).concatWith(Flux.never()))
				.responseContent()
				.subscribe();
			Awaitility.await().untilTrue(endpoints.started);
			response.dispose();
			assertNoError(log, path);
		}
	}

	@Test
	void clientThatResetsTheStreamOfARequestThatIsNotAnsweredIsNoError() {
		try (LogCapture log = new LogCapture()) {
			Disposable response = this.client.get().uri("/slow").responseContent().subscribe();
			Awaitility.await().untilTrue(endpoints.started);
			response.dispose();
			Awaitility.await().untilTrue(endpoints.cancelled);
			assertNoError(log, "/slow");
		}
	}

	/** Jetty may reset the stream before this client has its answer. */
	@Test
	void errorIsAnsweredBeforeItsUploadIsRead() {
		for (int round = 0; round < 10; round++) {
			assertThat(this.client.post()
				.uri("/unread/" + round)
				.send(Flux.range(0, 3).map((number) -> Unpooled.wrappedBuffer(new byte[10_000])))
				.responseSingle((response, body) -> body.asString()
					.defaultIfEmpty("")
					.map((text) -> response.status().code() + " " + text))
				.retryWhen(Retry.max((Server.CURRENT == Server.JETTY) ? 10 : 0)
					.filter(PrematureCloseException.class::isInstance))
				.block()).isEqualTo("404 {\"detail\":\"No shelf\"}");
			assertThat(get("/ok/1").block()).isEqualTo("200 ok 1");
		}
	}

	@Test
	void taskRunsAfterTheResponseWhileItsConnectionStays() throws Exception {
		CompletableFuture<@Nullable String> slow = get("/slow").toFuture();
		Awaitility.await().untilTrue(endpoints.started);
		assertThat(get("/task").block()).isEqualTo("200 later");
		Awaitility.await().untilTrue(endpoints.ran);
		endpoints.go.complete("done");
		assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("200 done");
	}

	private Mono<String> get(String path) {
		return this.client.get()
			.uri(path)
			.responseSingle((response,
					body) -> body.asString().defaultIfEmpty("").map((text) -> response.status().code() + " " + text));
	}

	private void assertNoError(LogCapture log, String path) {
		Awaitility.await().until(() -> meters.find("http.server.requests").tag("uri", path).timer() != null);
		assertThat(get("/ok/1").block()).isEqualTo("200 ok 1");
		assertThat(log.atLeast(Level.WARN)).isEmpty();
		assertThat(meters.find("http.server.requests").tag("uri", path).tag("status", "500").timer()).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class Errors {

		@StatusHandler(404)
		Map<String, Object> notFound(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@StatusHandler(500)
		Map<String, Object> oops(Throwable error) {
			return Map.of("error", String.valueOf(error.getMessage()));
		}

	}

	@RestController
	static class Endpoints extends DisconnectedClientTests.Endpoints {

		final AtomicBoolean ran = new AtomicBoolean();

		final List<@Nullable InetSocketAddress> remoteAddresses = new CopyOnWriteArrayList<>();

		volatile CompletableFuture<String> go = new CompletableFuture<>();

		@Override
		void reset() {
			super.reset();
			this.ran.set(false);
			this.remoteAddresses.clear();
			this.go = new CompletableFuture<>();
		}

		@GetMapping("/ok/{number}")
		Mono<String> ok(@PathVariable int number) {
			return Mono.just("ok " + number);
		}

		@GetMapping("/missing/{number}")
		Mono<String> missing(@PathVariable int number) {
			return Mono.error(new HttpException(404, "No book " + number));
		}

		@GetMapping("/fail/{number}")
		Mono<String> fail(@PathVariable int number) {
			return Mono.error(new IllegalStateException("failed " + number));
		}

		@GetMapping("/slow")
		Mono<String> slow(ServerHttpRequest request) {
			this.remoteAddresses.add(request.getRemoteAddress());
			this.started.set(true);
			return Mono.fromFuture(this.go, true).doOnCancel(() -> this.cancelled.set(true));
		}

		@GetMapping("/task")
		Mono<String> task(BackgroundTasks tasks) {
			tasks.run("task", () -> this.ran.set(true));
			return Mono.just("later");
		}

		@GetMapping("/cut")
		Mono<Void> cut(ServerHttpRequest request, ServerHttpResponse response) {
			this.remoteAddresses.add(request.getRemoteAddress());
			DataBuffer one = response.bufferFactory().wrap("one".getBytes(StandardCharsets.UTF_8));
			return response
				.writeAndFlushWith(Flux.just(Mono.just(one)).concatWith(Mono.error(new IllegalStateException("cut"))));
		}

		@PostMapping("/unread/{number}")
		Mono<String> unread() {
			return Mono.error(new HttpException(404, "No shelf"));
		}

	}

}
