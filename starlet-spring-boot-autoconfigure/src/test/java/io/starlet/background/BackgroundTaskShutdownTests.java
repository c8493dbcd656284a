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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.BackgroundTasks;
import io.starlet.testing.LogCapture;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rule R32: an application that is shut down waits for its tasks, as long as for its
 * requests, and says which it drops.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class BackgroundTaskShutdownTests {

	@ParameterizedTest
	@CsvSource({ "REACTOR_NETTY, /blocking", "REACTOR_NETTY, /reactive", "REACTOR_NETTY, /never", "TOMCAT, /blocking",
			"TOMCAT, /never", "JETTY, /reactive", "JETTY, /blocking" })
	void shutdownWaitsForTasksThatRun(Server server, String path) throws Exception {
		TestApplication application = start(server, "30s");
		try (LogCapture log = new LogCapture()) {
			Recorder recorder = application.bean(Recorder.class);
			recorder.shut();
			application.get(path);
			recorder.await("starts");
			CompletableFuture<Void> closing = CompletableFuture.runAsync(application::close);
			awaitShutdown(log);
			assertThat(closing).isNotDone();
			recorder.open();
			application.bean(Endpoints.class).end.tryEmitEmpty();
			closing.get(20, TimeUnit.SECONDS);
			assertThat(recorder.events()).containsExactly("starts", "ends", "next");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void shutdownWaitsForTasksWhoseResponseIsStillBeingSent(Server server) throws Exception {
		TestApplication application = start(server, "30s");
		try (LogCapture log = new LogCapture()) {
			Recorder recorder = application.bean(Recorder.class);
			Endpoints endpoints = application.bean(Endpoints.class);
			try (HeldClient held = new HeldClient(application.port())) {
				held.send("GET /stream HTTP/1.1");
				held.readUntil("data:one\n\n");
				CompletableFuture<Void> closing = CompletableFuture.runAsync(application::close);
				awaitShutdown(log);
				assertThat(closing).isNotDone();
				assertThat(recorder.events()).isEmpty();
				endpoints.end.tryEmitEmpty();
				held.readUntil("0\r\n\r\n");
				closing.get(20, TimeUnit.SECONDS);
			}
			assertThat(recorder.events()).containsExactly("starts", "ends", "next");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	/** The executor has been told to take nothing more, and still works on the first. */
	private static void awaitShutdown(LogCapture log) {
		Awaitility.await()
			.until(() -> log.atLeast(Level.INFO)
				.stream()
				.anyMatch((event) -> event.getFormattedMessage().contains("graceful shutdown")
						|| event.getFormattedMessage().contains("Waiting for")));
	}

	@ParameterizedTest
	@CsvSource({ "REACTOR_NETTY, /blocking", "REACTOR_NETTY, /reactive", "REACTOR_NETTY, /never", "TOMCAT, /blocking",
			"TOMCAT, /never", "JETTY, /never" })
	void tasksThatTakeLongerAreDroppedAndNamed(Server server, String path) {
		assertDropped(start(server, "1s"), path);
	}

	@ParameterizedTest
	@CsvSource({ "REACTOR_NETTY, /reactive", "REACTOR_NETTY, /never", "TOMCAT, /never", "JETTY, /never" })
	void anImmediateShutdownDoesNotWaitButNamesThem(Server server, String path) {
		long start = System.nanoTime();
		assertDropped(start(server, "30s", "server.shutdown=immediate"), path);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
	}

	private static void assertDropped(TestApplication application, String path) {
		Recorder recorder = application.bean(Recorder.class);
		try (LogCapture log = new LogCapture()) {
			recorder.shut();
			application.get(path);
			recorder.await("starts");
			application.close();
			List<ILoggingEvent> warnings = log.of(BackgroundTaskRunner.class.getName(), Level.WARN);
			assertThat(warnings).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage())
					.isEqualTo("2 background tasks were dropped when the application was shut down: first, second"));
			assertThat(log.atLeast(Level.ERROR)).isEmpty();
		}
		finally {
			recorder.open();
		}
		assertThat(recorder.events()).doesNotContain("next");
	}

	@ParameterizedTest
	@EnumSource
	void withNothingInFlightThereIsNothingToWaitForOrToSay(Server server) {
		TestApplication application = start(server, "30s");
		Recorder recorder = application.bean(Recorder.class);
		application.get("/blocking");
		recorder.await("next");
		try (LogCapture log = new LogCapture()) {
			long start = System.nanoTime();
			application.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void aLimitThatAllowsNoTaskStopsTheApplication(CapturedOutput output) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(
				() -> TestApplication.start(Server.REACTOR_NETTY, App.class, "starlet.background.max-in-flight=0"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("starlet.background.max-in-flight")
			.contains("It must be at least 1");
	}

	private static TestApplication start(Server server, String timeout, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "spring.lifecycle.timeout-per-shutdown-phase=" + timeout;
		return TestApplication.start(server, App.class, all);
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

		private final Sinks.One<Void> end = Sinks.one();

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping("/blocking")
		String blocking(BackgroundTasks tasks) {
			tasks.run("first", this::work);
			addNext(tasks);
			return "answered";
		}

		@GetMapping("/reactive")
		String reactive(BackgroundTasks tasks) {
			tasks.add("first", () -> Mono.fromRunnable(this::work));
			addNext(tasks);
			return "answered";
		}

		@GetMapping("/never")
		String never(BackgroundTasks tasks) {
			tasks.add("first", () -> {
				this.recorder.record("starts");
				return this.end.asMono().doOnTerminate(() -> this.recorder.record("ends"));
			});
			addNext(tasks);
			return "answered";
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> stream(BackgroundTasks tasks) {
			blocking(tasks);
			return Flux.just("one").concatWith(this.end.asMono().cast(String.class));
		}

		private void work() {
			this.recorder.record("starts");
			this.recorder.pass();
			this.recorder.record("ends");
		}

		private void addNext(BackgroundTasks tasks) {
			tasks.run("second", () -> this.recorder.record("next"));
		}

	}

}
