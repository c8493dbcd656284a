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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Rule R30: where tasks can be added, in which order they run, and where.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class BackgroundTasksTests {

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@SuppressWarnings("NullAway.Init")
	private static Recorder recorder;

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		application = TestApplication.start(server, App.class, "spring.task.execution.thread-name-prefix=blocking-");
		recorder = application.bean(Recorder.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	BackgroundTasksTests(Server server) {
	}

	@BeforeEach
	@AfterEach
	void clear() {
		recorder.clear();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/controller", "/controller-mono", "/function", "/handled", "/exception-bean", "/filtered" })
	void tasksCanBeAddedByEndpointsExceptionHandlersAndFilters(String path) {
		assertThat(application.get(path).body()).isEqualTo("answered");
		assertThat(recorder.await(1)).containsExactly(path);
	}

	@Test
	void otherArgumentsOfAnEndpointAreWhatTheyAreWithoutTasks() {
		assertThat(application.get("/titled?title=Persuasion").body()).isEqualTo("Persuasion");
	}

	@Test
	void tasksRunInTheOrderInWhichTheyWereAddedOneAfterTheOther() {
		assertThat(application.get("/mixed").body()).isEqualTo("answered");
		assertThat(recorder.await(20)).containsExactly("start 0", "end 0", "start 1", "end 1", "start 2", "end 2",
				"start 3", "end 3", "start 4", "end 4", "start 5", "end 5", "start 6", "end 6", "start 7", "end 7",
				"start 8", "end 8", "start 9", "end 9");
	}

	/** On Reactor Netty the response may have been sent before the filter goes on. */
	@RepeatedTest(100)
	void aFiltersTasksAreAmongThoseOfTheEndpoint() {
		assertThat(application.get("/controller", "X-Filter: before-and-after").body()).isEqualTo("answered");
		assertThat(recorder.await(3)).containsExactly("before", "/controller", "after");
	}

	@Test
	void blockingWorkRunsOnTheApplicationTaskExecutor() {
		application.get("/threads");
		assertThat(recorder.await(3)).satisfiesExactly(
				(first) -> assertThat(first).startsWith("blocking-").endsWith(" may block"),
				(second) -> assertThat(second).doesNotStartWith("blocking-"),
				(third) -> assertThat(third).startsWith("blocking-").endsWith(" may block"));
	}

	@Test
	void theNextRequestOfTheConnectionIsAnsweredWhileBlockingWorkHangs() {
		assertConnectionIsFree("/hanging/blocking");
	}

	@Test
	void theNextRequestOfTheConnectionIsAnsweredWhileReactiveWorkHoldsItsThread() {
		assertConnectionIsFree("/hanging/reactive");
	}

	private static void assertConnectionIsFree(String path) {
		recorder.shut();
		try (RawHttpClient client = application.connect()) {
			assertThat(client.send("GET", path).body()).isEqualTo("answered");
			recorder.await("hangs");
			for (int request = 0; request < 20; request++) {
				assertThat(client.send("GET", "/plain").body()).isEqualTo("answered");
			}
			assertThat(recorder.events()).containsExactly("hangs");
			recorder.open();
			recorder.await("hung");
		}
	}

	@Test
	void aTaskCanAddTasks() {
		application.get("/adding");
		assertThat(recorder.await(4)).containsExactly("first", "second", "added", "added by an added one");
	}

	@Test
	void aTaskThatIsAddedOnceTheOthersHaveEndedRunsAtOnce() {
		application.get("/kept");
		recorder.await(1);
		BackgroundTasks tasks = Objects.requireNonNull(application.bean(Endpoints.class).kept.get());
		for (int i = 0; i < 100; i++) {
			String event = "late " + i;
			tasks.run(() -> recorder.record(event));
			if (i % 10 == 0) {
				recorder.await(event);
			}
		}
		assertThat(recorder.await(101))
			.containsExactly(Stream.concat(Stream.of("ran"), IntStream.range(0, 100).mapToObj("late %d"::formatted))
				.toArray(String[]::new));
	}

	@Test
	@SuppressWarnings("NullAway")
	void aTaskHasANameAndWork() {
		application.get("/kept");
		recorder.await(1);
		BackgroundTasks tasks = Objects.requireNonNull(application.bean(Endpoints.class).kept.get());
		assertThatIllegalArgumentException().isThrownBy(() -> tasks.run(" ", () -> recorder.record("nameless")))
			.withMessage("'name' must have text");
		assertThatIllegalArgumentException().isThrownBy(() -> tasks.run("name", null))
			.withMessage("'task' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> tasks.add("name", null))
			.withMessage("'task' must not be null");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		RouterFunction<ServerResponse> functions(Recorder recorder) {
			return RouterFunctions.route().GET("/function", (request) -> answer(request, recorder)).build();
		}

		private static Mono<ServerResponse> answer(ServerRequest request, Recorder recorder) {
			BackgroundTasks.of(request).run(() -> recorder.record("/function"));
			return ServerResponse.ok().bodyValue("answered");
		}

		@Bean
		@StatusHandler(418)
		HttpExceptionHandler<HttpException> teapot(Recorder recorder) {
			return (request, ex) -> {
				BackgroundTasks.of(request).run(() -> recorder.record("/exception-bean"));
				return ServerResponse.status(418).bodyValue("answered");
			};
		}

		@Bean
		WebFilter filter(Recorder recorder) {
			return (exchange, chain) -> {
				if (exchange.getRequest().getHeaders().containsHeader("X-Filter")) {
					BackgroundTasks.of(exchange).run(() -> recorder.record("before"));
					return chain.filter(exchange)
						.then(Mono
							.fromRunnable(() -> BackgroundTasks.of(exchange).run(() -> recorder.record("after"))));
				}
				if (exchange.getRequest().getPath().value().equals("/filtered")) {
					BackgroundTasks.of(exchange).run(() -> recorder.record("/filtered"));
				}
				return chain.filter(exchange);
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
			tasks.run(() -> this.recorder.record(String.valueOf(ex.getMessage())));
			return "answered";
		}

	}

	@RestController
	static class Endpoints {

		private final AtomicReference<BackgroundTasks> kept = new AtomicReference<>();

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping({ "/plain", "/filtered" })
		String plain() {
			return "answered";
		}

		@GetMapping("/titled")
		String titled(BackgroundTasks tasks, String title) {
			return title;
		}

		@GetMapping("/controller")
		String controller(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("/controller"));
			return "answered";
		}

		@GetMapping("/controller-mono")
		Mono<String> controllerMono(BackgroundTasks tasks) {
			return Mono.fromSupplier(() -> {
				tasks.add(() -> Mono.fromRunnable(() -> this.recorder.record("/controller-mono")));
				return "answered";
			}).subscribeOn(Schedulers.parallel());
		}

		@GetMapping("/handled")
		String handled() {
			throw new IllegalArgumentException("/handled");
		}

		@GetMapping("/exception-bean")
		String exceptionBean() {
			throw new HttpException(418);
		}

		@GetMapping("/mixed")
		String mixed(BackgroundTasks tasks) {
			for (int number = 0; number < 10; number++) {
				String name = String.valueOf(number);
				switch (number % 3) {
					case 0 -> tasks.run(() -> work(name));
					case 1 -> tasks.add(() -> Mono.fromRunnable(() -> this.recorder.record("start " + name))
						.then(Mono.<Void>fromRunnable(() -> this.recorder.record("end " + name))
							.subscribeOn(Schedulers.boundedElastic())));
					default -> tasks.add(() -> Mono.fromRunnable(() -> work(name)));
				}
			}
			return "answered";
		}

		private void work(String name) {
			this.recorder.record("start " + name);
			this.recorder.record("end " + name);
		}

		@GetMapping("/threads")
		String threads(BackgroundTasks tasks) {
			tasks.run(this::recordThread);
			tasks.add(() -> Mono.fromRunnable(this::recordThread));
			tasks.run(this::recordThread);
			return "answered";
		}

		private void recordThread() {
			this.recorder.record(Thread.currentThread().getName()
					+ (Schedulers.isInNonBlockingThread() ? " may not block" : " may block"));
		}

		@GetMapping("/hanging/blocking")
		String hangingBlocking(BackgroundTasks tasks) {
			tasks.run(this::hang);
			return "answered";
		}

		@GetMapping("/hanging/reactive")
		String hangingReactive(BackgroundTasks tasks) {
			tasks.add(() -> Mono.fromRunnable(this::hang));
			return "answered";
		}

		private void hang() {
			this.recorder.record("hangs");
			this.recorder.pass();
			this.recorder.record("hung");
		}

		@GetMapping("/adding")
		String adding(BackgroundTasks tasks) {
			tasks.run(() -> {
				this.recorder.record("first");
				tasks.add(() -> {
					this.recorder.record("added");
					tasks.run(() -> this.recorder.record("added by an added one"));
					return Mono.empty();
				});
			});
			tasks.run(() -> this.recorder.record("second"));
			return "answered";
		}

		@GetMapping("/kept")
		String kept(BackgroundTasks tasks) {
			this.kept.set(tasks);
			tasks.run(() -> this.recorder.record("ran"));
			return "answered";
		}

	}

}
