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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.response.ErrorResumingMono;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import io.starlet.traceback.ApplicationPackages;
import io.starlet.traceback.Redaction;
import io.starlet.traceback.TracebackContributor;
import io.starlet.traceback.TracebackRenderer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R18, R19, R21, R22, R24 and R25: errors, over a real server.
 */
@OnEachServer
@Timeout(60)
class ServerErrorTests {

	private static TestApplication plain;

	private static TestApplication handled;

	private static TestApplication debug;

	@BeforeAll
	static void start() {
		plain = TestApplication.start(App.class);
		handled = TestApplication.start(HandledApp.class);
		debug = TestApplication.start(HandledApp.class, "starlet.debug=true");
	}

	@AfterAll
	static void stop() {
		plain.close();
		handled.close();
		debug.close();
	}

	@BeforeEach
	void reset() {
		handled.bean(Handler.class).calls.set(0);
		handled.bean(Tracker.class).seen.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/thrown", "/signalled", "/checked", "/assertion", "/stack-overflow", "/linkage",
			"/other-thread" })
	void unhandledIsAnsweredWithThePlain500(String path) {
		RawHttpResponse response = plain.get(path);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
	}

	@Test
	void unhandledIsAnsweredByTheServerErrorHandler() {
		RawHttpResponse response = handled.get("/thrown");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("oops boom");
	}

	@Test
	void exceptionThatCanNotTellItsMessageIsAnsweredAndLogged() {
		try (LogCapture log = new LogCapture()) {
			assertThat(plain.get("/speechless").body()).isEqualTo("Internal Server Error");
			assertThat(log.awaitOne(Level.ERROR).getFormattedMessage()).contains("SpeechlessException")
				.contains("can't be logged");
		}
		assertThat(debug.get("/speechless").body()).contains("SpeechlessException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/json", "text/html", "not a media type" })
	void unhandledIsAnsweredWithTheTracebackIfDebugIsOnEvenIfAHandlerIsInstalled(String accept) {
		RawHttpResponse response = debug.get("/thrown", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("Content-Type"))
			.isEqualTo((accept.equals("text/html") ? "text/html" : "text/plain") + ";charset=UTF-8");
		assertThat(response.body()).contains("IllegalStateException", "boom", "ServerErrorTests$Endpoints.thrown");
		assertThat(debug.bean(Handler.class).calls).hasValue(0);
	}

	@Test
	void clientGetsThePlain500AndTheLogBothExceptionsIfTheTracebackCanNotBeRendered() {
		try (TestApplication broken = TestApplication.start(BrokenTracebackApp.class, "starlet.debug=true");
				LogCapture log = new LogCapture()) {
			RawHttpResponse response = broken.get("/thrown", "Accept: text/html");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
			assertThat(response.body()).isEqualTo("Internal Server Error");
			assertThat(ThrowableText.of(log.awaitOne(Level.ERROR))).contains("boom").contains("renderer broke");
			assertThat(log.atLeast(Level.ERROR)).hasSize(1);
		}
	}

	@Test
	void exceptionGoesOnToTheApplicationsWebExceptionHandlersAndIsLoggedExactlyOnce() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = handled.connect()) {
			assertThat(client.send("GET", "/thrown?password=secret").status()).isEqualTo(500);
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(client.send("GET", "/ok").body()).as("the next request on the same socket").isEqualTo("ok");
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
			assertThat(event.getFormattedMessage()).matches("\\[.+\\] 500 Server Error for HTTP GET \"/thrown\"");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("boom");
			assertThat(ThrowableText.of(event)).contains("ServerErrorTests$Endpoints.thrown(ServerErrorTests.java:");
			assertThat(handled.bean(Tracker.class).seen).singleElement()
				.satisfies((seen) -> assertThat(seen).hasMessage("boom"));
		}
	}

	@Test
	void errorKeepsItsStackTraceOnItsWayThroughTheFilters() {
		handled.get("/thrown");
		assertThat(handled.bean(Tracker.class).seen).singleElement()
			.satisfies((seen) -> assertThat(seen.getStackTrace()).extracting(StackTraceElement::getClassName)
				.startsWith(Endpoints.class.getName())
				.contains(InvocableHandlerMethod.class.getName(), ErrorResumingMono.class.getName()));
	}

	@Test
	void connectionStaysUsableAfterManyErrors() {
		try (RawHttpClient client = plain.connect()) {
			for (int request = 0; request < 20; request++) {
				assertThat(client.send("GET", "/thrown").status()).isEqualTo(500);
				assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			}
		}
	}

	@Test
	void serverErrorHandlerStillRunsIfTheResponseHasStartedAndItsResponseIsDiscarded() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = handled.connect()) {
			RawHttpResponse response = client.send("GET", "/stream");
			assertThat(Server.CURRENT.hasCut(response, 200)).isTrue();
			assertThat(response.body()).startsWith(Server.CURRENT.cut("one")).doesNotContain("oops");
			log.awaitOne(Level.ERROR);
			assertThat(handled.bean(Handler.class).calls).hasValue(1);
			assertThat(log.ofCutResponse(Level.WARN)).singleElement().satisfies((event) -> {
				assertThat(event.getFormattedMessage())
					.endsWith("Error after response 200 OK had started for HTTP GET \"/stream\"");
				assertThat(event.getThrowableProxy().getMessage()).isEqualTo("mid");
			});
		}
	}

	@Test
	void serverErrorHandlerStillRunsIfTheResponseWasSentWhole() {
		try (LogCapture log = new LogCapture(); RawHttpClient client = handled.connect()) {
			RawHttpResponse response = client.send("GET", "/after");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("OK");
			assertThat(response.whole()).isTrue();
			log.awaitOne(Level.ERROR);
			assertThat(handled.bean(Handler.class).calls).hasValue(1);
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { BufferApp.class, FlushingApp.class })
	void bodyOfADiscardedResponseIsReleased(Class<?> configuration) {
		try (TestApplication application = TestApplication.start(configuration)) {
			application.get("/after");
			BufferHandler handler = application.bean(BufferHandler.class);
			Awaitility.await().untilAsserted(() -> assertThat(handler.released).hasValue(2));
		}
	}

	@Test
	void clientGetsThePlain500AndTheLogBothExceptionsIfTheServerErrorHandlerFails() {
		for (String failure : List.of("throw", "signal", "translate", "nothing")) {
			handled.bean(Handler.class).failure = failure;
			try (LogCapture log = new LogCapture()) {
				RawHttpResponse response = handled.get("/thrown");
				assertThat(response.status()).isEqualTo(500);
				ILoggingEvent event = log.awaitOne(Level.ERROR);
				assertThat(response.body()).isEqualTo("Internal Server Error");
				assertThat(ThrowableText.of(event)).contains("boom")
					.contains(failure.equals("nothing") ? "Handler#oops(Throwable)' of bean" : "handler broke");
				assertThat(log.atLeast(Level.ERROR)).hasSize(1);
			}
			finally {
				handled.bean(Handler.class).failure = "";
			}
		}
	}

	@Test
	void logHasBothExceptionsEvenIfTheFirstCanNotCarryTheSecond() {
		handled.bean(Handler.class).failure = "throw";
		try (LogCapture log = new LogCapture()) {
			assertThat(handled.get("/unsuppressable").status()).isEqualTo(500);
			Awaitility.await().until(() -> log.atLeast(Level.ERROR).size() == 2);
			assertThat(log.atLeast(Level.ERROR)).extracting((event) -> event.getThrowableProxy().getMessage())
				.containsExactlyInAnyOrder("unsuppressable", "handler broke");
		}
		finally {
			handled.bean(Handler.class).failure = "";
		}
	}

	@Test
	void whatFiltersPutIntoTheReactorContextIsVisibleToHandlersOfBothLayers() {
		assertThat(handled.get("/context-inner").body()).isEqualTo("inner tx=1");
		assertThat(handled.get("/context-outer").body()).isEqualTo("outer tx=1");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handler.class, Tracker.class })
	static class HandledApp {

		@Bean
		WebFilter transaction() {
			return (exchange, chain) -> chain.filter(exchange).contextWrite((context) -> context.put("tx", "1"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class BrokenTracebackApp {

		@Bean
		TracebackRenderer brokenRenderer(ApplicationContext context) {
			return new TracebackRenderer(context, new ApplicationPackages(List.of()), new Redaction(List.of()), null,
					new BrokenContributor());
		}

	}

	static class BrokenContributor implements TracebackContributor {

		@Override
		public List<String> handlers(ServerWebExchange exchange, Throwable error) {
			throw new IllegalStateException("renderer broke");
		}

		@Override
		public List<String> hints(ServerWebExchange exchange, Throwable error) {
			return List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, BufferHandler.class })
	static class BufferApp {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, FlushingHandler.class })
	static class FlushingApp {

	}

	static class BufferHandler {

		final AtomicInteger released = new AtomicInteger();

		@StatusHandler(500)
		Mono<ServerResponse> handle(Throwable error) {
			return ServerResponse.status(500).contentType(MediaType.TEXT_PLAIN).body(body(), DataBuffer.class);
		}

		Flux<DataBuffer> body() {
			DefaultDataBufferFactory factory = DefaultDataBufferFactory.sharedInstance;
			return Flux.just("one", "two")
				.map((text) -> factory.wrap(text.getBytes(StandardCharsets.UTF_8)))
				.cast(DataBuffer.class)
				.map((buffer) -> new CountedBuffer(buffer, this.released));
		}

	}

	static class FlushingHandler extends BufferHandler {

		@Override
		Mono<ServerResponse> handle(Throwable error) {
			return ServerResponse.status(500)
				.build((exchange, context) -> exchange.getResponse().writeAndFlushWith(body().map(Mono::just)));
		}

	}

	static class Handler {

		final AtomicInteger calls = new AtomicInteger();

		volatile String failure = "";

		@StatusHandler(500)
		Mono<String> oops(Throwable error) {
			this.calls.incrementAndGet();
			if (error instanceof ContextException) {
				return Mono.deferContextual((context) -> Mono.just("outer tx=" + context.getOrDefault("tx", "none")));
			}
			return switch (this.failure) {
				case "throw" -> throw new IllegalArgumentException("handler broke");
				case "signal" -> Mono.error(new IllegalArgumentException("handler broke"));
				case "translate" -> Mono.error(new HttpException(400, "handler broke"));
				case "nothing" -> Mono.empty();
				default -> Mono.just("oops " + error.getMessage());
			};
		}

		@StatusHandler(418)
		Mono<String> teapot() {
			return Mono.deferContextual((context) -> Mono.just("inner tx=" + context.getOrDefault("tx", "none")));
		}

	}

	@Order(-5)
	static class Tracker implements WebExceptionHandler {

		final List<Throwable> seen = new CopyOnWriteArrayList<>();

		@Override
		public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
			this.seen.add(error);
			return Mono.error(error);
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/thrown")
		String thrown() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/signalled")
		Mono<String> signalled() {
			return Mono.error(new IllegalStateException("boom"));
		}

		@GetMapping("/checked")
		String checked() throws Exception {
			throw new Exception("boom");
		}

		@GetMapping("/assertion")
		String assertion() {
			throw new AssertionError("boom");
		}

		@GetMapping("/stack-overflow")
		String stackOverflow() {
			throw new StackOverflowError();
		}

		@GetMapping("/linkage")
		String linkage() {
			throw new NoClassDefFoundError("boom");
		}

		@GetMapping("/other-thread")
		Mono<String> otherThread() {
			return Mono.<String>error(new IllegalStateException("boom")).delaySubscription(Duration.ofMillis(1));
		}

		@GetMapping("/speechless")
		String speechless() {
			throw new SpeechlessException();
		}

		@GetMapping("/unsuppressable")
		String unsuppressable() {
			throw new UnsuppressableException();
		}

		@GetMapping("/context-inner")
		String contextInner() {
			throw new HttpException(418);
		}

		@GetMapping("/context-outer")
		String contextOuter() {
			throw new ContextException();
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.just("one", "two").concatWith(Mono.error(new IllegalStateException("mid")));
		}

		@GetMapping("/after")
		Mono<Void> after(ServerHttpResponse response) {
			return response.writeWith(Mono.just(response.bufferFactory().wrap("OK".getBytes(StandardCharsets.UTF_8))))
				.then(Mono.error(new IllegalStateException("after")));
		}

	}

	static class SpeechlessException extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("No message");
		}

	}

	static class ContextException extends RuntimeException {

	}

	static class UnsuppressableException extends RuntimeException {

		UnsuppressableException() {
			super("unsuppressable", null, false, true);
		}

	}

}
