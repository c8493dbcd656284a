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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.netty.buffer.PooledByteBufAllocator;
import io.starlet.BackgroundTasks;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpClient;
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
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R31: a task that fails, in whatever way, ends those after it, is reported to the
 * server-error handler and logged once, and the client does not notice.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class BackgroundTaskFailureTests {

	private static final Queue<Object> dropped = new ConcurrentLinkedQueue<>();

	private static final Queue<Observation.Context> observations = new ConcurrentLinkedQueue<>();

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	@SuppressWarnings("NullAway.Init")
	private static Server server;

	@SuppressWarnings("NullAway.Init")
	private static Recorder recorder;

	private final LogCapture log = new LogCapture();

	@BeforeParameterizedClassInvocation
	static void start(Server started) {
		Hooks.onErrorDropped(dropped::add);
		server = started;
		application = TestApplication.start(server, App.class);
		recorder = application.bean(Recorder.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
		Hooks.resetOnErrorDropped();
	}

	BackgroundTaskFailureTests(Server server) {
	}

	@BeforeEach
	void clear() {
		recorder.clear();
		dropped.clear();
		observations.clear();
	}

	@AfterEach
	void nothingIsDropped() {
		this.log.close();
		recorder.open();
		assertThat(dropped).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "supplier-throws, IllegalStateException", "supplier-null, IllegalStateException",
			"signalled, IllegalStateException", "signalled-later, IllegalStateException",
			"run-throws, IllegalStateException", "run-assertion, AssertionError", "supplier-assertion, AssertionError",
			"signalled-assertion, AssertionError", "run-overflow, StackOverflowError",
			"supplier-overflow, StackOverflowError", "signalled-overflow, StackOverflowError",
			"raised-overflow, StackOverflowError", "run-linkage, NoClassDefFoundError",
			"supplier-linkage, NoClassDefFoundError", "signalled-linkage, NoClassDefFoundError",
			"run-cancellation, CancellationException", "signalled-cancellation, CancellationException" })
	void aTaskThatFailsEndsThoseAfterItAndIsReportedOnce(String failure, String type) {
		String prefix;
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/fail/" + failure);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("answered");
			prefix = String.valueOf(response.header("X-Log-Prefix"));
			assertThat(client.send("GET", "/plain").body()).isEqualTo("answered");
		}
		ILoggingEvent event = awaitSingleError(this.log);
		assertThat(event.getFormattedMessage())
			.isEqualTo(prefix + " Background task '" + failure + "' failed, 2 after it dropped");
		assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).contains(type).contains("\n\tat ");
		assertThat(recorder.events()).containsExactly("before", "handler: " + type);
	}

	@ParameterizedTest
	@CsvSource({ "run-throws, IllegalStateException", "signalled, IllegalStateException",
			"run-overflow, StackOverflowError", "signalled-linkage, NoClassDefFoundError" })
	void thoseAfterItRunWithOnErrorContinue(String failure, String type) {
		try (TestApplication other = TestApplication.start(server, App.class, "starlet.background.on-error=continue");
				LogCapture otherLog = new LogCapture()) {
			Recorder others = other.bean(Recorder.class);
			assertThat(other.get("/fail/" + failure).body()).isEqualTo("answered");
			assertThat(others.await(4)).containsExactly("before", "handler: " + type, "after 1", "after 2");
			assertThat(otherLog.awaitOne(Level.ERROR).getFormattedMessage())
				.endsWith("Background task '" + failure + "' failed");
		}
	}

	@Test
	void theServerErrorHandlersResponseIsDiscardedAndItsBodyReleased() {
		assertThat(application.get("/fail/run-throws", "X-Handler: body").body()).isEqualTo("answered");
		ILoggingEvent event = awaitSingleError(this.log);
		List<NettyDataBuffer> buffers = application.bean(Errors.class).buffers;
		assertThat(buffers).as(() -> ThrowableProxyUtil.asString(event.getThrowableProxy()))
			.hasSize(3)
			.noneMatch(NettyDataBuffer::isAllocated);
		buffers.clear();
	}

	@Test
	void whatTheServerErrorHandlerOfATaskAddsIsDroppedWithItsResponse() {
		assertThat(application.get("/fail/run-throws", "X-Handler: add").body()).isEqualTo("answered");
		assertThat(awaitSingleError(this.log).getFormattedMessage())
			.endsWith("' failed, 2 after it dropped, 1 added meanwhile dropped");
		assertThat(application.get("/barrier").body()).isEqualTo("answered");
		recorder.await("barrier");
		assertThat(recorder.events()).doesNotContain("added by the handler");
	}

	@ParameterizedTest
	@CsvSource({ "throw", "signal", "overflow" })
	void aServerErrorHandlerThatFailsIsInTheSameLogEvent(String deed) {
		assertThat(application.get("/fail/run-throws", "X-Handler: " + deed).body()).isEqualTo("answered");
		ILoggingEvent event = awaitSingleError(this.log);
		assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).contains("The task has failed")
			.contains("The handler has failed");
	}

	/** Tomcat and Jetty use their requests again. */
	@Test
	void theServerErrorHandlerSeesTheRequestAsItWasWhileOthersUseItsConnection() {
		recorder.shut();
		try (RawHttpClient client = application.connect(); RawHttpClient other = application.connect()) {
			assertThat(client
				.send("DELETE", "/finished?q=right", "X-Value: right", "Cookie: value=right", "X-Handler: request")
				.body()).isEqualTo("answered");
			recorder.await("waits");
			for (int number = 0; number < 50; number++) {
				String path = "/plain?q=wrong" + number;
				client.send("GET", path, "X-Value: wrong" + number, "Cookie: value=wrong" + number);
				other.send("PATCH", path, "X-Value: wrong" + number, "Cookie: value=wrong" + number);
			}
			recorder.open();
			assertThat(recorder.await(2)).containsExactly("waits", "DELETE /finished right right right same addresses");
		}
		awaitSingleError(this.log);
	}

	@Test
	void theServerErrorHandlerOfATaskFindsNoBodyAndNoConditionsOfTheRequest() {
		recorder.open();
		assertThat(application
			.send("GET", "/finished", "X-Handler: body of request", "If-None-Match: \"1\"",
					"If-Modified-Since: Tue, 29 Nov 2044 20:00:00 GMT")
			.body()).isEqualTo("answered");
		assertThat(recorder.await(2)).containsExactly("waits", "0 buffers, {}, {}, false, false, false, false");
		awaitSingleError(this.log);
	}

	@Test
	void aTaskWithoutANameIsNamedByItsRequestAndItsNumber() {
		assertThat(application.get("/unnamed/7").body()).isEqualTo("answered");
		assertThat(awaitSingleError(this.log).getFormattedMessage())
			.endsWith("Background task 'GET /unnamed/{number} #2' failed");
	}

	@Test
	void tasksAreObservedWithTheirOutcomeBelowTheRequest() {
		application.get("/fail/run-throws");
		awaitSingleError(this.log);
		Awaitility.await().until(() -> observations.size() == 2);
		assertThat(observations).extracting((context) -> value(context, "outcome")).containsExactly("SUCCESS", "ERROR");
		assertThat(observations).extracting((context) -> String.valueOf(context.getError()))
			.containsExactly("null", "java.lang.IllegalStateException: The task has failed");
		assertThat(observations).as("a span would take a key named error for one more error")
			.allSatisfy((context) -> assertThat(context.getLowCardinalityKeyValue("error")).isNull());
		assertThat(observations).extracting(Observation.Context::getContextualName).containsOnly("background task");
		assertThat(observations).extracting(BackgroundTaskFailureTests::task).containsExactly("before", "run-throws");
		assertThat(observations).allSatisfy((context) -> assertThat(context.getParentObservation()).isNotNull()
			.satisfies((parent) -> assertThat(parent.getContextView().getName()).isEqualTo("http.server.requests")));
	}

	private static String task(Observation.Context context) {
		return Objects.requireNonNull(context.getHighCardinalityKeyValue("task")).getValue();
	}

	private static List<@Nullable Object> addresses(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		return Arrays.asList(request.getLocalAddress(), request.getRemoteAddress(), request.getSslInfo());
	}

	private static String value(Observation.Context context, String key) {
		return Objects.requireNonNull(context.getLowCardinalityKeyValue(key)).getValue();
	}

	/** The failing task ends only after it was logged, so that what follows is later. */
	private static ILoggingEvent awaitSingleError(LogCapture log) {
		ILoggingEvent event = log.awaitOne(Level.ERROR);
		application.get("/barrier");
		recorder.await("barrier");
		recorder.forget("barrier");
		assertThat(log.atLeast(Level.ERROR)).hasSize(1);
		return event;
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Errors.class })
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		ObservationHandler<Observation.Context> observationHandler() {
			return new ObservationHandler<>() {

				@Override
				public boolean supportsContext(Observation.Context context) {
					return "starlet.background.task".equals(context.getName());
				}

				@Override
				public void onStop(Observation.Context context) {
					if (!task(context).equals("barrier")) {
						observations.add(context);
					}
				}

			};
		}

	}

	static class Errors {

		private final List<NettyDataBuffer> buffers = new CopyOnWriteArrayList<>();

		private final NettyDataBufferFactory factory = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);

		private final Recorder recorder;

		Errors(Recorder recorder) {
			this.recorder = recorder;
		}

		@StatusHandler(500)
		Mono<ServerResponse> handle(ServerRequest request, Throwable error) {
			String deed = String.valueOf(request.headers().firstHeader("X-Handler"));
			switch (deed) {
				case "throw" -> throw new IllegalArgumentException("The handler has failed");
				case "signal" -> {
					return Mono.error(new IllegalArgumentException("The handler has failed"));
				}
				case "overflow" -> throw new StackOverflowError("The handler has failed");
				case "add" -> BackgroundTasks.of(request).run("more", () -> {
					this.recorder.record("added by the handler");
					throw new IllegalStateException("The added task has failed");
				});
				case "body" -> {
					return ServerResponse.status(500)
						.body(BodyInserters.fromDataBuffers(Flux.range(0, 3).<DataBuffer>map((number) -> {
							NettyDataBuffer buffer = this.factory.allocateBuffer(100);
							buffer.write(new byte[100]);
							this.buffers.add(buffer);
							return buffer;
						})));
				}
				case "request" -> this.recorder.record("%s %s %s %s %s %s".formatted(request.method(), request.path(),
						request.queryParam("q").orElse("none"), request.headers().firstHeader("X-Value"),
						String.valueOf(request.exchange().getRequest().getCookies().getFirst("value"))
							.replace("value=", ""),
						addresses(request.exchange()).equals(request.exchange().getAttribute("addresses"))
								? "same addresses" : "other addresses"));
				case "body of request" -> {
					ServerWebExchange exchange = request.exchange();
					return Mono
						.zip(exchange.getRequest().getBody().count(), exchange.getFormData(),
								exchange.getMultipartData())
						.doOnNext((body) -> this.recorder.record(
								"%d buffers, %s, %s, %s, %s, %s, %s".formatted(body.getT1(), body.getT2(), body.getT3(),
										exchange.checkNotModified("\"1\""), exchange.checkNotModified(Instant.EPOCH),
										exchange.checkNotModified("\"1\"", Instant.EPOCH), exchange.isNotModified())))
						.then(ServerResponse.status(500).build());
				}
				default -> this.recorder.record("handler: " + error.getClass().getSimpleName());
			}
			return ServerResponse.status(500).bodyValue("server error");
		}

	}

	@RestController
	static class Endpoints {

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@RequestMapping("/plain")
		String plain() {
			return "answered";
		}

		@GetMapping("/barrier")
		String barrier(BackgroundTasks tasks) {
			tasks.run("barrier", () -> this.recorder.record("barrier"));
			return "answered";
		}

		@GetMapping("/unnamed/{number}")
		String unnamed(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("first"));
			tasks.add(() -> Mono.error(new IllegalStateException("The task has failed")));
			return "answered";
		}

		@RequestMapping("/finished")
		String finished(BackgroundTasks tasks, ServerWebExchange exchange) {
			exchange.getAttributes().put("addresses", addresses(exchange));
			tasks.run("finished", () -> {
				this.recorder.record("waits");
				this.recorder.pass();
				throw new IllegalStateException("The task has failed");
			});
			return "answered";
		}

		@GetMapping("/fail/{failure}")
		String fail(@PathVariable String failure, BackgroundTasks tasks, ServerWebExchange exchange) {
			exchange.getResponse().getHeaders().set("X-Log-Prefix", exchange.getLogPrefix().trim());
			tasks.run("before", () -> this.recorder.record("before"));
			switch (failure) {
				case "supplier-throws" ->
					tasks.add(failure, throwing(new IllegalStateException("The task has failed")));
				case "supplier-null" -> tasks.add(failure, Endpoints::nothing);
				case "supplier-assertion" -> tasks.add(failure, throwing(new AssertionError()));
				case "supplier-overflow" -> tasks.add(failure, throwing(new StackOverflowError()));
				case "supplier-linkage" -> tasks.add(failure, throwing(new NoClassDefFoundError()));
				case "signalled" ->
					tasks.add(failure, () -> Mono.error(new IllegalStateException("The task has failed")));
				case "signalled-later" -> tasks.add(failure, () -> Mono.delay(Duration.ofMillis(1))
					.then(Mono.error(new IllegalStateException("The task has failed"))));
				case "signalled-assertion" -> tasks.add(failure, () -> Mono.error(new AssertionError()));
				case "signalled-overflow" -> tasks.add(failure, () -> Mono.error(new StackOverflowError()));
				case "signalled-linkage" -> tasks.add(failure, () -> Mono.error(new NoClassDefFoundError()));
				case "signalled-cancellation" -> tasks.add(failure, () -> Mono.error(new CancellationException()));
				case "raised-overflow" -> tasks.add(failure, () -> Mono.fromRunnable(() -> {
					throw new StackOverflowError();
				}));
				case "run-throws" -> tasks.run(failure, () -> {
					throw new IllegalStateException("The task has failed");
				});
				case "run-assertion" -> tasks.run(failure, () -> {
					throw new AssertionError();
				});
				case "run-overflow" -> tasks.run(failure, () -> {
					throw new StackOverflowError();
				});
				case "run-linkage" -> tasks.run(failure, () -> {
					throw new NoClassDefFoundError();
				});
				case "run-cancellation" -> tasks.run(failure, () -> {
					throw new CancellationException();
				});
				default -> throw new IllegalArgumentException(failure);
			}
			tasks.run(() -> this.recorder.record("after 1"));
			tasks.add(() -> Mono.fromRunnable(() -> this.recorder.record("after 2")));
			return "answered";
		}

		private static Supplier<Mono<Void>> throwing(Throwable failure) {
			return () -> {
				if (failure instanceof Error error) {
					throw error;
				}
				throw (RuntimeException) failure;
			};
		}

		@SuppressWarnings("NullAway")
		private static Mono<Void> nothing() {
			return null;
		}

	}

}
