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

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Micrometer's tracing with OpenTelemetry: one span for each request, which has an error
 * only where the server had one, and its trace everywhere that the error is spoken of.
 */
@Timeout(60)
class OpenTelemetryTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "management.tracing.sampling.probability=1",
				"spring.reactor.context-propagation=auto");
	}

	@AfterAll
	static void stop() {
		application.close();
		// Set for the whole JVM
		Hooks.disableAutomaticContextPropagation();
	}

	@BeforeEach
	void forget() {
		spans();
		application.bean(InMemorySpanExporter.class).reset();
		application.takeErrors();
	}

	private static List<SpanData> spans() {
		application.bean(SdkTracerProvider.class).forceFlush().join(10, TimeUnit.SECONDS);
		return application.bean(InMemorySpanExporter.class).getFinishedSpanItems();
	}

	private static SpanData serverSpan() {
		List<SpanData> spans = spans().stream().filter((span) -> span.getKind() == SpanKind.SERVER).toList();
		assertThat(spans).hasSize(1);
		return spans.get(0);
	}

	@ParameterizedTest
	@CsvSource({ "/fine, 200, SUCCESS", "/plain, 403, CLIENT_ERROR", "/handled, 404, CLIENT_ERROR",
			"/nowhere, 404, CLIENT_ERROR", "/class, 409, CLIENT_ERROR", "/filter-http, 401, CLIENT_ERROR" })
	void aHandledExceptionIsNoErrorOfItsSpan(String path, int status, String outcome) {
		assertThat(application.get(path).statusCode()).isEqualTo(status);
		SpanData span = serverSpan();
		assertThat(attributes(span)).containsEntry("status", "" + status)
			.containsEntry("outcome", outcome)
			.containsEntry("exception", "none");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(exceptions(span)).isEmpty();
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/error, 500, SERVER_ERROR, IllegalStateException, boom, 1",
			"/filter, 500, SERVER_ERROR, IllegalStateException, of a filter, 1",
			"/stream, 200, SUCCESS, IllegalStateException, mid, 1",
			"/unavailable, 503, SERVER_ERROR, HttpException, 503: Service Unavailable, 0" })
	void anErrorIsRecordedOnceInTheSpanOfItsRequest(String path, int status, String outcome, String exception,
			String message, int logged) {
		try {
			assertThat(application.get(path).statusCode()).isEqualTo(status);
		}
		catch (IllegalStateException ex) {
			assertThat(path).isEqualTo("/stream");
		}
		SpanData span = serverSpan();
		assertThat(attributes(span)).containsEntry("status", "" + status)
			.containsEntry("outcome", outcome)
			.containsEntry("exception", exception);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(exceptions(span)).containsExactly(message);
		List<ILoggingEvent> errors = application.takeErrors();
		assertThat(errors).hasSize(logged);
		assertThat(errors)
			.allSatisfy((event) -> assertThat(event.getMDCPropertyMap()).containsEntry("traceId", span.getTraceId())
				.containsEntry("spanId", span.getSpanId()));
	}

	@Test
	void aClientThatLeavesIsNoErrorOfItsSpan() {
		Endpoints endpoints = application.bean(Endpoints.class);
		application.leave("GET /waiting", "\r\n", () -> Awaitility.await().until(() -> endpoints.waiting));
		SpanData span = serverSpan();
		assertThat(attributes(span)).containsEntry("outcome", "UNKNOWN").containsEntry("exception", "none");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(exceptions(span)).isEmpty();
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/handled, by status", "/class, by class", "/error, server error", "/filter, server error",
			"/filter-http, by filter", "/late, server error" })
	void handlersOfBothLayersSeeTheTrace(String path, String handler) {
		HttpResponse<String> response = application.get(path);
		String traceId = serverSpan().getTraceId();
		assertThat(response.body()).isEqualTo("%s: %s %s".formatted(handler, traceId, traceId));
	}

	@Test
	void tasksSeeTheTraceAndAreSpansOfIt() {
		assertThat(application.get("/tasks").statusCode()).isEqualTo(200);
		Map<String, String> seen = application.bean(Endpoints.class).seen;
		Awaitility.await().until(() -> spans().size() == 4);
		SpanData server = serverSpan();
		assertThat(seen).containsOnlyKeys("reactive", "blocking")
			.allSatisfy((task, trace) -> assertThat(trace).isEqualTo(server.getTraceId() + " " + server.getTraceId()));
		List<SpanData> tasks = spans().stream().filter((span) -> span.getName().equals("background task")).toList();
		assertThat(tasks).hasSize(3).allSatisfy((task) -> {
			assertThat(task.getTraceId()).isEqualTo(server.getTraceId());
			assertThat(task.getParentSpanId()).isEqualTo(server.getSpanId());
		});
		assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(tasks).filteredOn((task) -> task.getStatus().getStatusCode() != StatusCode.ERROR)
			.hasSize(2)
			.allSatisfy((task) -> assertThat(exceptions(task)).isEmpty());
		SpanData failed = tasks.get(2);
		assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(exceptions(failed)).containsExactly("of a task");
	}

	@Test
	void theLogLineOfAFailedTaskHasTheTrace() {
		application.get("/tasks");
		List<ILoggingEvent> errors = Awaitility.await().until(application::takeErrors, (events) -> !events.isEmpty());
		assertThat(errors).singleElement()
			.satisfies((event) -> assertThat(event.getMDCPropertyMap()).containsEntry("traceId",
					serverSpan().getTraceId()));
	}

	private static Map<String, String> attributes(SpanData span) {
		Map<String, String> attributes = new ConcurrentHashMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
		return attributes;
	}

	private static List<String> exceptions(SpanData span) {
		return span.getEvents()
			.stream()
			.filter((event) -> event.getName().equals("exception"))
			.map(OpenTelemetryTests::message)
			.toList();
	}

	private static String message(EventData event) {
		return Objects.requireNonNull(event.getAttributes().get(AttributeKey.stringKey("exception.message")));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		InMemorySpanExporter spanExporter() {
			return InMemorySpanExporter.create();
		}

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

	/** What is said of the trace by Micrometer and in the log. */
	record CurrentTrace(Tracer tracer) {

		String describe() {
			return Objects.requireNonNull(this.tracer.currentTraceContext().context()).traceId() + " "
					+ MDC.get("traceId");
		}

	}

	static class Errors {

		private final CurrentTrace trace;

		Errors(Tracer tracer) {
			this.trace = new CurrentTrace(tracer);
		}

		@StatusHandler(404)
		String byStatus(HttpException ex) {
			return "by status: " + this.trace.describe();
		}

		@StatusHandler(401)
		Mono<String> byFilter(HttpException ex) {
			return Mono.fromSupplier(() -> "by filter: " + this.trace.describe());
		}

		@ExceptionHandlerFor
		ResponseEntity<String> byClass(ArithmeticException ex) {
			return ResponseEntity.status(409).body("by class: " + this.trace.describe());
		}

		@StatusHandler(500)
		Mono<String> serverError(Exception ex) {
			return Mono.fromSupplier(() -> "server error: " + this.trace.describe());
		}

	}

	@RestController
	static class Endpoints {

		final Map<String, String> seen = new ConcurrentHashMap<>();

		volatile boolean waiting;

		private final CurrentTrace trace;

		Endpoints(Tracer tracer) {
			this.trace = new CurrentTrace(tracer);
		}

		@GetMapping("/fine")
		String fine() {
			return "fine";
		}

		@GetMapping("/plain")
		String plain() {
			throw new HttpException(403);
		}

		@GetMapping("/handled")
		String handled() {
			throw new HttpException(404);
		}

		@GetMapping("/class")
		String byClass() {
			throw new ArithmeticException();
		}

		@GetMapping("/unavailable")
		String unavailable() {
			throw new HttpException(503);
		}

		@GetMapping("/error")
		String error() {
			throw new IllegalStateException("boom");
		}

		/** On a thread that knows nothing of the request. */
		@GetMapping("/late")
		Mono<String> late() {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> {
				throw new IllegalStateException("late");
			});
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.just("one", "two").concatWith(Mono.error(new IllegalStateException("mid")));
		}

		@GetMapping("/waiting")
		Mono<String> waiting() {
			return Mono.<String>never().doOnSubscribe((subscription) -> this.waiting = true);
		}

		@GetMapping("/tasks")
		String tasks(BackgroundTasks tasks) {
			tasks.add(() -> Mono.delay(Duration.ofMillis(1))
				.doOnNext((tick) -> this.seen.put("reactive", this.trace.describe()))
				.then());
			tasks.run(() -> this.seen.put("blocking", this.trace.describe()));
			tasks.add(() -> Mono.error(new IllegalStateException("of a task")));
			return "accepted";
		}

	}

}
