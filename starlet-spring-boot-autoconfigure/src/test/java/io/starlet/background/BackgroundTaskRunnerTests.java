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
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.micrometer.observation.ObservationRegistry;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.response.ExceptionLog;
import io.starlet.testing.LogCapture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * What a runner counts, and how it is shut down, step by step.
 */
class BackgroundTaskRunnerTests {

	private final BackgroundTaskRunner runner = runner(30, true);

	private final AtomicInteger stopped = new AtomicInteger();

	@Test
	void theFirstTwentyTasksThatAreDroppedAreNamed() {
		try (LogCapture log = new LogCapture()) {
			dropTasks(10, 30);
			assertThat(log.atLeast(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage)
				.containsExactly("21 background tasks were dropped when the application was shut down: 10, 11, 12, 13, "
						+ "14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29 ...");
		}
	}

	@Test
	void twentyTasksThatAreDroppedAreAllNamed() {
		try (LogCapture log = new LogCapture()) {
			dropTasks(10, 29);
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage()).startsWith("20 ").endsWith("28, 29"));
		}
	}

	@Test
	void noMoreThanTheLimitAreInFlight() {
		BackgroundTaskRunner limited = runner(2, true);
		List<BackgroundTask> tasks = List.of(task("one"), task("two"), task("three"));
		limited.admit(tasks.get(0));
		limited.admit(tasks.get(1));
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> limited.admit(tasks.get(2)))
			.withMessage("2 background tasks are in flight, as many as starlet.background.max-in-flight allows: "
					+ "'three' was not added");
		limited.release(tasks.get(0));
		limited.admit(tasks.get(2));
	}

	@Test
	void aGracefulShutdownEndsWithTheLastTask() {
		BackgroundTask one = task("one");
		BackgroundTask two = task("two");
		this.runner.start();
		assertThat(this.runner.isRunning()).isTrue();
		this.runner.admit(one);
		this.runner.admit(two);
		this.runner.stop(this.stopped::incrementAndGet);
		assertThat(this.runner.isRunning()).isFalse();
		this.runner.release(one);
		assertThat(this.stopped).hasValue(0);
		this.runner.release(two);
		assertThat(this.stopped).hasValue(1);
		this.runner.admit(one);
		this.runner.release(one);
		assertThat(this.stopped).hasValue(1);
	}

	@Test
	void aShutdownWithoutTasksOrThatIsImmediateEndsAtOnce() {
		this.runner.stop(this.stopped::incrementAndGet);
		assertThat(this.stopped).hasValue(1);
		BackgroundTaskRunner immediate = runner(30, false);
		immediate.admit(task("one"));
		immediate.stop(this.stopped::incrementAndGet);
		assertThat(this.stopped).hasValue(2);
	}

	@Test
	void aTaskThatEndsAfterTheRunnerIsDestroyedEndsNoShutdown() {
		BackgroundTask one = task("one");
		this.runner.admit(one);
		this.runner.stop(this.stopped::incrementAndGet);
		this.runner.destroy();
		this.runner.release(one);
		assertThat(this.stopped).hasValue(0);
	}

	@Test
	void tasksAreWaitedForBetweenTheRequestsAndTheServer() {
		assertThat(this.runner.getPhase()).isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
			.isGreaterThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
	}

	@Test
	void tasksAreNotPausedWithAnApplicationContext() {
		assertThat(this.runner.isPauseable()).isFalse();
	}

	private void dropTasks(int first, int last) {
		IntStream.rangeClosed(first, last)
			.mapToObj(Integer::toString)
			.map(BackgroundTaskRunnerTests::task)
			.forEach(this.runner::admit);
		this.runner.destroy();
	}

	private static BackgroundTaskRunner runner(int maxInFlight, boolean gracefulShutdown) {
		return new BackgroundTaskRunner(mock(ServerErrorWebFilter.class), () -> null, ObservationRegistry.NOOP,
				OnError.STOP, maxInFlight, gracefulShutdown, new ExceptionLog(Map.of(), (error) -> null));
	}

	private static BackgroundTask task(String name) {
		return BackgroundTask.reactive(name, Mono::empty);
	}

}
