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

import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.hamcrest.Matchers.is;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starlette's {@code tests/test_background.py} under its names, without a server, as
 * Starlette's test client has none. What does not hold is where the client waits: here it
 * never does.
 */
@OnEachServer
@Timeout(60)
class StarletteBackgroundTests {

	private static final AtomicInteger counter = new AtomicInteger();

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void reset() {
		counter.set(0);
	}

	@Test
	void asyncTask() {
		expect("/async", "task initiated");
		Awaitility.await().untilAtomic(counter, is(1));
	}

	@Test
	void syncTask() {
		expect("/sync", "task initiated");
		Awaitility.await().untilAtomic(counter, is(1));
	}

	@Test
	void multipleTasks() {
		expect("/multiple", "tasks initiated");
		Awaitility.await().untilAtomic(counter, is(1 + 2 + 3));
	}

	/** Starlette's client gets the exception; here only the log does. */
	@Test
	void multiTasksFailureAvoidsNextExecution() {
		try (LogCapture log = new LogCapture()) {
			expect("/failing", "tasks initiated");
			assertThat(log.awaitOne(Level.ERROR).getFormattedMessage()).contains("failed, 1 after it dropped");
		}
		assertThat(counter).hasValue(1);
	}

	private void expect(String path, String body) {
		WebTestClient.bindToApplicationContext(application.bean(Endpoints.class).context)
			.build()
			.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo(body);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

	}

	@RestController
	static class Endpoints {

		private final ApplicationContext context;

		Endpoints(ApplicationContext context) {
			this.context = context;
		}

		@GetMapping("/async")
		String async(BackgroundTasks tasks) {
			tasks.add(() -> Mono.fromRunnable(counter::incrementAndGet));
			return "task initiated";
		}

		@GetMapping("/sync")
		String sync(BackgroundTasks tasks) {
			tasks.run(counter::incrementAndGet);
			return "task initiated";
		}

		@GetMapping("/multiple")
		String multiple(BackgroundTasks tasks) {
			for (int amount = 1; amount <= 3; amount++) {
				int added = amount;
				tasks.run(() -> counter.addAndGet(added));
			}
			return "tasks initiated";
		}

		@GetMapping("/failing")
		String failing(BackgroundTasks tasks) {
			for (int number = 0; number < 2; number++) {
				tasks.run(() -> {
					if (counter.incrementAndGet() == 1) {
						throw new IllegalStateException("task failed");
					}
				});
			}
			return "tasks initiated";
		}

	}

}
