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

package io.starlet.filter;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code starlet.handler-timeout}: a handler that does not end has failed.
 */
@OnEachServer
@Timeout(120)
class HandlerTimeoutTests {

	private static TestApplication application;

	private LogCapture log;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.handler-timeout=300ms",
				"starlet.status-pages.enabled=true");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void startLog() {
		this.log = new LogCapture();
	}

	@AfterEach
	void stopLog() {
		this.log.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 471, 472, 473, 474 })
	void handlerThatDoesNotEndLeavesTheExceptionsOwnStatusHeadersAndDetail(int status) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/raise/" + status);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo("detail");
			assertThat(response.headers()).containsEntry("X-Exception", "yes")
				.containsEntry("X-Filter", "yes")
				.containsEntry("Content-Type", "text/plain;charset=UTF-8")
				.doesNotContainKey("X-Handler");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
		String trace = singleError();
		assertThat(trace).contains("errors", "did not end within PT0.3S", "HTTP GET \"/raise/" + status + "\"",
				"io.starlet.HttpException: %d".formatted(status));
	}

	@Test
	void theLogNamesTheBeanAndTheMethod() {
		application.get("/raise/471");
		assertThat(singleError()).contains("Exception handler, method '" + Errors.class.getName()
				+ "#never(ServerHttpResponse)' of bean 'errors', did not end within PT0.3S");
	}

	@Test
	void handlerOfAStatusWithoutABodyThatDoesNotEndLeavesTheStatus() {
		RawHttpResponse response = application.get("/bare/471");
		assertThat(response.status()).isEqualTo(471);
		assertThat(response.whole()).isTrue();
		assertThat(singleError()).contains("#never");
	}

	@Test
	void handlerOfAnErrorThatDoesNotEndLeavesAServerError() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/error/slow");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in context of a filter");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
		assertThat(singleError()).contains("#slow", "did not end within PT0.3S", "SlowException: slow");
	}

	@Test
	void serverErrorHandlerThatDoesNotEndLeavesThePlain500() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/error/server-error-never");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			assertThat(response.headers()).doesNotContainKey("X-Handler");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
		assertThat(singleError()).contains("#serverError", "did not end within PT0.3S",
				"UnsupportedOperationException: server-error-never");
	}

	@Test
	void serverErrorHandlerThatDoesNotEndForAFailedTaskIsCancelled() {
		assertThat(application.get("/task").status()).isEqualTo(200);
		assertThat(this.log.awaitOne(Level.ERROR).getFormattedMessage()).contains("Background task");
		assertThat(singleError()).contains("#serverError", "did not end within PT0.3S",
				"UnsupportedOperationException: server-error-never");
	}

	@ParameterizedTest
	@ValueSource(ints = { 475, 476 })
	void bodyThatIsOnItsWayIsNotCut(int status) {
		RawHttpResponse response = application.get("/raise/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.whole()).isTrue();
		assertThat(response.body()).contains("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
		assertThat(this.log.atLeast(Level.WARN)).isEmpty();
	}

	@Test
	void handlerThatHasSentItsResponseAndDoesNotEndIsAnErrorAfterAWholeResponse() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/raise/477");
			assertThat(response.status()).isEqualTo(477);
			assertThat(response.body()).isEqualTo("sent");
			assertThat(response.whole()).isTrue();
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
		assertThat(singleError()).contains("#sends", "did not end within PT0.3S");
	}

	@Test
	void handlerThatEndsInTimeIsNoMatter() {
		try (TestApplication patient = TestApplication.start(App.class, "starlet.handler-timeout=20s")) {
			assertThat(patient.get("/raise/478").body()).isEqualTo("late");
			assertThat(this.log.atLeast(Level.WARN)).isEmpty();
		}
	}

	/**
	 * Tomcat and Jetty see that a client has left only when something is written. Tomcat
	 * may end the connection of a request that follows, with and without Starlet, so the
	 * application is its own.
	 */
	@Test
	void handlerWhoseClientLeavesIsCancelledWithoutAWord() {
		boolean seen = Server.CURRENT == Server.REACTOR_NETTY;
		try (TestApplication left = TestApplication.start(App.class,
				"starlet.handler-timeout=" + (seen ? "1h" : "300ms"))) {
			Errors errors = left.bean(Errors.class);
			try (RawHttpClient client = left.connect()) {
				client.write("GET /raise/479 HTTP/1.1\r\nHost: localhost\r\n\r\n");
				Awaitility.await().until(() -> errors.started.get() == 1);
				client.abort();
				Awaitility.await().until(() -> errors.cancelled.get() == 1);
			}
		}
		if (seen) {
			assertThat(this.log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void noTimerIsSetForAHandlerThatEndsAtOnce() {
		AtomicInteger scheduled = new AtomicInteger();
		Schedulers.onScheduleHook(HandlerTimeoutTests.class.getName(), (task) -> {
			scheduled.incrementAndGet();
			return task;
		});
		try {
			assertThat(application.get("/raise/480").body()).isEqualTo("at once");
			assertThat(application.get("/raise/481").body()).isEqualTo("detail");
			assertThat(application.get("/error/plain").status()).isEqualTo(500);
			assertThat(scheduled).hasValue(0);
			assertThat(application.get("/raise/471").body()).isEqualTo("detail");
			assertThat(scheduled).hasPositiveValue();
		}
		finally {
			Schedulers.resetOnScheduleHook(HandlerTimeoutTests.class.getName());
		}
	}

	@Test
	void zeroIsNoLimit() {
		try (TestApplication unlimited = TestApplication.start(App.class, "starlet.handler-timeout=0")) {
			assertThat(unlimited.get("/raise/478").body()).isEqualTo("late");
			assertThat(this.log.atLeast(Level.WARN)).isEmpty();
		}
	}

	private String singleError() {
		ILoggingEvent event = this.log.awaitOne(Level.ERROR);
		assertThat(this.log.atLeast(Level.WARN)).hasSize(1);
		return event.getFormattedMessage() + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class })
	static class App implements WebFluxConfigurer {

		@Override
		public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
			configurer.setExecutor(new SimpleAsyncTaskExecutor("blocking-"));
			configurer.setControllerMethodPredicate((method) -> method.getMethod().getName().equals("blocking"));
		}

		@Bean
		Errors errors() {
			return new Errors();
		}

		@Bean
		@StatusHandler(472)
		HttpExceptionHandler<HttpException> errorsOfObjects() {
			return (request, ex) -> Mono.never();
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				exchange.getResponse().getHeaders().set("X-Filter", "yes");
				return chain.filter(exchange).contextWrite((context) -> context.put("filter", "context of a filter"));
			};
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/raise/{status}")
		Mono<String> raise(@PathVariable int status) {
			HttpHeaders headers = new HttpHeaders();
			headers.set("X-Exception", "yes");
			return Mono.error(new HttpException(status, "detail", headers));
		}

		@GetMapping("/bare/{status}")
		ResponseEntity<Void> bare(@PathVariable int status) {
			return ResponseEntity.status(status).build();
		}

		@GetMapping("/error/{message}")
		Mono<String> error(@PathVariable String message) {
			return Mono.error(
					message.equals("slow") ? new SlowException(message) : new UnsupportedOperationException(message));
		}

		@GetMapping("/task")
		String task(BackgroundTasks tasks) {
			tasks.add(() -> Mono.error(new UnsupportedOperationException("server-error-never")));
			return "ok";
		}

	}

	static class SlowException extends UnsupportedOperationException {

		SlowException(String message) {
			super(message);
		}

	}

	static class Errors {

		private final AtomicInteger started = new AtomicInteger();

		private final AtomicInteger cancelled = new AtomicInteger();

		@StatusHandler(471)
		Mono<String> never(ServerHttpResponse response) {
			response.getHeaders().set("X-Handler", "yes");
			return Mono.never();
		}

		@StatusHandler(473)
		String blocking() throws InterruptedException {
			new CountDownLatch(1).await(10, TimeUnit.SECONDS);
			return "too late";
		}

		@StatusHandler(474)
		ResponseEntity<Flux<String>> neverBegun() {
			return ResponseEntity.ok().header("X-Handler", "yes").body(Flux.never());
		}

		@StatusHandler(475)
		Mono<ServerResponse> stream() {
			return ServerResponse.status(475).contentType(MediaType.TEXT_EVENT_STREAM).body(ticks(), Long.class);
		}

		@StatusHandler(476)
		Mono<Void> bytes(ServerHttpResponse response) {
			return response.writeWith(ticks().map((tick) -> buffer(response, tick.toString())));
		}

		private static Flux<Long> ticks() {
			// The first at once, however busy the machine is
			return Flux.concat(Flux.just(0L), Flux.interval(Duration.ofMillis(100)).map((tick) -> tick + 1).take(9));
		}

		private static DataBuffer buffer(ServerHttpResponse response, String text) {
			return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
		}

		@StatusHandler(477)
		Mono<Void> sends(ServerHttpResponse response) {
			response.getHeaders().setContentLength(4);
			return response.writeWith(Mono.just(buffer(response, "sent"))).then(Mono.never());
		}

		@StatusHandler(478)
		Mono<String> late() {
			return Mono.delay(Duration.ofMillis(50)).thenReturn("late");
		}

		@StatusHandler(479)
		Mono<String> left() {
			this.started.incrementAndGet();
			return Mono.<String>never().doOnCancel(this.cancelled::incrementAndGet);
		}

		@StatusHandler(480)
		String atOnce() {
			return "at once";
		}

		@ExceptionHandlerFor
		Mono<String> slow(SlowException ex) {
			return Mono.never();
		}

		@StatusHandler(500)
		Mono<String> serverError(Throwable error, ServerWebExchange exchange) {
			if ("server-error-never".equals(error.getMessage())) {
				exchange.getResponse().getHeaders().set("X-Handler", "yes");
				return Mono.never();
			}
			return Mono.deferContextual((context) -> Mono.just("server error in " + context.get("filter")));
		}

	}

}
