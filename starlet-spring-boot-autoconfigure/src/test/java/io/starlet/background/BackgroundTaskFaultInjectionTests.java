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

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.starlet.BackgroundTasks;
import io.starlet.StatusHandler;
import io.starlet.testing.Fault;
import io.starlet.testing.FaultTable;
import io.starlet.testing.FaultyAppender;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.is;

/**
 * Whatever becomes of what background tasks call, the response stands, the log has the
 * error, nothing is left in flight, and the next task runs.
 */
@OnEachServer
@Timeout(120)
class BackgroundTaskFaultInjectionTests {

	/**
	 * A row for each point where something is called, a column for each fault: how often
	 * the task does its work, {@code !} where the task has failed, which is in the log at
	 * ERROR, and {@code +} where the fault is in the log so. A point that returns no
	 * publisher has no column for what only publishers do, one that returns nothing none
	 * for results: {@code -}. A task, and an executor's, has all the time that it needs.
	 */
	private static final FaultTable TABLE = new FaultTable(
			"""
					point                | throws | signals | error | fatal | null | empty | never | twice | cancels | signals_null
					task                 | 0!     | 0!      | 0!    | 0!    | 0!   | 0     | -     | 2     | 0!      | 0!
					blocking-task        | 0!     | -       | 0!    | 0!    | -    | -     | -     | -     | -       | -
					executor             | 1+     | -       | 1+    | 1+    | -    | -     | -     | 1     | 1       | -
					observation-create   | 1+     | -       | 1+    | 1+    | -    | -     | -     | -     | -       | -
					observation-start    | 1+     | -       | 1+    | 1+    | -    | -     | -     | -     | -       | -
					observation-stop     | 1+     | -       | 1+    | 1+    | -    | -     | -     | -     | -       | -
					observation-error    | 0!+    | -       | 0!+   | 0!+   | -    | -     | -     | -     | -       | -
					appender             | 0!+    | -       | 0!+   | 0!+   | -    | -     | -     | -     | -       | -
					server-error-handler | 0!     | 0!      | 0!    | 0!    | 0!   | 0!    | 0!    | 0!    | 0!      | 0!
					""");

	private static TestApplication application;

	private static volatile String current = "";

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.handler-timeout=1s");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	static Stream<Arguments> combinations() {
		return TABLE.combinations();
	}

	@ParameterizedTest
	@MethodSource("combinations")
	void responseStandsTheLogHasTheErrorAndTheNextTaskRuns(String point, Fault fault, String cell) {
		AtomicInteger ran = application.bean(Endpoints.class).ran;
		ran.set(0);
		try (LogCapture log = new LogCapture(); FaultyAppender appender = new FaultyAppender(() -> call("appender"))) {
			assertThat(appender.isStarted()).isTrue();
			current = point + "/" + fault;
			Fault.startCounting();
			assertThat(application.get("/" + current).body()).isEqualTo("answered");
			awaitNothingInFlight();
			assertThat(Fault.count()).as("faults").isPositive();
			current = "";
			assertThat(ran).hasValue(cell.charAt(0) - '0');
			List<ILoggingEvent> failed = log.of("io.starlet", Level.ERROR)
				.stream()
				.filter((event) -> event.getFormattedMessage().endsWith("' failed"))
				.toList();
			assertThat(failed).hasSize(cell.contains("!") ? 1 : 0);
			assertThat(failed).allSatisfy((event) -> assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
				.containsAnyOf("original", "injected", "returned null", "CancellationException", "Failed without"));
			assertThat(log.of("io.starlet", Level.ERROR).stream().filter((event) -> !failed.contains(event)))
				.hasSize(cell.contains("+") ? 1 : 0);
			assertThat(application.get("/next/null").body()).isEqualTo("answered");
			Awaitility.await().untilAtomic(ran, is(cell.charAt(0) - '0' + 1));
		}
		finally {
			current = "";
		}
	}

	private static void awaitNothingInFlight() {
		BackgroundTaskRunner runner = application.bean(BackgroundTaskRunner.class);
		Awaitility.await()
			.untilAsserted(() -> assertThat(ReflectionTestUtils.getField(runner, "count")).hasToString("0"));
	}

	private static void call(String point) {
		String[] segments = current.split("/", -1);
		if (segments[0].equals(point)) {
			Fault.of(segments[1]).value("", "");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME)
		Executor applicationTaskExecutor() {
			return (task) -> {
				call("executor");
				if (current.equals("executor/cancels")) {
					throw new RejectedExecutionException("injected");
				}
				new Thread(task).start();
				if (current.equals("executor/twice")) {
					new Thread(task).start();
				}
			};
		}

		@Bean
		ObservationPredicate observationPredicate() {
			return (name, context) -> {
				if (name.equals("starlet.background.task")) {
					call("observation-create");
				}
				return true;
			};
		}

		@Bean
		ObservationHandler<Observation.Context> observationHandler() {
			return new ObservationHandler<>() {

				@Override
				public boolean supportsContext(Observation.Context context) {
					return "starlet.background.task".equals(context.getName());
				}

				@Override
				public void onStart(Observation.Context context) {
					call("observation-start");
				}

				@Override
				public void onStop(Observation.Context context) {
					call("observation-stop");
				}

				@Override
				public void onError(Observation.Context context) {
					call("observation-error");
				}

			};
		}

	}

	@RestController
	static class Endpoints {

		private final AtomicInteger ran = new AtomicInteger();

		@GetMapping("/{point}/{fault}")
		String add(@PathVariable String point, @PathVariable String fault, BackgroundTasks tasks) {
			switch (point) {
				case "task" -> tasks.add(() -> Fault.of(fault).apply(Mono.fromRunnable(this.ran::incrementAndGet)));
				case "blocking-task" -> tasks.run(() -> Fault.of(fault).value("", ""));
				case "observation-error", "appender", "server-error-handler" ->
					tasks.add(() -> Mono.error(new IllegalStateException("original")));
				default -> tasks.run(this.ran::incrementAndGet);
			}
			return "answered";
		}

		@StatusHandler(500)
		Mono<String> serverError(ServerWebExchange exchange) {
			String[] segments = exchange.getRequest().getPath().value().split("/", -1);
			Mono<String> answer = Mono.just("server error");
			return segments[1].equals("server-error-handler") ? Fault.of(segments[2]).apply(answer) : answer;
		}

	}

}
