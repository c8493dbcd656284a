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

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R17, exceptions that filters raise, and the order of the layers.
 */
@OnEachServer
@Timeout(60)
class FilterExceptionTests {

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
	@ValueSource(strings = { "throws", "signals" })
	void httpExceptionRaisedByAFilterIsAnsweredWithTheSameHandlers(String how) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/ok", "X-Filter: " + how);
			assertThat(response.status()).isEqualTo(418);
			assertThat(response.body()).isEqualTo("teapot handler: short and stout");
			assertThat(response.header("X-Request-Id")).as("what filters had set").isEqualTo("42");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void httpExceptionRaisedByAFilterWithoutHandlerGetsTheDefaultAnswer() {
		RawHttpResponse response = application.get("/ok", "X-Filter: spring");
		assertThat(response.status()).isEqualTo(429);
		assertThat(response.body()).isEqualTo("Slow down");
	}

	@Test
	void otherExceptionsOfAFilterAreErrorsEvenIfTheInnerLayerHasAHandler() {
		RawHttpResponse response = application.get("/ok", "X-Filter: other");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
		assertThat(application.get("/other").body()).isEqualTo("inner");
	}

	@ParameterizedTest
	@CsvSource({ "encoded-error, 500, Internal Server Error", "encoded, 429, Slow down",
			"encoded-teapot, 418, teapot handler: short and stout" })
	void headersThatDescribeABodyOfTheFilterAreNotSentWithTheAnswerToItsException(String how, int status, String body) {
		RawHttpResponse response = application.get("/ok", "X-Filter: " + how);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).isEqualTo(body);
		assertThat(response.header("Content-Encoding")).isNull();
		assertThat(response.header("X-Request-Id")).isEqualTo("42");
	}

	@ParameterizedTest
	@CsvSource({ "/teapot, 418", "/nope, 404" })
	void clientDoesNotWaitForABodyThatAFilterSwallows(String path, int status) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path, "X-Filter: swallows");
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEmpty();
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@Test
	void filterMayCancelAnEndpointThatIsStillSettingHeaders() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
		AtomicBoolean setting = new AtomicBoolean();
		ServerHttpResponse response = new ServerHttpResponseDecorator(exchange.getResponse()) {
			@Override
			public HttpHeaders getHeaders() {
				if (setting.get()) {
					throw new ConcurrentModificationException();
				}
				return super.getHeaders();
			}
		};
		Mono<Void> filtered = application.bean(HandledExceptionWebFilter.class)
			.filter(exchange.mutate().response(response).build(), (same) -> Mono.never());
		StepVerifier.create(filtered.doOnSubscribe((subscription) -> setting.set(true)).timeout(Duration.ofMillis(1)))
			.expectError(TimeoutException.class)
			.verify(Duration.ofSeconds(10));
	}

	@Test
	void httpExceptionAfterTheResponseDoesNotAnswerTwice() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/ok", "X-Filter: after");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("ok");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage())
				.isEqualTo("Caught handled exception, but response already started.");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@Test
	void strictLayersMakeItAnError() {
		try (TestApplication strict = TestApplication.start(App.class, "starlet.filter-exceptions=error");
				LogCapture log = new LogCapture()) {
			RawHttpResponse response = strict.get("/ok", "X-Filter: throws");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("418: short and stout");
			assertThat(strict.get("/teapot").status()).as("endpoints are not concerned").isEqualTo(418);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "highest", "lowest", "unordered", "priority" })
	void filtersOfAnyOrderAreBetweenTheTwoLayers(String filter) {
		RawHttpResponse response = application.get("/teapot", "X-Failing: " + filter);
		assertThat(response.status()).as("a filter's exception reaches the outer layer").isEqualTo(418);
		assertThat(response.body()).isEqualTo("teapot handler: raised by " + filter);
	}

	@Test
	void filtersSeeAnOrdinaryResponseToAHandledExceptionAndErrorsTravelThroughThem() {
		List<String> seen = application.bean(Recorder.class).seen;
		application.get("/teapot", "X-Run: handled");
		Awaitility.await()
			.untilAsserted(() -> assertThat(seen).contains("handled highest 418", "handled lowest 418",
					"handled unordered 418", "handled priority 418"));
		application.get("/boom", "X-Run: error");
		Awaitility.await()
			.untilAsserted(() -> assertThat(seen).contains("error highest boom", "error lowest boom",
					"error unordered boom", "error priority boom"));
	}

	@Test
	void layersAreFirstAndLastAndTheLastStepIsLast() {
		Recorder recorder = application.bean(Recorder.class);
		assertThat(recorder.filters).hasSizeGreaterThan(6).first().isInstanceOf(ServerErrorWebFilter.class);
		assertThat(recorder.filters).last().isInstanceOf(HandledExceptionWebFilter.class);
		assertThat(recorder.handlers).hasSizeGreaterThan(1).last().isInstanceOf(ServerErrorWebExceptionHandler.class);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class, Recorder.class, UnorderedFilter.class, HighestFilter.class,
			LowestFilter.class, PriorityFilter.class })
	static class App {

		@Bean
		WebFilter raising() {
			return (exchange, chain) -> {
				exchange.getResponse().getHeaders().set("X-Request-Id", "42");
				String how = String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Filter"));
				return switch (how) {
					case "throws" -> throw new HttpException(418, "short and stout");
					case "signals" -> Mono.error(new HttpException(418, "short and stout"));
					case "spring" -> throw new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS, "Slow down");
					case "other" -> throw new OtherException();
					case "encoded" ->
						throw encoded(exchange, new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS, "Slow down"));
					case "encoded-error" -> throw encoded(exchange, new OtherException());
					case "encoded-teapot" -> throw encoded(exchange, new HttpException(418, "short and stout"));
					case "swallows" ->
						chain.filter(exchange.mutate().response(new SwallowingResponse(exchange)).build());
					case "after" -> chain.filter(exchange).then(Mono.error(new HttpException(418, "late")));
					default -> chain.filter(exchange);
				};
			};
		}

		private static RuntimeException encoded(ServerWebExchange exchange, RuntimeException exception) {
			exchange.getResponse().getHeaders().set("Content-Encoding", "gzip");
			return exception;
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebExceptionHandler lastOfTheApplication() {
			return (exchange, error) -> Mono.error(error);
		}

		@Bean
		WebHttpHandlerBuilderCustomizer spy(Recorder recorder) {
			return (builder) -> {
				// Called before Starlet's, whose lists are live
				builder.filters((filters) -> recorder.filters = filters);
				builder.exceptionHandlers((handlers) -> recorder.handlers = handlers);
			};
		}

	}

	static class Recorder {

		final List<String> seen = new CopyOnWriteArrayList<>();

		List<WebFilter> filters = List.of();

		List<WebExceptionHandler> handlers = List.of();

	}

	static class Handlers {

		@StatusHandler(418)
		String teapot(HttpException ex) {
			return "teapot handler: " + ex.getDetail();
		}

		@ExceptionHandlerFor
		ResponseEntity<String> other(OtherException ex) {
			return ResponseEntity.status(409).body("inner");
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/teapot")
		String teapot() {
			throw new HttpException(418);
		}

		@GetMapping("/other")
		String other() {
			throw new OtherException();
		}

		@GetMapping("/boom")
		String boom() {
			throw new IllegalStateException("boom");
		}

	}

	static class OtherException extends RuntimeException {

	}

	static class SwallowingResponse extends ServerHttpResponseDecorator {

		SwallowingResponse(ServerWebExchange exchange) {
			super(exchange.getResponse());
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return Flux.from(body).doOnNext(DataBufferUtils::release).then();
		}

	}

	abstract static class RecordingFilter implements WebFilter {

		private final String name;

		private final Recorder recorder;

		RecordingFilter(String name, Recorder recorder) {
			this.name = name;
			this.recorder = recorder;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			if (this.name.equals(exchange.getRequest().getHeaders().getFirst("X-Failing"))) {
				return Mono.error(new HttpException(418, "raised by " + this.name));
			}
			String run = exchange.getRequest().getHeaders().getFirst("X-Run");
			return chain.filter(exchange)
				.doOnSuccess((done) -> this.recorder.seen.add(run + " " + this.name + " "
						+ Objects.requireNonNull(exchange.getResponse().getStatusCode()).value()))
				.doOnError((error) -> this.recorder.seen.add(run + " " + this.name + " " + error.getMessage()));
		}

	}

	static class UnorderedFilter extends RecordingFilter {

		UnorderedFilter(Recorder recorder) {
			super("unordered", recorder);
		}

	}

	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class HighestFilter extends RecordingFilter {

		HighestFilter(Recorder recorder) {
			super("highest", recorder);
		}

	}

	@Order(Ordered.LOWEST_PRECEDENCE)
	static class LowestFilter extends RecordingFilter {

		LowestFilter(Recorder recorder) {
			super("lowest", recorder);
		}

	}

	static class PriorityFilter extends RecordingFilter implements PriorityOrdered {

		PriorityFilter(Recorder recorder) {
			super("priority", recorder);
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

}
