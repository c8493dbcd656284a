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

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.starlet.BackgroundTasks;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Blocking work never runs on a thread that must not be blocked, whatever executor there
 * is.
 */
@OnEachServer
@Timeout(60)
class BlockingWorkTests {

	@ParameterizedTest
	@ValueSource(classes = { RejectingExecutor.class, CallerRunsExecutor.class })
	void runsElsewhereWhereTheExecutorDoesNotTakeIt(Class<?> executor) {
		try (TestApplication application = TestApplication.start(executor)) {
			assertThat(application.get("/task").body()).isEqualTo("answered");
			assertThat(application.bean(Recorder.class).await(2))
				.allMatch((name) -> name.startsWith("boundedElastic-"));
		}
	}

	@Test
	void staysOnTheOnlyThreadOfTheExecutor() {
		try (TestApplication application = TestApplication.start(App.class, "spring.task.execution.pool.core-size=1",
				"spring.task.execution.thread-name-prefix=blocking-")) {
			application.get("/task");
			assertThat(application.bean(Recorder.class).await(2)).containsExactly("blocking-1", "blocking-1");
		}
	}

	@Test
	void executorIsAskedOnceForATask() {
		AtomicInteger asked;
		try (TestApplication application = TestApplication.start(CountingExecutor.class)) {
			asked = application.bean(AtomicInteger.class);
			Recorder recorder = application.bean(Recorder.class);
			recorder.shut();
			application.get("/hanging");
			recorder.await("hangs");
			recorder.open();
		}
		assertThat(asked).hasValue(1);
	}

	@Test
	void runsElsewhereWhereTheExecutorIsFull() {
		try (TestApplication application = TestApplication.start(App.class, "spring.task.execution.pool.core-size=1",
				"spring.task.execution.pool.max-size=1", "spring.task.execution.pool.queue-capacity=0",
				"spring.task.execution.thread-name-prefix=blocking-")) {
			Recorder recorder = application.bean(Recorder.class);
			recorder.shut();
			application.get("/hanging");
			recorder.await("hangs");
			application.get("/task");
			assertThat(recorder.await(3).subList(1, 3)).allMatch((name) -> name.startsWith("boundedElastic-"));
			recorder.open();
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void runsOnVirtualThreadsWhereTheyAreEnabled() {
		try (TestApplication application = TestApplication.start(App.class, "spring.threads.virtual.enabled=true",
				"spring.task.execution.thread-name-prefix=virtual-")) {
			application.get("/task");
			assertThat(application.bean(Recorder.class).await(2)).allMatch((name) -> name.startsWith("virtual-"));
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

	@Configuration(proxyBeanMethods = false)
	@Import(App.class)
	static class RejectingExecutor {

		@Bean
		Executor applicationTaskExecutor() {
			return (task) -> {
				throw new RejectedExecutionException("full");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(App.class)
	static class CallerRunsExecutor {

		@Bean
		Executor applicationTaskExecutor() {
			return Runnable::run;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(App.class)
	static class CountingExecutor {

		@Bean
		AtomicInteger asked() {
			return new AtomicInteger();
		}

		/** The task is on its way when it returns. */
		@Bean
		Executor applicationTaskExecutor(AtomicInteger asked, Recorder recorder) {
			return (task) -> {
				asked.incrementAndGet();
				new Thread(task).start();
				recorder.await("hangs");
			};
		}

	}

	@RestController
	static class Endpoints {

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping("/task")
		String task(BackgroundTasks tasks) {
			tasks.run(this::recordThread);
			tasks.run(this::recordThread);
			return "answered";
		}

		private void recordThread() {
			this.recorder.record(
					(Schedulers.isInNonBlockingThread() ? "must not block: " : "") + Thread.currentThread().getName());
		}

		@GetMapping("/hanging")
		String hanging(BackgroundTasks tasks) {
			tasks.run(() -> {
				this.recorder.record("hangs");
				this.recorder.pass();
			});
			return "answered";
		}

	}

}
