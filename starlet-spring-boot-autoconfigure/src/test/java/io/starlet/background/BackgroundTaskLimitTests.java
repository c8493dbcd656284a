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

import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A limit on tasks in flight, beyond which an endpoint is told before its response is
 * committed.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class BackgroundTaskLimitTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@SuppressWarnings("NullAway.Init")
	private static Recorder recorder;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class, "starlet.background.max-in-flight=2");
		recorder = application.bean(Recorder.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	BackgroundTaskLimitTests(Server server) {
	}

	@BeforeEach
	void clear() {
		recorder.open();
		BackgroundTaskRunner runner = application.bean(BackgroundTaskRunner.class);
		Awaitility.await()
			.untilAsserted(() -> assertThat(ReflectionTestUtils.getField(runner, "count")).hasToString("0"));
		recorder.clear();
	}

	/** Exactly: two, and not three. */
	@AfterEach
	void twoCanBeAddedAgain() {
		clear();
		recorder.shut();
		Awaitility.await().until(() -> application.get("/two").status() == 200);
		assertThat(application.get("/one").status()).isEqualTo(503);
		recorder.open();
		recorder.await("second");
	}

	@Test
	void theTaskBeyondTheLimitIsRefusedInTimeForAnotherResponse() {
		recorder.shut();
		assertThat(application.get("/two").status()).isEqualTo(200);
		assertThat(application.get("/one").body()).isEqualTo("2 background tasks are in flight, as many as "
				+ "starlet.background.max-in-flight allows: 'first' was not added");
		assertThat(application.get("/one").status()).isEqualTo(503);
	}

	@Test
	void theTasksThatWereAddedBeforeTheOneThatIsRefusedAreDropped() {
		for (int request = 0; request < 5; request++) {
			assertThat(application.get("/three").status()).isEqualTo(503);
		}
		assertThat(recorder.events()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/failing", "/failing-reactive", "/dropped" })
	void tasksThatFailOrAreDroppedAreNoLongerInFlight(String path) {
		for (int request = 0; request < 5; request++) {
			Awaitility.await().until(() -> application.get(path).status() != 503);
		}
	}

	@Test
	void tasksWhoseClientLeavesAreNoLongerInFlight() throws Exception {
		for (int request = 0; request < 3; request++) {
			int number = request;
			Awaitility.await().until(() -> application.get("/two").status() == 200);
			recorder.await(2 * (number + 1));
			try (HeldClient held = new HeldClient(application.port())) {
				held.send("GET /endless HTTP/1.1");
				Awaitility.await().until(() -> held.arrived() > 0);
				held.abort();
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	@RestController
	static class Endpoints {

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
		String handle(TaskRejectedException ex) {
			return String.valueOf(ex.getMessage());
		}

		@GetMapping("/one")
		String one(BackgroundTasks tasks) {
			tasks.run("first", () -> work("first"));
			return "answered";
		}

		@GetMapping("/two")
		String two(BackgroundTasks tasks) {
			tasks.run("first", () -> work("first"));
			tasks.add("second", () -> Mono.fromRunnable(() -> work("second")));
			return "answered";
		}

		@GetMapping("/three")
		String three(BackgroundTasks tasks) {
			two(tasks);
			return one(tasks);
		}

		private void work(String name) {
			this.recorder.pass();
			this.recorder.record(name);
		}

		@GetMapping("/failing")
		String failing(BackgroundTasks tasks) {
			tasks.run(() -> {
				throw new IllegalStateException("The task has failed");
			});
			tasks.run(() -> work("never"));
			return "answered";
		}

		@GetMapping("/failing-reactive")
		String failingReactive(BackgroundTasks tasks) {
			tasks.add(() -> Mono.error(new NoClassDefFoundError()));
			tasks.run(() -> work("never"));
			return "answered";
		}

		@GetMapping("/dropped")
		String dropped(BackgroundTasks tasks) {
			two(tasks);
			throw new HttpException(404);
		}

		@GetMapping(path = "/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> endless(BackgroundTasks tasks) {
			two(tasks);
			return Flux.interval(Duration.ofMillis(1)).onBackpressureDrop().map((tick) -> "tick");
		}

	}

}
