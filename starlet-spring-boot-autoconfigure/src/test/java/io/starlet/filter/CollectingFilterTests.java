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

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A filter may keep what is written within it, and send it later.
 */
@OnEachServer
@Timeout(60)
class CollectingFilterTests {

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
	@CsvSource({ "/ok, 200, ok", "/http/404, 404, a method", "/http/418, 418, a function", "/http/410, 410, 'Gone'",
			"/illegal, 500, '{\"error\":\"illegal\"}'", "/none, 404, a method", "/bare, 500, ''" })
	void filterThatSendsWhatItHasCollectedSendsTheAnswer(String path, int status, String body) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			for (int round = 0; round < 3; round++) {
				RawHttpResponse response = client.send("GET", path);
				assertThat(response.status()).isEqualTo(status);
				assertThat(response.body()).isEqualTo(body);
				assertThat(response.header("X-Collected")).isEqualTo("yes");
			}
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void handlerThatReturnsNothingIsOneThatFailedAllTheSame() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/nothing");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).contains("returned nothing");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		WebFilter collecting() {
			return (exchange, chain) -> {
				CollectedResponse collected = new CollectedResponse(exchange.getResponse());
				return chain.filter(exchange.mutate().response(collected).build()).then(Mono.defer(collected::send));
			};
		}

		@Bean
		@StatusHandler(418)
		HttpExceptionHandler<HttpException> teapot() {
			return (request, ex) -> ServerResponse.status(418).bodyValue("a function");
		}

	}

	static class CollectedResponse extends ServerHttpResponseDecorator {

		private final AtomicReference<byte @Nullable []> body = new AtomicReference<>();

		CollectedResponse(ServerHttpResponse delegate) {
			super(delegate);
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return DataBufferUtils.join(Flux.from(body)).doOnNext((buffer) -> {
				byte[] bytes = new byte[buffer.readableByteCount()];
				buffer.read(bytes);
				DataBufferUtils.release(buffer);
				this.body.set(bytes);
			}).then();
		}

		@Override
		public Mono<Void> setComplete() {
			return Mono.empty();
		}

		Mono<Void> send() {
			byte[] collected = this.body.get();
			if (collected == null) {
				collected = new byte[0];
			}
			getHeaders().set("X-Collected", "yes");
			return getDelegate().writeWith(Mono.just(bufferFactory().wrap(collected)));
		}

	}

	static class Handlers {

		@StatusHandler(404)
		String notFound() {
			return "a method";
		}

		@ExceptionHandlerFor
		Map<String, Object> illegal(IllegalArgumentException ex) {
			return Map.of("error", String.valueOf(ex.getMessage()));
		}

		@ExceptionHandlerFor
		ResponseEntity<Void> bare(UnsupportedOperationException ex) {
			return ResponseEntity.internalServerError().build();
		}

		@ExceptionHandlerFor
		void nothing(ArithmeticException ex) {
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		Mono<String> ok() {
			return Mono.just("ok");
		}

		@GetMapping("/http/{status}")
		Mono<String> http(@PathVariable int status) {
			return Mono.error(new HttpException(HttpStatusCode.valueOf(status)));
		}

		@GetMapping("/illegal")
		Mono<String> illegal() {
			return Mono.error(new IllegalArgumentException("illegal"));
		}

		@GetMapping("/bare")
		Mono<String> bare() {
			return Mono.error(new UnsupportedOperationException());
		}

		@GetMapping("/nothing")
		Mono<String> nothing() {
			return Mono.error(new ArithmeticException());
		}

	}

}
