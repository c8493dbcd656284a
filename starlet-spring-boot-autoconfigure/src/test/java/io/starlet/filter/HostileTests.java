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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R14 to R24 and R40 under attack, over a real server: whatever a handler, a
 * filter, an exception or a client does, a request is answered exactly once, an error
 * never with a 200, the error is in the log exactly once, nothing is leaked or dropped,
 * and the server goes on.
 */
@OnEachServer
@Timeout(120)
class HostileTests {

	private static final Queue<Object> dropped = new ConcurrentLinkedQueue<>();

	private static final Set<String> inFlight = ConcurrentHashMap.newKeySet();

	private static TestApplication application;

	private LogCapture log;

	@BeforeAll
	static void start() {
		Hooks.onErrorDropped(dropped::add);
		Hooks.onNextDropped(dropped::add);
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		Hooks.resetOnErrorDropped();
		Hooks.resetOnNextDropped();
	}

	@BeforeEach
	void startLog() {
		dropped.clear();
		this.log = new LogCapture();
	}

	@AfterEach
	void nothingIsDroppedAndTheServerGoesOn() {
		awaitEnd();
		this.log.close();
		assertThat(application.get("/ok").body()).isEqualTo("ok");
		if (Server.CURRENT != Server.REACTOR_NETTY) {
			// Uploads of which no one reads the rest, in buffers that need no release
			dropped.removeIf(DefaultDataBuffer.class::isInstance);
		}
		assertThat(dropped).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "throw, IllegalStateException", "signal, IllegalStateException", "checked, IOException",
			"assertion-error, AssertionError", "stack-overflow, StackOverflowError",
			"no-class-def, NoClassDefFoundError", "null, IllegalStateException", "empty, IllegalStateException",
			"before-commit, IllegalStateException", "unwritable, EncodingException",
			"huge-header, IllegalArgumentException" })
	void handlerThatFailsIsAServerErrorWithTheOriginalOneInTheLog(String deed, String failure) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/handler/" + deed);
			assertThat(response.status()).isEqualTo(500);
			if (isTaken(deed)) {
				return;
			}
			if (!isAnsweredByServer(deed)) {
				assertThat(response.body()).startsWith("server error in /handler/" + deed);
				assertThat(response.whole()).isTrue();
				assertUsable(client);
			}
		}
		ILoggingEvent event = singleError();
		assertThat(types(event)).contains(failure, "MisdeedException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throw", "signal", "checked", "assertion-error", "stack-overflow", "no-class-def",
			"before-commit", "unwritable", "huge-header" })
	void serverErrorHandlerThatFailsLeavesThePlain500WithBothExceptionsInTheLog(String deed) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/server-error-handler/" + deed);
			assertThat(response.status()).isEqualTo(500);
			if (isTaken(deed)) {
				return;
			}
			assertThat(response.headers()).doesNotContainKey("X-Handler");
			if (!isAnsweredByServer(deed)) {
				assertThat(response.body()).isEqualTo("Internal Server Error");
				assertUsable(client);
			}
		}
		ILoggingEvent event = singleError();
		assertThat(event.getThrowableProxy().getClassName()).endsWith("ServerMisdeedException");
		assertThat(types(event)).hasSizeGreaterThan(1);
	}

	/** Tomcat and Jetty send a blank for a line break in a header. */
	private static boolean isTaken(String deed) {
		return Server.CURRENT != Server.REACTOR_NETTY && deed.equals("huge-header");
	}

	/**
	 * On Tomcat and Jetty Spring begins to write once, also if what comes before fails.
	 */
	private static boolean isAnsweredByServer(String deed) {
		return Server.CURRENT != Server.REACTOR_NETTY && deed.equals("before-commit");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/handler/", "/server-error-handler/" })
	void handlerThatWritesTwiceIsAnsweredOnce(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path + "twice");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.body()).isEqualTo("first");
			assertUsable(client);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/handler/", "/server-error-handler/" })
	void handlerThatWritesAndReturnsABodyIsAnsweredOnce(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path + "write-and-return");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.body()).isEqualTo("first");
			assertUsable(client);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/handler/half", "/handler/half-of-length", "/server-error-handler/half",
			"/server-error-handler/half-of-length" })
	void handlerThatWritesHalfAndFailsIsSeenToBeCut(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path);
			assertThat(Server.CURRENT.hasCut(response, 503)).isTrue();
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(types(singleError())).contains("IllegalStateException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/handler/", "/server-error-handler/" })
	void handlerThatCommitsAndFailsIsAnsweredWhole(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path + "commit");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.body()).isEmpty();
			assertThat(response.whole()).isTrue();
			assertUsable(client);
		}
		assertThat(types(singleError())).contains("IllegalStateException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "message", "to-string", "everything", "cause", "wrapped", "no-suppression", "status",
			"null-status", "headers", "body", "null-body", "detail", "null-detail", "not-http-status", "http-status",
			"http-null-status", "http-headers", "http-null-headers", "http-linkage-error" })
	void exceptionThatIsHostileItselfIsA500(String kind) {
		for (String path : List.of("/exception/", "/exception-thrown/", "/exception-filtered/")) {
			try (LogCapture own = new LogCapture(); RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path + kind);
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.body()).isEqualTo("server error in " + path + kind);
				assertUsable(client);
				own.awaitOne(Level.ERROR);
				awaitEnd();
				assertThat(own.atLeast(Level.WARN)).hasSize(1);
			}
		}
	}

	/** A controller's exception with such a cause overflows Spring's own stack. */
	@ParameterizedTest
	@ValueSource(strings = { "/function/cycle", "/function/long-cycle" })
	void exceptionThatIsItsOwnCauseIsA500(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in " + path);
			assertUsable(client);
		}
		singleError();
	}

	/** Where Spring looks for a method of the controller's own. */
	@Test
	void httpExceptionOfAControllerThatIsItsOwnCauseIsA500() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/controller/cycle");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in /controller/cycle");
			assertUsable(client);
		}
		assertThat(types(singleError())).contains("StackOverflowError");
	}

	@Test
	void exceptionThatComparesNullWithItselfIsHandled() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/exception/equals");
			assertThat(response.status()).isEqualTo(409);
			assertThat(response.body()).isEqualTo("incomparable");
			assertUsable(client);
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.WARN)).isEmpty();
	}

	@Test
	void oneHttpExceptionThatIsRaisedAThousandTimesIsAnsweredEachTimeAndDoesNotGrow() throws Exception {
		List<RawHttpResponse> responses = sendAll(20, 50, (number) -> "/shared");
		assertThat(responses).hasSize(1000).allSatisfy((response) -> {
			assertThat(response.status()).isEqualTo(409);
			assertThat(response.body()).isEqualTo("shared");
		});
		assertThat(application.bean(Endpoints.class).sharedException.getSuppressed()).hasSizeLessThan(10);
		awaitEnd();
		assertThat(this.log.atLeast(Level.WARN)).isEmpty();
	}

	@Test
	void oneHttpExceptionThatAHandlerRaisesAThousandTimesDoesNotCollectWhatItTranslates() throws Exception {
		List<RawHttpResponse> responses = sendAll(20, 50, (number) -> "/translated/shared");
		assertThat(responses).hasSize(1000).allSatisfy((response) -> {
			assertThat(response.status()).isEqualTo(410);
			assertThat(response.body()).isEqualTo("shared translation");
		});
		assertThat(application.bean(Handlers.class).sharedException.getSuppressed()).hasSizeBetween(1, 100);
	}

	@Test
	void oneErrorThatIsRaisedAThousandTimesIsAnsweredAndLoggedEachTime() throws Exception {
		List<RawHttpResponse> responses = sendAll(20, 50, (number) -> "/shared-error");
		assertThat(responses).hasSize(1000).allSatisfy((response) -> {
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in /shared-error");
		});
		awaitEnd();
		assertThat(this.log.atLeast(Level.WARN)).hasSize(1000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "value", "value-lf", "value-nul", "value-blank", "value-tab", "value-low-bytes", "name",
			"empty-name", "name-space" })
	void headerThatWouldSplitTheResponseIsNotSent(String kind) {
		for (String path : List.of("/header/", "/header-handled/", "/header-filtered/")) {
			try (RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path + kind);
				assertThat(response.status()).as(path).isEqualTo(409);
				assertThat(response.headers()).doesNotContainKey("Injected");
				assertThat(response.headers().getOrDefault("X-Bad", "a??Injected: yes"))
					.matches("a[? ]{2}Injected: yes");
				assertThat(response.header("X-Good")).isEqualTo("kept");
				assertThat(response.whole()).isTrue();
				assertUsable(client);
			}
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.ERROR)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "endpoint-value", "endpoint-name", "handler-value" })
	void headerOfTheApplicationsOwnThatWouldSplitTheResponseIsAnswered500(String kind) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/split/" + kind);
			assertThat(response.headers()).doesNotContainKeys("Injected");
			assertThat(response.whole()).isTrue();
			if (Server.CURRENT != Server.REACTOR_NETTY) {
				// They send a blank for a line break
				assertThat(response.status()).isEqualTo(kind.equals("handler-value") ? 500 : 200);
				return;
			}
			assertThat(response.status()).isEqualTo(500);
		}
		assertThat(types(singleError())).contains("IllegalArgumentException");
	}

	@ParameterizedTest
	@CsvSource({ "Content-Length, 5", "Content-Length, 500000", "Content-Length, rubbish", "Transfer-Encoding, chunked",
			"Transfer-Encoding, gzip" })
	void headerOfAnHttpExceptionCantBreakTheFraming(String name, String value) {
		for (String path : List.of("/framing/", "/framing-handled/")) {
			try (RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path + name + "/" + value);
				assertThat(response.status()).isEqualTo(path.contains("handled") ? 410 : 409);
				assertThat(response.body()).isEqualTo("framed, of 17 char");
				assertThat(response.whole()).isTrue();
				assertUsable(client);
			}
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.ERROR)).isEmpty();
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrderAndWhole() {
		StringBuilder requests = new StringBuilder();
		List<String> paths = new ArrayList<>();
		for (int number = 0; number < 60; number++) {
			paths.add(path(number));
			requests.append("GET ").append(path(number)).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
		}
		try (RawHttpClient client = application.connect()) {
			client.write(requests.toString());
			for (int number = 0; number < paths.size(); number++) {
				RawHttpResponse response = client.read("GET");
				assertAnswer(number, response);
				if (Server.CURRENT.endsConnectionAfter(response.status())) {
					break;
				}
			}
			assertUsable(client);
		}
	}

	@Test
	void pipelinedUploadsThatFailAreAnsweredInOrder() {
		String body = "x".repeat(100_000);
		try (RawHttpClient client = application.connect()) {
			for (int number = 0; number < 5; number++) {
				client.write(
						"POST /half-read/" + number + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
								+ body + "GET /teapot/" + number + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
				RawHttpResponse upload = client.read("POST");
				assertThat(upload.status()).isEqualTo(500);
				assertThat(upload.body()).isEqualTo("server error in /half-read/" + number);
				boolean ended = "close".equals(upload.header("Connection"));
				// On Jetty it depends on how much has arrived
				if (Server.CURRENT != Server.JETTY) {
					assertThat(ended).isEqualTo(Server.CURRENT.endsConnectionAfter(500));
				}
				if (!ended) {
					assertThat(client.read("GET").body()).isEqualTo("teapot " + number);
				}
			}
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.ERROR)).hasSize(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/half-read/1", "/unread/1", "/unread-handled/1" })
	void bodyThatIsNotReadToItsEndDoesNotSpoilTheConnection(String path) {
		// Jetty does not wait for what has not arrived yet, and ends the connection
		String body = "x".repeat((Server.CURRENT == Server.JETTY) ? 1_000 : 300_000);
		try (RawHttpClient client = application.connect()) {
			for (int round = 0; round < 3; round++) {
				RawHttpResponse response = client.post(path, "application/octet-stream", body);
				assertThat(response.status()).isEqualTo(path.contains("handled") ? 409 : 500);
				assertThat(response.whole()).isTrue();
				assertUsable(client);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "rubbish\r\n\r\n", "GET\r\n\r\n", "\u0000\u0001\u0002\r\n\r\n",
			"GET /ok HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
			"GET /ok HTTP/1.1\r\nHost: localhost\r\n: nameless\r\n\r\n" })
	void rubbishInsteadOfARequestIsNoErrorOfTheApplications(String rubbish) {
		try (RawHttpClient client = application.connect()) {
			client.write(rubbish);
			RawHttpResponse response = client.read("GET");
			assertThat(response.status()).isBetween(400, 505);
			assertThat(response.status()).isNotEqualTo(500);
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.ERROR)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/teapot/%zz", "/teapot/%", "/teapot/1?q=%zz", "/teapot/1?%00", "/teapot/<script>",
			"/teapot/a|b", "/teapot/%00", "/teapot/..%2f..%2fetc", "/teapot/{1}", "//teapot/1", "/;x=y" })
	void strangePathIsNever500AndNeverUnescaped(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isIn(400, 404, 418);
		assertThat(response.whole()).isTrue();
		if (!Server.CURRENT.hasRefused(response)) {
			assertThat(response.header("Content-Type")).isIn(null, "text/plain;charset=UTF-8");
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.ERROR)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Accept: text/event-stream", "Accept: image/png", "Accept-Charset: nope",
			"Accept-Encoding: zip, , ;q=9", "Accept-Language: ***", "Content-Type: ///",
			"Content-Type: text/plain;charset=nope", "Cookie: =;;;=", "Range: bytes=9-1", "If-Modified-Since: tomorrow",
			"If-None-Match: \"", "Origin: :::", "Forwarded: for=\"", "X-Forwarded-Port: x", "Expect: 100-continue",
			"Upgrade: websocket", "Connection: close, upgrade" })
	void strangeHeaderDoesNotChangeTheStatusOfAnError(String header) {
		for (String path : List.of("/teapot/1", "/translated/1", "/error/1")) {
			RawHttpResponse response = application.get(path, header);
			if (Server.CURRENT.hasRefused(response)) {
				continue;
			}
			assertThat(response.status()).as(path)
				.isEqualTo(path.startsWith("/teapot") ? 418 : (path.startsWith("/error") ? 500 : 410));
			assertThat(response.whole()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "rubbish", "*/*;q=x", ",,,", "text/html;q=2", "/" })
	void malformedAcceptDoesNotChangeTheStatusOfAnError(String accept) {
		assertThat(application.get("/nope", "Accept: " + accept).status()).isEqualTo(404);
		RawHttpResponse response = application.get("/function/assertion", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("server error in /function/assertion");
	}

	@Test
	void aThousandErrorsAtOnceAreEachAnsweredOnce() throws Exception {
		List<RawHttpResponse> responses = sendAll(200, 5, HostileTests::path);
		assertThat(responses).hasSize(1000);
		for (int number = 0; number < responses.size(); number++) {
			assertAnswer(number, responses.get(number));
		}
		awaitEnd();
		// Three of the eight kinds are errors
		assertThat(this.log.atLeast(Level.ERROR)).hasSize(375);
	}

	@ParameterizedTest
	@CsvSource({ "swallow, 503, swallowed", "rerun, 200, ok", "fallback, 504, timed out",
			"retry-once, 200, second attempt" })
	void filterThatRecoversFromAnErrorAnswersInItsPlace(String deed, int status, String body) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/filtered/" + deed, "X-Deed: " + deed);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo(body);
			assertUsable(client);
		}
		awaitEnd();
		assertThat(this.log.atLeast(Level.WARN)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "retry, IllegalStateException", "timeout, TimeoutException", "nothing, NullPointerException",
			"throw, IllegalStateException", "assertion-error, AssertionError", "replace, IllegalArgumentException" })
	void filterThatFailsIsAnswered500Once(String deed, String type) {
		AtomicInteger calls = application.bean(Errors.class).calls;
		calls.set(0);
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/filtered/" + deed, "X-Deed: " + deed);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in /filtered/" + deed);
			assertThat(response.headers()).as("what the endpoint had set").doesNotContainKey("X-Endpoint");
			assertUsable(client);
		}
		assertThat(types(singleError())).contains(type);
		assertThat(calls).hasValue(1);
	}

	@ParameterizedTest
	@CsvSource({ "after, /ok, 200, ok", "after-http, /ok, 200, ok", "after, /teapot/1, 418, teapot 1",
			"after-http, /teapot/1, 418, teapot 1", "twice, /teapot/1, 418, teapot 1" })
	void filterThatFailsAfterTheWholeResponseIsLoggedOnceAndTheClientHasItsAnswer(String deed, String path, int status,
			String body) {
		AtomicInteger calls = application.bean(Errors.class).calls;
		calls.set(0);
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path, "X-Deed: " + deed);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo(body);
			assertThat(response.whole()).isTrue();
			assertUsable(client);
		}
		assertThat(types(singleError())).containsAnyOf("IllegalStateException", "HttpException");
		assertThat(calls).hasValue(1);
	}

	@Test
	void filterThatTimesOutInTheMiddleOfAStreamCutsIt() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/endless", "X-Deed: timeout");
			assertThat(Server.CURRENT.hasCut(response, 200)).isTrue();
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(types(singleError())).contains("TimeoutException");
	}

	@ParameterizedTest
	@CsvSource({ "/events/before-http, 409, early", "/events/before-error, 500, server error in /events/before-error",
			"/events/before-handled, 410, translated before" })
	void errorBeforeTheFirstEventHasItsStatusAndBody(String path, int status, String body) {
		for (String accept : List.of("Accept: text/event-stream", "Accept: */*")) {
			try (RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path, accept);
				assertThat(response.status()).isEqualTo(status);
				assertThat(response.body()).isEqualTo(body);
				assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
				assertUsable(client);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "/events/after-http, HttpException", "/events/after-error, IllegalArgumentException" })
	void errorAfterTheFirstEventCutsTheStreamAndWritesNothingMore(String path, String type) {
		AtomicInteger calls = application.bean(Errors.class).calls;
		calls.set(0);
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path, "Accept: text/event-stream");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.whole()).isFalse();
			assertThat(response.body()).isEqualTo("data:one\n\n");
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(types(singleError())).contains(type).doesNotContain("UnsupportedOperationException");
		assertThat(calls).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "answers", "empty", "throws", "signals" })
	void webExceptionHandlerOfTheApplicationChangesNothingOfTheAnswer(String deed) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/error/1", "X-Web-Exception-Handler: " + deed);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in /error/1");
			assertThat(response.whole()).isTrue();
			assertUsable(client);
		}
		if (deed.equals("throws") || deed.equals("signals")) {
			assertThat(types(singleError())).contains("UnsupportedOperationException");
		}
		assertThat(application.bean(Reported.class).errors).contains("error 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "answers", "empty", "throws", "signals" })
	void webExceptionHandlerOfTheApplicationDoesNotHideThatAResponseWasCut(String deed) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/events/after-error", "X-Web-Exception-Handler: " + deed);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.whole()).isFalse();
			assertThat(response.body()).isEqualTo("data:one\n\n");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "/jvm-error/assertion, AssertionError", "/jvm-error/stack, StackOverflowError",
			"/jvm-error/linkage, NoClassDefFoundError", "/jvm-error/initializer, ExceptionInInitializerError",
			"/function/assertion, AssertionError", "/function/signalled-linkage, NoClassDefFoundError" })
	void errorOfTheJvmsThatDoesNotKillItIsAnswered(String path, String type) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", path);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("server error in " + path);
			assertUsable(client);
		}
		assertThat(types(singleError())).contains(type);
	}

	private static String path(int number) {
		return switch (number % 8) {
			case 0 -> "/error/" + number;
			case 1 -> "/teapot/" + number;
			case 2 -> "/translated/" + number;
			case 3 -> "/echo/" + number;
			case 4 -> "/nope/" + number;
			case 5 -> "/status/" + number;
			case 6 -> "/after/" + number;
			default -> "/plain-error/" + number;
		};
	}

	private static void assertAnswer(int number, RawHttpResponse response) {
		int status = switch (number % 8) {
			case 0, 7 -> 500;
			case 1 -> 418;
			case 2 -> 410;
			case 3, 6 -> 200;
			case 4 -> 404;
			default -> 451;
		};
		String body = switch (number % 8) {
			case 0 -> "server error in /error/" + number;
			case 1 -> "teapot " + number;
			case 2 -> "translated " + number;
			case 3 -> "echo " + number;
			case 4 -> "Not Found";
			case 5 -> "{\"status\":\"" + number + "\"}";
			case 6 -> "after " + number;
			default -> "Internal Server Error";
		};
		assertThat(response.status()).as("status of %d", number).isEqualTo(status);
		assertThat(response.body()).as("body of %d", number).isEqualTo(body);
		assertThat(response.whole()).isTrue();
	}

	/** Send requests on several connections at once. */
	private static List<RawHttpResponse> sendAll(int connections, int requestsEach, PathOfNumber paths)
			throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(connections);
		try {
			CountDownLatch connected = new CountDownLatch(connections);
			List<Future<List<RawHttpResponse>>> futures = new ArrayList<>();
			for (int connection = 0; connection < connections; connection++) {
				int first = connection * requestsEach;
				futures.add(executor.submit(() -> {
					List<RawHttpResponse> responses = new ArrayList<>();
					try (RawHttpClient client = application.connect()) {
						connected.countDown();
						assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
						for (int number = first; number < first + requestsEach; number++) {
							responses.add(client.send("GET", paths.path(number)));
						}
					}
					return responses;
				}));
			}
			List<RawHttpResponse> responses = new ArrayList<>();
			for (Future<List<RawHttpResponse>> future : futures) {
				responses.addAll(future.get(60, TimeUnit.SECONDS));
			}
			return responses;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void assertUsable(RawHttpClient client) {
		assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
	}

	/** A client may have its answer before the server is done with the request. */
	private static void awaitEnd() {
		Awaitility.await().untilAsserted(() -> assertThat(inFlight).isEmpty());
	}

	private ILoggingEvent singleError() {
		this.log.awaitOne(Level.ERROR);
		awaitEnd();
		// But for Reactor's own lines about an error of the JVM's
		List<ILoggingEvent> events = this.log.ofCutResponse(Level.WARN)
			.stream()
			.filter((event) -> !event.getLoggerName().equals("reactor.core.Exceptions"))
			.toList();
		assertThat(events).hasSize(1);
		assertThat(events.get(0).getLevel()).isEqualTo(Level.ERROR);
		return events.get(0);
	}

	/** The simple names of an exception's class, its causes' and its suppressed ones'. */
	private static List<String> types(ILoggingEvent event) {
		List<String> types = new ArrayList<>();
		collectTypes(event.getThrowableProxy(), types);
		return types;
	}

	private static void collectTypes(@Nullable IThrowableProxy throwable, List<String> types) {
		if (throwable == null || throwable.isCyclic()) {
			return;
		}
		String name = throwable.getClassName();
		types.add(name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1));
		collectTypes(throwable.getCause(), types);
		for (IThrowableProxy suppressed : throwable.getSuppressed()) {
			collectTypes(suppressed, types);
		}
	}

	@FunctionalInterface
	interface PathOfNumber {

		String path(int number);

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class, Errors.class, Reported.class })
	static class App {

		@Bean
		HttpHandlerDecoratorFactory counter() {
			return (handler) -> (request, response) -> Mono.defer(() -> {
				inFlight.add(request.getId());
				return handler.handle(request, response);
			}).doFinally((signal) -> inFlight.remove(request.getId()));
		}

		@Bean
		WebFilter deedFilter() {
			return (exchange, chain) -> {
				ServerHttpResponse response = exchange.getResponse();
				String deed = String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Deed"));
				return switch (deed) {
					case "swallow" -> chain.filter(exchange)
						.onErrorResume((ex) -> Deeds.write(response, HttpStatus.SERVICE_UNAVAILABLE, "swallowed"));
					case "rerun" -> chain.filter(exchange)
						.onErrorResume((ex) -> chain
							.filter(exchange.mutate().request((request) -> request.path("/ok")).build()));
					case "retry", "retry-once" -> chain.filter(exchange).retry(1);
					case "timeout" -> chain.filter(exchange).timeout(Duration.ofMillis(300));
					case "fallback" -> chain.filter(exchange)
						.timeout(Duration.ofMillis(100),
								Mono.defer(() -> Deeds.write(response, HttpStatus.GATEWAY_TIMEOUT, "timed out")));
					case "nothing" -> Deeds.nothing();
					case "throw" -> throw new IllegalStateException("filter");
					case "assertion-error" -> throw new AssertionError("filter");
					case "replace" -> chain.filter(exchange).onErrorMap(IllegalArgumentException::new);
					case "after" -> chain.filter(exchange).then(Mono.error(new IllegalStateException("after")));
					case "after-http" -> chain.filter(exchange).then(Mono.error(new HttpException(409)));
					case "twice" -> chain.filter(exchange).then(chain.filter(exchange));
					default -> {
						String path = exchange.getRequest().getPath().value();
						yield path.startsWith("/header-filtered/") ? Mono.error(Deeds.badHeader(exchange))
								: path.startsWith("/exception-filtered/")
										? Mono.error(Endpoints.hostile(path.substring(path.lastIndexOf('/') + 1)))
										: chain.filter(exchange);
					}
				};
			};
		}

		@Bean
		@Order(0)
		WebExceptionHandler applicationsOwn(Reported reported) {
			return (exchange, error) -> {
				reported.errors.add(String.valueOf(error.getMessage()));
				String deed = String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Web-Exception-Handler"));
				return switch (deed) {
					case "answers" -> Deeds.write(exchange.getResponse(), HttpStatus.OK, "all is well");
					case "empty" -> Mono.empty();
					case "throws" -> throw new UnsupportedOperationException("web exception handler");
					case "signals" -> Mono.error(new UnsupportedOperationException("web exception handler"));
					default -> Mono.error(error);
				};
			};
		}

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route().GET("/function/assertion", (request) -> {
				throw new AssertionError("function");
			})
				.GET("/function/cycle", (request) -> Mono.error(Deeds.cycle()))
				.GET("/function/long-cycle",
						(request) -> Mono.error(new IllegalStateException("outside", Deeds.cycle())))
				.GET("/function/signalled-linkage", (request) -> Mono.error(new NoClassDefFoundError("function")))
				.build();
		}

	}

	static class Reported {

		final Queue<String> errors = new ConcurrentLinkedQueue<>() {

			@Override
			public boolean add(String message) {
				return size() < 10_000 && super.add(message);
			}

		};

	}

	/** What both kinds of handlers do wrong. */
	static final class Deeds {

		private Deeds() {
		}

		static @Nullable Object perform(String deed, ServerHttpResponse response) throws IOException {
			return switch (deed) {
				case "throw" -> throw new IllegalStateException("handler");
				case "signal" -> Mono.error(new IllegalStateException("handler"));
				case "checked" -> throw new IOException("handler");
				case "assertion-error" -> throw new AssertionError("handler");
				case "stack-overflow" -> overflow(1);
				case "no-class-def" -> throw new NoClassDefFoundError("handler");
				case "null" -> null;
				case "empty" -> Mono.empty();
				case "before-commit" -> {
					response.getHeaders().set("X-Handler", "yes");
					response.beforeCommit(() -> Mono.error(new IllegalStateException("commit action")));
					yield "body";
				}
				case "unwritable" -> {
					response.getHeaders().set("X-Handler", "yes");
					yield new Unwritable();
				}
				case "huge-header" -> {
					response.getHeaders().set("X-Handler", "yes\r\nInjected: yes");
					yield "body";
				}
				case "twice" -> write(response, HttpStatus.SERVICE_UNAVAILABLE, "first")
					.then(Mono.defer(() -> write(response, HttpStatus.OK, "second")));
				case "write-and-return" ->
					write(response, HttpStatus.SERVICE_UNAVAILABLE, "first").then(Mono.just("second"));
				case "half" -> {
					response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
					yield response.writeWith(Flux.just(buffer(response, "half"), buffer(response, "half"))
						.concatWith(Mono.error(new IllegalStateException("half"))));
				}
				case "half-of-length" -> {
					response.getHeaders().setContentLength(1000);
					yield perform("half", response);
				}
				case "commit" -> {
					response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
					yield response.setComplete().then(Mono.error(new IllegalStateException("committed")));
				}
				case "no-suppression" -> throw new WithoutSuppression();
				default -> throw new IllegalArgumentException(deed);
			};
		}

		static RuntimeException cycle() {
			IllegalStateException one = new IllegalStateException("one");
			one.initCause(new IllegalStateException("other", one));
			return one;
		}

		static int overflow(int depth) {
			return (depth == Integer.MAX_VALUE) ? 0 : overflow(depth + 1) + 1;
		}

		@SuppressWarnings("NullAway")
		static Mono<Void> nothing() {
			return null;
		}

		static Mono<Void> write(ServerHttpResponse response, HttpStatus status, String text) {
			response.setStatusCode(status);
			return response.writeWith(Mono.fromSupplier(() -> buffer(response, text)));
		}

		static DataBuffer buffer(ServerHttpResponse response, String text) {
			return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
		}

		static HttpException badHeader(ServerWebExchange exchange) {
			String path = exchange.getRequest().getPath().value();
			HttpHeaders headers = new HttpHeaders();
			headers.set("X-Good", "kept");
			switch (path.substring(path.lastIndexOf('/') + 1)) {
				case "value" -> headers.set("X-Bad", "a\r\nInjected: yes");
				case "value-lf" -> headers.set("X-Bad", "a\nInjected: yes");
				case "value-nul" -> headers.set("X-Bad", "a\u0000b");
				case "value-blank" -> headers.set("X-Bad", " a");
				case "value-tab" -> headers.set("X-Bad", "\ta");
				// Their low bytes are a line break
				case "value-low-bytes" -> headers.set("X-Bad", "a\u010d\u010aInjected: yes");
				case "name" -> headers.set("X-Bad: a\r\nInjected", "yes");
				case "empty-name" -> headers.set("", "yes");
				default -> headers.set("X Bad", "yes");
			}
			return path.startsWith("/header-handled/") ? new HandledHeaderException(headers)
					: new HttpException(409, "bad header", headers);
		}

	}

	static class Errors {

		final AtomicInteger calls = new AtomicInteger();

		@StatusHandler(500)
		@Nullable Object oops(Throwable error, ServerWebExchange exchange) throws IOException {
			this.calls.incrementAndGet();
			if (error instanceof ServerMisdeedException) {
				return Deeds.perform(String.valueOf(error.getMessage()), exchange.getResponse());
			}
			if (error instanceof PlainException) {
				throw new IllegalStateException("To get the plain 500");
			}
			return "server error in " + exchange.getRequest().getPath();
		}

	}

	static class Handlers {

		final HttpException sharedException = new HttpException(410, "shared translation");

		@ExceptionHandlerFor
		@Nullable Object misdeed(MisdeedException ex, ServerWebExchange exchange) throws IOException {
			return Deeds.perform(ex.deed, exchange.getResponse());
		}

		@ExceptionHandlerFor
		Mono<String> translate(TranslatedException ex) {
			return Mono.error("shared".equals(ex.getMessage()) ? this.sharedException
					: new HttpException(410, "translated " + ex.getMessage()));
		}

		@StatusHandler(451)
		Map<String, Object> status(HttpException ex) {
			return Map.of("status", ex.getDetail());
		}

		@ExceptionHandlerFor
		String framed(FramedException ex) {
			return ex.getDetail();
		}

		@ExceptionHandlerFor
		String header(HandledHeaderException ex) {
			return ex.getDetail();
		}

	}

	@RestController
	static class Endpoints {

		final HttpException sharedException = new HttpException(409, "shared");

		final RuntimeException sharedRuntimeException = new WithoutSuppression();

		final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();

		@GetMapping("/ok")
		Mono<String> ok() {
			return Mono.just("ok");
		}

		@GetMapping("/controller/cycle")
		Mono<String> cycle() {
			throw new HttpException(404, "Not Found", new HttpHeaders(), Deeds.cycle());
		}

		@GetMapping("/echo/{number}")
		Mono<String> echo(@PathVariable int number) {
			return Mono.just("echo " + number);
		}

		@GetMapping("/teapot/{number}")
		Mono<String> teapot(@PathVariable int number) {
			return Mono.error(new HttpException(418, "teapot " + number));
		}

		@GetMapping("/translated/{number}")
		Mono<String> translated(@PathVariable String number) {
			return Mono.error(new TranslatedException(number));
		}

		@GetMapping("/status/{number}")
		Mono<String> status(@PathVariable int number) {
			return Mono.error(new HttpException(451, String.valueOf(number)));
		}

		@GetMapping("/error/{number}")
		Mono<String> error(@PathVariable int number) {
			return Mono.error(new IllegalStateException("error " + number));
		}

		@GetMapping("/after/{number}")
		Mono<Void> after(@PathVariable int number, ServerHttpResponse response) {
			return Deeds.write(response, HttpStatus.OK, "after " + number)
				.then(Mono.error(new IllegalStateException("after " + number)));
		}

		@GetMapping("/plain-error/{number}")
		String plainError(@PathVariable int number) {
			throw new PlainException();
		}

		@GetMapping("/handler/{deed}")
		Mono<String> handler(@PathVariable String deed) {
			return Mono.error(new MisdeedException(deed));
		}

		@GetMapping("/server-error-handler/{deed}")
		Mono<String> serverErrorHandler(@PathVariable String deed) {
			return Mono.error(new ServerMisdeedException(deed));
		}

		@GetMapping("/exception/{kind}")
		Mono<String> exception(@PathVariable String kind) {
			return Mono.error(hostile(kind));
		}

		@GetMapping("/exception-thrown/{kind}")
		String exceptionThrown(@PathVariable String kind) {
			throw hostile(kind);
		}

		private static RuntimeException hostile(String kind) {
			return switch (kind) {
				case "no-suppression" -> new WithoutSuppression();
				case "wrapped" -> new HostileWrapper();
				case "equals" -> new IncomparableException();
				case "message", "to-string", "everything", "cause" -> new HostileException(kind);
				case "not-http-status" -> new HostileErrorResponse(kind);
				case "detail", "null-detail", "http-status", "http-null-status", "http-headers", "http-null-headers",
						"http-linkage-error" ->
					new HostileHttpException(kind);
				default -> new HostileErrorResponse(kind);
			};
		}

		@GetMapping("/shared")
		Mono<String> shared() {
			return Mono.error(this.sharedException);
		}

		@GetMapping("/shared-error")
		Mono<String> sharedError() {
			return Mono.error(this.sharedRuntimeException);
		}

		@GetMapping({ "/header/{kind}", "/header-handled/{kind}" })
		Mono<String> header(ServerWebExchange exchange) {
			return Mono.error(Deeds.badHeader(exchange));
		}

		@GetMapping("/split/{kind}")
		Mono<String> split(@PathVariable String kind, ServerHttpResponse response) {
			if (kind.equals("handler-value")) {
				return Mono.error(new MisdeedException("huge-header"));
			}
			if (kind.equals("endpoint-value")) {
				response.getHeaders().set("X-Endpoint", "a\r\nInjected: yes");
			}
			else {
				response.getHeaders().set("X-Endpoint: a\r\nInjected", "yes");
			}
			return Mono.just("never sent");
		}

		@GetMapping("/framing/{name}/{value}")
		Mono<String> framing(@PathVariable String name, @PathVariable String value) {
			HttpHeaders headers = new HttpHeaders();
			headers.set(name, value);
			return Mono.error(new HttpException(409, "framed, of 17 char", headers));
		}

		@GetMapping("/framing-handled/{name}/{value}")
		Mono<String> framingHandled(@PathVariable String name, @PathVariable String value) {
			HttpHeaders headers = new HttpHeaders();
			headers.set(name, value);
			return Mono.error(new FramedException(headers));
		}

		@PostMapping("/half-read/{number}")
		Mono<String> halfRead(ServerHttpRequest request) {
			return request.getBody().next().flatMap((buffer) -> {
				DataBufferUtils.release(buffer);
				return Mono.error(new IllegalStateException("half read"));
			});
		}

		@PostMapping("/unread/{number}")
		Mono<String> unread() {
			return Mono.error(new IllegalStateException("unread"));
		}

		@PostMapping("/unread-handled/{number}")
		Mono<String> unreadHandled() {
			return Mono.error(new HttpException(409));
		}

		@GetMapping("/filtered/{deed}")
		Mono<String> filtered(@PathVariable String deed, ServerHttpResponse response) {
			response.getHeaders().set("X-Endpoint", "yes");
			return switch (deed) {
				case "timeout", "fallback" -> Mono.never();
				case "retry-once" -> {
					AtomicInteger attempt = this.attempts.computeIfAbsent(deed, (key) -> new AtomicInteger());
					if (attempt.incrementAndGet() == 2) {
						response.getHeaders().remove("X-Endpoint");
						yield Mono.just("second attempt");
					}
					yield Mono.error(new IllegalStateException("first attempt"));
				}
				default -> Mono.error(new IllegalStateException("endpoint"));
			};
		}

		@GetMapping("/endless")
		Flux<String> endless() {
			return Flux.interval(Duration.ofMillis(10)).onBackpressureDrop().map((number) -> "item " + number);
		}

		@GetMapping(path = "/events/{kind}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events(@PathVariable String kind) {
			return switch (kind) {
				case "before-http" -> Flux.error(new HttpException(409, "early"));
				case "before-error" -> Flux.error(new IllegalStateException("early"));
				case "before-handled" -> Flux.error(new TranslatedException("before"));
				case "after-http" -> Flux.just("one").concatWith(Mono.error(new HttpException(409, "late")));
				default -> Flux.just("one").concatWith(Mono.error(new IllegalArgumentException("late")));
			};
		}

		@GetMapping("/jvm-error/{kind}")
		String jvmError(@PathVariable String kind) {
			return switch (kind) {
				case "assertion" -> throw new AssertionError("endpoint");
				case "stack" -> "never " + Deeds.overflow(1);
				case "linkage" -> throw new NoClassDefFoundError("endpoint");
				default -> throw new ExceptionInInitializerError("endpoint");
			};
		}

	}

	static class Unwritable {

		public String getProperty() {
			throw new IllegalArgumentException("property");
		}

	}

	static class TranslatedException extends RuntimeException {

		TranslatedException(String message) {
			super(message);
		}

	}

	static class MisdeedException extends RuntimeException {

		final String deed;

		MisdeedException(String deed) {
			super(deed);
			this.deed = deed;
		}

	}

	static class ServerMisdeedException extends RuntimeException {

		ServerMisdeedException(String deed) {
			super(deed);
		}

	}

	static class PlainException extends RuntimeException {

	}

	static class FramedException extends HttpException {

		FramedException(HttpHeaders headers) {
			super(410, "framed, of 17 char", headers);
		}

	}

	static class HandledHeaderException extends HttpException {

		HandledHeaderException(HttpHeaders headers) {
			super(409, "bad header", headers);
		}

	}

	static class WithoutSuppression extends RuntimeException {

		WithoutSuppression() {
			super("without suppression", null, false, false);
		}

	}

	static class HostileException extends RuntimeException {

		private final String kind;

		HostileException(String kind) {
			this.kind = kind;
		}

		private boolean is(String method) {
			return this.kind.equals(method) || this.kind.equals("everything");
		}

		@Override
		public String getMessage() {
			if (is("message")) {
				throw new IllegalStateException("getMessage");
			}
			return "hostile";
		}

		@Override
		public String getLocalizedMessage() {
			return getMessage();
		}

		@Override
		public String toString() {
			if (is("to-string")) {
				throw new IllegalStateException("toString");
			}
			return "hostile";
		}

		@Override
		public synchronized @Nullable Throwable getCause() {
			if (is("cause")) {
				throw new IllegalStateException("getCause");
			}
			return null;
		}

	}

	static class HostileWrapper extends CompletionException {

		@Override
		@SuppressWarnings("UnsynchronizedOverridesSynchronized")
		public Throwable getCause() {
			throw new IllegalStateException("getCause");
		}

	}

	static class IncomparableException extends HttpException {

		IncomparableException() {
			super(409, "incomparable");
		}

		@Override
		public boolean equals(@Nullable Object other) {
			throw new IllegalStateException("equals");
		}

		@Override
		public int hashCode() {
			throw new IllegalStateException("hashCode");
		}

	}

	@SuppressWarnings("NullAway")
	static class HostileErrorResponse extends RuntimeException implements ErrorResponse {

		private final String kind;

		HostileErrorResponse(String kind) {
			super(kind);
			this.kind = kind;
		}

		@Override
		public HttpStatusCode getStatusCode() {
			return switch (this.kind) {
				case "status" -> throw new IllegalStateException("getStatusCode");
				case "null-status" -> null;
				case "not-http-status" -> HttpStatusCode.valueOf(5);
				default -> HttpStatus.CONFLICT;
			};
		}

		@Override
		public HttpHeaders getHeaders() {
			return switch (this.kind) {
				case "headers" -> throw new IllegalStateException("getHeaders");
				case "null-headers" -> null;
				default -> HttpHeaders.EMPTY;
			};
		}

		@Override
		public ProblemDetail getBody() {
			return switch (this.kind) {
				case "body" -> throw new IllegalStateException("getBody");
				case "null-body" -> null;
				default -> ProblemDetail.forStatus(409);
			};
		}

	}

	@SuppressWarnings("NullAway")
	static class HostileHttpException extends HttpException {

		private final String kind;

		HostileHttpException(String kind) {
			super(409);
			this.kind = kind;
		}

		@Override
		public HttpStatusCode getStatusCode() {
			return switch (this.kind) {
				case "http-status" -> throw new IllegalStateException("getStatusCode");
				case "http-linkage-error" -> throw new NoClassDefFoundError("getStatusCode");
				case "http-null-status" -> null;
				default -> super.getStatusCode();
			};
		}

		@Override
		public HttpHeaders getHeaders() {
			return switch (this.kind) {
				case "http-headers" -> throw new IllegalStateException("getHeaders");
				case "http-null-headers" -> null;
				default -> super.getHeaders();
			};
		}

		@Override
		public String getDetail() {
			return switch (this.kind) {
				case "detail" -> throw new IllegalStateException("getDetail");
				case "null-detail" -> null;
				default -> super.getDetail();
			};
		}

	}

}
