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

package io.starlet;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.registry.TriedHandlers;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a request costs with Starlet, counted in bytes and calls, never in time.
 */
@Tag("cost")
@Timeout(120)
class CostTests {

	private static final int WARM_UP = 20_000;

	private static final int REQUESTS = 2_000;

	private static final int ROUNDS = 9;

	@Test
	void requestWithoutErrorAllocatesAtMost800BytesMoreThanWithoutStarlet() {
		try (TestApplication with = TestApplication.start(Server.REACTOR_NETTY, App.class,
				"logging.level.io.starlet=info");
				TestApplication without = TestApplication.start(Server.REACTOR_NETTY, App.class,
						"starlet.enabled=false")) {
			HttpHandler one = with.bean(HttpHandler.class);
			HttpHandler other = without.bean(HttpHandler.class);
			// Measured again once the compiler has seen both
			allocatedBytes(one);
			allocatedBytes(other);
			long more = allocatedBytes(one) - allocatedBytes(other);
			assertThat(more).isLessThanOrEqualTo(800L);
		}
	}

	@Test
	void raisingAndAnsweringAnHttpExceptionFillsNoStackTrace() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, App.class)) {
			CountingException.filled = 0;
			assertThat(application.get("/counting").status()).isEqualTo(404);
			assertThat(CountingException.filled).isZero();
			assertThat(new HttpException(404).getStackTrace()).isEmpty();
			assertThat(new CountingException(false).getStackTrace()).isEmpty();
			assertThat(new CountingException(true).getStackTrace()).isNotEmpty();
			assertThat(CountingException.filled).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "signalled, 404", "functional, 404", "handled, 410" })
	void httpExceptionAllocatesAtMost2000BytesMoreThanItsResponseReturned(String how, int status) {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, App.class,
				"logging.level.io.starlet=info")) {
			HttpHandler handler = application.bean(HttpHandler.class);
			allocatedBytes(handler, "/returned/" + how, status);
			allocatedBytes(handler, "/raised/" + how, status);
			long more = allocatedBytes(handler, "/raised/" + how, status)
					- allocatedBytes(handler, "/returned/" + how, status);
			assertThat(more).isLessThanOrEqualTo(2000L);
		}
	}

	@Test
	void lookingAHandlerUpAllocatesNothing() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, App.class)) {
			RegisteredHandlers handlers = application.bean(RegisteredHandlers.class);
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/").build());
			Exception exception = new IllegalStateException();
			assertThat(handlers.find(exchange, exception, null, TriedHandlers.NONE)).isNotNull();
			assertThat(handlers.findServerErrorHandler(exchange)).isNull();
			assertThat(allocatedBytes(() -> handlers.findServerErrorHandler(exchange))).isZero();
			assertThat(allocatedBytes(() -> handlers.find(exchange, exception, null, TriedHandlers.NONE))).isZero();
		}
	}

	@Test
	void aLookUpIsNotForgottenWhenTheGarbageCollectorComesBy() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, App.class)) {
			RegisteredHandlers handlers = application.bean(RegisteredHandlers.class);
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/").build());
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			Exception exception = new IllegalStateException();
			allocatedBytes(() -> handlers.find(exchange, exception, null, TriedHandlers.NONE));
			System.gc();
			long before = threads.getCurrentThreadAllocatedBytes();
			handlers.find(exchange, exception, null, TriedHandlers.NONE);
			assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
		}
	}

	private static long allocatedBytes(HttpHandler handler) {
		return allocatedBytes(handler, "/ok", 200);
	}

	private static long allocatedBytes(HttpHandler handler, String path, int status) {
		return allocatedBytes(() -> send(handler, path, status));
	}

	private static long allocatedBytes(Runnable action) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		for (int request = 0; request < WARM_UP; request++) {
			action.run();
		}
		long[] perRequest = new long[ROUNDS];
		for (int round = 0; round < ROUNDS; round++) {
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int request = 0; request < REQUESTS; request++) {
				action.run();
			}
			perRequest[round] = (threads.getCurrentThreadAllocatedBytes() - before) / REQUESTS;
		}
		Arrays.sort(perRequest);
		return perRequest[ROUNDS / 2];
	}

	private static void send(HttpHandler handler, String path, int status) {
		MockServerHttpResponse response = new MockServerHttpResponse();
		// As Reactor Netty's responses start
		response.getHeaders().set(HttpHeaders.TRANSFER_ENCODING, "chunked");
		handler.handle(MockServerHttpRequest.get(path).build(), response).block();
		HttpStatusCode sent = response.getStatusCode();
		if (!response.isCommitted() || ((sent != null) ? sent.value() : 200) != status) {
			throw new IllegalStateException("Not answered with " + status + " but " + sent);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		Mono<String> ok() {
			return Mono.just("ok");
		}

		@GetMapping("/raised/signalled")
		Mono<ResponseEntity<String>> signalled() {
			return Mono.error(new HttpException(404, "No book 7"));
		}

		@GetMapping("/returned/signalled")
		Mono<ResponseEntity<String>> returned() {
			return Mono.just(ResponseEntity.status(404).contentType(MediaType.TEXT_PLAIN).body("No book 7"));
		}

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route()
				.GET("/raised/functional", (request) -> Mono.error(new HttpException(404, "No book 7")))
				.GET("/returned/functional", (request) -> returned(404))
				.GET("/raised/handled", (request) -> Mono.error(new HttpException(410, "No book 7")))
				.GET("/returned/handled", (request) -> returned(410))
				.build();
		}

		private static Mono<ServerResponse> returned(int status) {
			return ServerResponse.status(status).contentType(MediaType.TEXT_PLAIN).bodyValue("No book 7");
		}

		@StatusHandler(410)
		ResponseEntity<String> gone(HttpException ex) {
			return ResponseEntity.status(410).contentType(MediaType.TEXT_PLAIN).body(ex.getDetail());
		}

		@ExceptionHandlerFor
		String illegalState(IllegalStateException ex) {
			return "";
		}

		@GetMapping("/counting")
		String counting() {
			throw new CountingException(false);
		}

	}

	static class CountingException extends HttpException {

		static int filled;

		CountingException(boolean writableStackTrace) {
			super(HttpStatus.NOT_FOUND, null, null, null, writableStackTrace);
		}

		@Override
		public synchronized Throwable fillInStackTrace() {
			filled++;
			return super.fillInStackTrace();
		}

	}

}
