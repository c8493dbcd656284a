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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R30: tasks belong to a response. Those that were added before it was given up for
 * another one are dropped; those that the other one's handler adds run.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class DroppedTasksTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@SuppressWarnings("NullAway.Init")
	private static Recorder recorder;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class);
		recorder = application.bean(Recorder.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	DroppedTasksTests(Server server) {
	}

	@BeforeEach
	@AfterEach
	void clear() {
		recorder.clear();
	}

	@ParameterizedTest
	@CsvSource({ "/default, 410", "/signalled, 410", "/error-response, 405", "/response-status, 402" })
	void tasksOfAnEndpointWhoseExceptionGetsTheDefaultAnswerAreDropped(String path, int status) {
		assertThat(application.get(path).status()).isEqualTo(status);
		assertTasksRun();
	}

	@ParameterizedTest
	@CsvSource({ "/handled, 409, handler", "/translated, 422, second handler", "/error, 500, server error",
			"/signalled-error, 500, server error", "/failing-handler, 500, server error",
			"/filter-timeout, 500, server error" })
	void onlyTasksOfTheHandlerThatAnswersRun(String path, int status, String task) {
		assertThat(application.get(path).status()).isEqualTo(status);
		assertTasksRun(task);
	}

	@Test
	void tasksOfAStreamThatFailsAreDroppedAndThoseOfTheServerErrorHandlerRun() {
		RawHttpResponse response = application.get("/stream");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.whole()).isFalse();
		assertTasksRun("server error");
	}

	@Test
	void tasksOfAStreamThatAFilterTimesOutAreDropped() {
		RawHttpResponse response = application.get("/endless", "X-Timeout: 200");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.whole()).isFalse();
		assertTasksRun("server error");
	}

	@Test
	void tasksOfAServerErrorHandlerThatFailsAreDropped() {
		RawHttpResponse response = application.get("/error", "X-Fail: yes");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
		assertTasksRun();
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none",
			value = { "/default, 410, none", "/handled, 409, handler", "/translated, 422, second handler" })
	void tasksOfAFilterStayWhenTheEndpointsExceptionIsHandled(String path, int status, @Nullable String task) {
		assertThat(application.get(path, "X-Filter: two").status()).isEqualTo(status);
		if (task != null) {
			assertTasksRun("filter 1", "filter 2", task);
		}
		else {
			assertTasksRun("filter 1", "filter 2");
		}
	}

	@Test
	void tasksOfAFilterGoWithTheResponseThatAnErrorReplaces() {
		assertThat(application.get("/error", "X-Filter: two").status()).isEqualTo(500);
		assertTasksRun("server error");
	}

	@Test
	void tasksOfAFilterGoWithTheResponseThatItsOwnExceptionReplaces() {
		assertThat(application.get("/default", "X-Filter: two", "X-Refuse: yes").status()).isEqualTo(422);
		assertTasksRun("second handler");
	}

	/** Nothing is in flight any more, so nothing else will run. */
	private static void assertTasksRun(String... tasks) {
		AtomicInteger count = (AtomicInteger) ReflectionTestUtils.getField(application.bean(BackgroundTaskRunner.class),
				"count");
		Awaitility.await().until(() -> recorder.events().size() >= tasks.length && count != null && count.get() == 0);
		assertThat(recorder.events()).containsExactly(tasks);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		WebFilter filter(Recorder recorder) {
			return (exchange, chain) -> {
				if (exchange.getRequest().getHeaders().containsHeader("X-Filter")) {
					BackgroundTasks.of(exchange).run(() -> recorder.record("filter 1"));
					BackgroundTasks.of(exchange).add(() -> Mono.fromRunnable(() -> recorder.record("filter 2")));
				}
				if (exchange.getRequest().getHeaders().containsHeader("X-Refuse")) {
					return Mono.error(new HttpException(422));
				}
				String timeout = exchange.getRequest().getHeaders().getFirst("X-Timeout");
				if (exchange.getRequest().getPath().value().equals("/filter-timeout")) {
					timeout = "50";
				}
				return (timeout != null) ? chain.filter(exchange).timeout(Duration.ofMillis(Long.parseLong(timeout)))
						: chain.filter(exchange);
			};
		}

	}

	static class Errors {

		private final Recorder recorder;

		Errors(Recorder recorder) {
			this.recorder = recorder;
		}

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.CONFLICT)
		String handle(IllegalArgumentException ex, BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("handler"));
			return "handled";
		}

		@ExceptionHandlerFor
		Mono<String> fail(IllegalThreadStateException ex, BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("never: failing handler"));
			return Mono.error(new IllegalStateException("The handler has failed"));
		}

		@ExceptionHandlerFor
		String translate(ArithmeticException ex, BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("never: first handler"));
			throw new HttpException(422);
		}

		@StatusHandler(422)
		String second(HttpException ex, BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("second handler"));
			return "second";
		}

		@StatusHandler(500)
		String serverError(Throwable error, BackgroundTasks tasks, ServerWebExchange exchange) {
			tasks.run(() -> this.recorder.record("server error"));
			if (exchange.getRequest().getHeaders().containsHeader("X-Fail")) {
				throw new IllegalStateException("The server-error handler has failed");
			}
			return "server error";
		}

	}

	@RestController
	static class Endpoints {

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		private void addTasks(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("never: blocking"));
			tasks.add(() -> Mono.fromRunnable(() -> this.recorder.record("never: reactive")));
		}

		@GetMapping("/default")
		String byDefault(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new HttpException(410);
		}

		@GetMapping("/signalled")
		Mono<String> signalled(BackgroundTasks tasks) {
			return Mono.delay(Duration.ofMillis(1)).flatMap((tick) -> {
				addTasks(tasks);
				return Mono.error(new HttpException(410));
			});
		}

		@GetMapping("/error-response")
		String errorResponse(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new ErrorResponseException(HttpStatusCode.valueOf(405));
		}

		@GetMapping("/response-status")
		String responseStatus(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new UnpaidException();
		}

		@GetMapping("/handled")
		String handled(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new IllegalArgumentException();
		}

		@GetMapping("/translated")
		String translated(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new ArithmeticException();
		}

		@GetMapping("/failing-handler")
		String failingHandler(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new IllegalThreadStateException();
		}

		@GetMapping("/error")
		String error(BackgroundTasks tasks) {
			addTasks(tasks);
			throw new IllegalStateException("boom");
		}

		@GetMapping("/signalled-error")
		Mono<String> signalledError(BackgroundTasks tasks) {
			addTasks(tasks);
			return Mono.delay(Duration.ofMillis(1)).then(Mono.error(new IllegalStateException("boom")));
		}

		@GetMapping("/filter-timeout")
		Mono<String> filterTimeout(BackgroundTasks tasks) {
			addTasks(tasks);
			return Mono.never();
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> stream(BackgroundTasks tasks) {
			addTasks(tasks);
			return Flux.just("one", "two")
				.concatWith(Mono.delay(Duration.ofMillis(10)).then(Mono.error(new IllegalStateException("mid"))));
		}

		@GetMapping(path = "/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> endless(BackgroundTasks tasks) {
			addTasks(tasks);
			return Flux.just("one").concatWith(Mono.never());
		}

	}

	@ResponseStatus(HttpStatus.PAYMENT_REQUIRED)
	static final class UnpaidException extends RuntimeException {

		private static final long serialVersionUID = 1;

	}

}
