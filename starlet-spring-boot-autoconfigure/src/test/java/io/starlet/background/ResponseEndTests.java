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

package io.starlet.background;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R30 and R32: no task starts before the client has the last byte. On a loopback
 * connection what a server has sent has arrived, so the task itself looks at how much
 * that is, while the client does not read.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class ResponseEndTests {

	private static final int LARGE = 16 * 1024 * 1024;

	private static final AtomicReference<HeldClient> client = new AtomicReference<>();

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@SuppressWarnings("NullAway.Init")
	private static Recorder recorder;

	private final Server server;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class);
		recorder = application.bean(Recorder.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	ResponseEndTests(Server server) {
		this.server = server;
	}

	@BeforeEach
	@AfterEach
	void clear() {
		recorder.clear();
	}

	@ParameterizedTest
	@CsvSource({ "GET /fixed HTTP/1.1, X: x, 200, fixed-body",
			"GET /fixed HTTP/1.1, Connection: close, 200, fixed-body", "GET /fixed HTTP/1.0, X: x, 200, fixed-body",
			"GET /fixed HTTP/1.0, Connection: keep-alive, 200, fixed-body", "GET /chunked HTTP/1.1, X: x, 200, two",
			"GET /chunked HTTP/1.1, Connection: close, 200, two", "GET /chunked HTTP/1.0, X: x, 200, two",
			"GET /flushed HTTP/1.1, X: x, 200, '9\n'",
			"GET /events HTTP/1.1, Accept: text/event-stream, 200, 'data:two\n\n'",
			"GET /empty HTTP/1.1, X: x, 200, '\r\n\r\n'", "GET /no-content HTTP/1.1, X: x, 204, '\r\n\r\n'",
			"HEAD /fixed HTTP/1.1, X: x, 200, '\r\n\r\n'", "HEAD /chunked HTTP/1.1, X: x, 200, '\r\n\r\n'",
			"GET /redirect HTTP/1.1, X: x, 302, '\r\n\r\n'", "GET /filtered HTTP/1.1, X: x, 404, Not Found" })
	void noTaskStartsBeforeTheClientHasTheLastByte(String requestLine, String header, int status, String end)
			throws Exception {
		for (int round = 0; round < 10; round++) {
			recorder.clear();
			try (HeldClient held = new HeldClient(application.port())) {
				client.set(held);
				held.send(requestLine, header);
				Awaitility.await()
					.pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofMillis(5))
					.until(() -> !recorder.events().isEmpty());
				String response = held.read(Integer.parseInt(recorder.events().get(0)));
				assertThat(response).matches("(?s)HTTP/1\\.[01] " + status + " .*\r\n\r\n.*");
				assertThat(response).endsWith(isChunked(response) ? end + "\r\n0\r\n\r\n" : end);
			}
		}
	}

	/** What it has not read is more than the buffers between the two can take. */
	@ParameterizedTest
	@CsvSource({ "/large/fixed, X: x", "/large/chunked, X: x", "/large/fixed, Connection: close",
			"/large/chunked, Connection: close" })
	void noTaskStartsWhileASlowClientHasNotReadOn(String path, String header) throws Exception {
		try (HeldClient held = new HeldClient(application.port(), 64 * 1024)) {
			held.send("GET " + path + " HTTP/1.1", header);
			held.read(1000);
			tasksOfOthersRun();
			assertThat(recorder.events()).isEmpty();
			held.read(LARGE / 2);
			tasksOfOthersRun();
			assertThat(recorder.events()).isEmpty();
			held.read(LARGE / 2 - 1000);
			assertThat(recorder.await(1)).containsExactly("started");
		}
	}

	/** Servers differ in what HTTP/1.0 and a connection that is to be closed get. */
	private static boolean isChunked(String response) {
		return response.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")
				&& response.indexOf("\r\n\r\n") < response.length() - 4;
	}

	private static void tasksOfOthersRun() {
		Recorder others = application.bean(Endpoints.class).others;
		others.clear();
		try (RawHttpClient other = application.connect()) {
			for (int request = 0; request < 20; request++) {
				other.send("GET", "/other");
			}
		}
		others.await(20);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/hanging/blocking", "/hanging/reactive" })
	void tasksGoOnWhenTheClientLeavesAfterTheResponse(String path) throws Exception {
		recorder.shut();
		try (HeldClient held = new HeldClient(application.port())) {
			held.send("GET " + path + " HTTP/1.1");
			held.readUntil("fixed-body");
			recorder.await("hangs");
			held.abort();
		}
		tasksOfOthersRun();
		recorder.open();
		assertThat(recorder.await(3)).containsExactly("hangs", "hung", "next");
	}

	/**
	 * On an application of its own: a request soon after another of whose stream the
	 * client left gets no answer on Tomcat at times, with and without Starlet.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void tasksRunWhenTheClientLeavesInTheMiddleOfAStream(boolean reads) throws Exception {
		try (TestApplication own = TestApplication.start(this.server, App.class);
				HeldClient held = new HeldClient(own.port())) {
			Recorder events = own.bean(Recorder.class);
			held.send("GET /endless HTTP/1.1");
			if (reads) {
				held.readUntil("tick");
			}
			Awaitility.await().until(() -> held.arrived() > 0);
			assertThat(events.events()).isEmpty();
			held.abort();
			assertThat(events.await(2)).containsExactly("blocking", "reactive");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Filter.class })
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	static class Filter implements WebFilter {

		private final Recorder recorder;

		Filter(Recorder recorder) {
			this.recorder = recorder;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			if (exchange.getRequest().getPath().value().equals("/filtered")) {
				addProbe(BackgroundTasks.of(exchange), this.recorder);
			}
			return chain.filter(exchange);
		}

	}

	private static void addProbe(BackgroundTasks tasks, Recorder recorder) {
		tasks.run(() -> recorder.record(String.valueOf(Objects.requireNonNull(client.get()).arrived())));
	}

	@RestController
	static class Endpoints {

		private final Recorder others = new Recorder();

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping("/other")
		String other(BackgroundTasks tasks) {
			tasks.run(() -> this.others.record("other"));
			return "other";
		}

		@GetMapping("/fixed")
		String fixed(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
			return "fixed-body";
		}

		@GetMapping("/chunked")
		Flux<String> chunked(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
			return Flux.just("one", "two");
		}

		@GetMapping(path = "/flushed", produces = MediaType.APPLICATION_NDJSON_VALUE)
		Flux<Integer> flushed(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
			return Flux.range(0, 10).delaySequence(Duration.ofMillis(1));
		}

		@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
			return Flux.just("one", "two");
		}

		@GetMapping("/empty")
		void empty(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
		}

		@GetMapping("/no-content")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		void noContent(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
		}

		@GetMapping("/redirect")
		ResponseEntity<Void> redirect(BackgroundTasks tasks) {
			addProbe(tasks, this.recorder);
			return ResponseEntity.status(HttpStatus.FOUND).location(URI.create("/fixed")).build();
		}

		@GetMapping("/filtered")
		String filtered() {
			throw new HttpException(404);
		}

		@GetMapping("/large/fixed")
		ResponseEntity<byte[]> largeFixed(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("started"));
			return ResponseEntity.ok(new byte[LARGE]);
		}

		@GetMapping("/large/chunked")
		Flux<DataBuffer> largeChunked(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("started"));
			return Flux.range(0, 256)
				.map((chunk) -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[LARGE / 256]));
		}

		@GetMapping("/hanging/blocking")
		String hangingBlocking(BackgroundTasks tasks) {
			tasks.run(this::hang);
			tasks.run(() -> this.recorder.record("next"));
			return "fixed-body";
		}

		@GetMapping("/hanging/reactive")
		String hangingReactive(BackgroundTasks tasks) {
			tasks.add(() -> Mono.fromRunnable(this::hang));
			tasks.run(() -> this.recorder.record("next"));
			return "fixed-body";
		}

		private void hang() {
			this.recorder.record("hangs");
			this.recorder.pass();
			this.recorder.record("hung");
		}

		@GetMapping(path = "/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> endless(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("blocking"));
			tasks.add(() -> Mono.fromRunnable(() -> this.recorder.record("reactive")));
			return Flux.interval(Duration.ofMillis(10)).onBackpressureDrop().map((tick) -> "tick");
		}

	}

}
