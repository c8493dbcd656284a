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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.BackgroundTasks;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R30 to R32 under load: every task runs, once, and nothing is left behind.
 */
@ParameterizedClass
@EnumSource
@Timeout(180)
class BackgroundTaskHostileTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	BackgroundTaskHostileTests(Server server) {
	}

	@Test
	void aThousandRequestsAtOnceWithBodiesLeaveNothingInFlight() throws Exception {
		AtomicInteger ran = application.bean(Endpoints.class).ran;
		ran.set(0);
		try (LogCapture log = new LogCapture()) {
			postAll(100, 10);
			Awaitility.await().until(() -> ran.get() == 2000);
			awaitNothingInFlight();
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void tenThousandRequestsInARowLeaveNothingInFlight() {
		AtomicInteger ran = application.bean(Endpoints.class).ran;
		ran.set(0);
		for (int connection = 0; connection < 100; connection++) {
			// Tomcat closes a connection after so many requests
			try (RawHttpClient client = application.connect()) {
				for (int number = 0; number < 100; number++) {
					assertThat(client.send("GET", "/task").status()).isEqualTo(200);
				}
			}
		}
		Awaitility.await().until(() -> ran.get() == 10_000);
		awaitNothingInFlight();
	}

	private static void awaitNothingInFlight() {
		BackgroundTaskRunner runner = application.bean(BackgroundTaskRunner.class);
		Awaitility.await().untilAsserted(() -> {
			assertThat(ReflectionTestUtils.getField(runner, "count")).hasToString("0");
			assertThat(ReflectionTestUtils.getField(runner, "inFlight")).hasToString("[]");
		});
	}

	private static void postAll(int connections, int requestsEach) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(connections);
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (int connection = 0; connection < connections; connection++) {
				futures.add(executor.submit(() -> post(requestsEach)));
			}
			for (Future<?> future : futures) {
				future.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void post(int requests) {
		try (RawHttpClient client = application.connect()) {
			for (int request = 0; request < requests; request++) {
				String path = (request % 2 == 0) ? "/body" : "/unread";
				assertThat(client.post(path, "text/plain", "x".repeat(20_000)).status()).isEqualTo(200);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

	}

	@RestController
	static class Endpoints {

		private final AtomicInteger ran = new AtomicInteger();

		@PostMapping("/body")
		String body(@RequestBody String body, BackgroundTasks tasks) {
			return unread(tasks) + body.length();
		}

		@PostMapping("/unread")
		String unread(BackgroundTasks tasks) {
			tasks.run(this.ran::incrementAndGet);
			tasks.add(() -> Mono.fromRunnable(this.ran::incrementAndGet));
			return "answered";
		}

		@GetMapping("/task")
		String task(BackgroundTasks tasks) {
			tasks.run(this.ran::incrementAndGet);
			return "answered";
		}

	}

}
