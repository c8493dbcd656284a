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

package io.starlet.coexistence;

import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.PooledDataBuffer;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Spring Security in an application with handlers for 401 and 403: they answer what it
 * refuses, and nothing else.
 */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class SecurityTests {

	private static final String GOOD_TOKEN = "Authorization: Bearer good";

	private static final String[] OWN_HEADERS = { "Cache-Control: no-cache, no-store, max-age=0, must-revalidate",
			"Pragma: no-cache", "Expires: 0", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
			"X-XSS-Protection: 0", "Referrer-Policy: no-referrer" };

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = SecuredApplication.start(Handled.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					GET /private          |                                  | Basic realm="Realm"
					GET /private          | Accept: application/json         | Basic realm="Realm"
					GET /private          | X-Requested-With: XMLHttpRequest |
					GET /private          | Authorization: Basic dXNlcjp4    | Basic realm="Realm"
					GET /private          | Accept: ;;;                      | Basic realm="Realm"
					GET /admin            |                                  | Basic realm="Realm"
					GET /open/mono        |                                  | Basic realm="Realm"
					GET /open/flux        |                                  | Basic realm="Realm"
					GET /open/service     |                                  | Basic realm="Realm"
					GET /open/service-flux      |                            | Basic realm="Realm"
					GET /open/functional        |                            | Basic realm="Realm"
					GET /open/functional-thrown |                            | Basic realm="Realm"
					GET /open/denied-with-status |                           | Basic realm="Realm"
					GET /open/wrapped     |                                  | Basic realm="Realm"
					GET /bearer           |                                  | Bearer
					GET /bearer           | Authorization: Bearer bad        | Bearer error="invalid_token", error_description="Signed by 'nobody'", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"
					GET /cors             | Origin: https://friend.example   | Basic realm="Realm"
					""")
	void whoIsNotAuthenticatedIsAnsweredByTheHandlerOf401(String requestLine, @Nullable String header,
			@Nullable String challenge) {
		String response = send(requestLine, header);
		assertThat(response).startsWith("HTTP/1.1 401 Unauthorized\r\n").contains(OWN_HEADERS);
		assertThat(response).contains("Content-Type: application/json\r\n")
			.endsWith("\r\n\r\n{\"handled\":\"Unauthorized\"}");
		if (challenge == null) {
			assertThat(response).doesNotContain("WWW-Authenticate");
		}
		else if (challenge.startsWith("Bearer ")) {
			assertThat(response).containsOnlyOnce("WWW-Authenticate: Bearer error=\"invalid_token\"");
		}
		else {
			assertThat(response).containsOnlyOnce("WWW-Authenticate: " + challenge);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /admin", "GET /open/mono", "GET /open/flux", "GET /open/service",
			"GET /open/service-flux", "GET /open/functional", "GET /open/functional-thrown",
			"GET /open/denied-with-status", "GET /open/wrapped" })
	void whoIsNotAuthorizedIsAnsweredByTheHandlerOf403ThatKnowsWhoItIs(String requestLine) {
		String response = send(requestLine, SecuredApplication.BASIC);
		assertThat(response).startsWith("HTTP/1.1 403 Forbidden\r\n").contains(OWN_HEADERS);
		assertThat(response).contains("Content-Type: application/json\r\n")
			.endsWith("\r\n\r\n[\"Forbidden\",\"user\",\"user\"]");
	}

	@Test
	void aTokenWithoutTheScopeIsAnsweredByTheHandlerOf403WithTheChallenge() {
		assertThat(send("GET /bearer/admin", GOOD_TOKEN)).startsWith("HTTP/1.1 403 Forbidden\r\n")
			.containsOnlyOnce("WWW-Authenticate: Bearer error=\"insufficient_scope\"")
			.endsWith("\r\n\r\n[\"Forbidden\",\"user\",\"user\"]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /private", "POST /login", "DELETE /open" })
	void aRequestWithoutACsrfTokenIsAnsweredByTheHandlerOf403(String requestLine) {
		assertThat(send(requestLine, "Content-Length: 0")).startsWith("HTTP/1.1 403 Forbidden\r\n")
			.contains(OWN_HEADERS)
			.contains("[\"Forbidden\",");
	}

	@Test
	void aHandlerOf401ThatDoesNotEndIsGivenUpForTheDefaultAnswerWithTheChallenge() {
		try (TestApplication endless = SecuredApplication.start(Endless.class, "starlet.handler-timeout=300ms")) {
			assertThat(RawConnection.send(endless, "GET /private")).startsWith("HTTP/1.1 401 Unauthorized\r\n")
				.contains(OWN_HEADERS)
				.containsOnlyOnce("WWW-Authenticate: Basic realm=\"Realm\"")
				.endsWith("\r\n\r\nUnauthorized");
		}
	}

	@Test
	void aWebSocketHandshakeThatIsRefusedIsAnsweredByTheHandlerOf401() {
		assertThat(RawConnection.send(application, "GET /ws", "Upgrade: websocket", "Connection: Upgrade",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
			.startsWith("HTTP/1.1 401 Unauthorized\r\n")
			.endsWith("\r\n\r\n{\"handled\":\"Unauthorized\"}");
	}

	@Test
	void aPreflightThatIsRejectedIsAnsweredByTheHandlerOf403AndNoOther() {
		String preflight = "Access-Control-Request-Method: GET";
		assertThat(RawConnection.send(application, "OPTIONS /cors", "Origin: https://stranger.example", preflight))
			.startsWith("HTTP/1.1 403 Forbidden\r\n")
			.contains("[\"Forbidden\",");
		assertThat(RawConnection.send(application, "OPTIONS /cors", "Origin: https://friend.example", preflight))
			.startsWith("HTTP/1.1 200 OK\r\n")
			.contains("Access-Control-Allow-Origin: https://friend.example\r\n")
			.endsWith("content-length: 0\r\n\r\n");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void headGetsTheHeadersOfTheHandlersAnswer(boolean authenticated) {
		String header = authenticated ? SecuredApplication.BASIC : null;
		String get = send("GET /admin", header);
		assertThat(send("HEAD /admin", header)).isEqualTo(get.substring(0, get.indexOf("\r\n\r\n") + 4))
			.contains("Content-Length: ");
	}

	/** The handlers of 401 and 403 are there, but what follows is not for them. */
	@Test
	void theApplicationsOwnAnswersRedirectsAndSuccessesAreThoseWithoutStarlet() {
		List<List<String>> requests = List.of(List.of("GET /private", SecuredApplication.BROWSER),
				List.of("GET /private", SecuredApplication.BASIC), List.of("GET /login"),
				List.of("GET /bearer", GOOD_TOKEN), List.of("GET /open/authentication"),
				List.of("GET /open/authentication-with-status"), List.of("GET /client/authorize"),
				List.of("GET /private;a=b"), List.of("GET /open/header", "X-Name: \u00c9"), List.of("GET /own/json"),
				List.of("HEAD /own/json"), List.of("GET /own/json/open"), List.of("GET /own/text/charset"),
				List.of("GET /own/malformed"), List.of("GET /own/entity"), List.of("GET /own/entity-bare"),
				List.of("GET /own/filter-text"), List.of("GET /own/filter-bare"), List.of("GET /own/filter-catches"));
		List<String> with = requests.stream().map((request) -> answer(application, request)).toList();
		try (TestApplication without = SecuredApplication.start(Handled.class, "starlet.enabled=false")) {
			assertThat(with).isEqualTo(requests.stream().map((request) -> answer(without, request)).toList());
		}
	}

	private static String answer(TestApplication application, List<String> request) {
		String[] headers = request.subList(1, request.size()).toArray(new String[0]);
		return request + "\n"
				+ SecurityUnhandledTests.constant(RawConnection.send(application, request.get(0), headers));
	}

	/**
	 * It can't be told from what Spring Security itself writes when it denies access.
	 */
	@Test
	void plainTextWithoutACharsetIsTakenForSpringSecuritysOwn() {
		assertThat(send("GET /own/text", null)).endsWith("{\"handled\":\"Unauthorized\"}");
		assertThat(send("GET /own/text/charset", null)).endsWith("Own text");
	}

	@Test
	void theBodyThatIsReplacedIsReleased() {
		SecuredApplication.POOLED.clear();
		assertThat(send("GET /own/text", SecuredApplication.BASIC)).endsWith("[\"Forbidden\",\"user\",\"user\"]");
		assertThat(SecuredApplication.POOLED).singleElement()
			.isInstanceOfSatisfying(PooledDataBuffer.class, (buffer) -> assertThat(buffer.isAllocated()).isFalse());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			text/html            | text/html;charset=UTF-8 | <h1>Forbidden</h1>
			application/json     | application/json        | {"admin":"Forbidden"}
			text/event-stream    | application/json        | {"admin":"Forbidden"}
			""")
	void theHandlerIsChosenByPathAndByWhatTheClientAccepts(String accept, String contentType, String body) {
		String response = RawConnection.send(application, "GET /open/denied/negotiated", SecuredApplication.BASIC,
				"Accept: " + accept);
		assertThat(response).startsWith("HTTP/1.1 403 Forbidden\r\n")
			.contains("Content-Type: " + contentType + "\r\n")
			.endsWith("\r\n\r\n" + body);
	}

	@Test
	void anExplicitHandlerOfAccessDeniedExceptionTakesIt() {
		assertThat(send("GET /open/denied/explicit", SecuredApplication.BASIC)).startsWith("HTTP/1.1 404 Not Found\r\n")
			.endsWith("\r\n\r\nNothing to see");
	}

	@Test
	void aHandlerThatReturnsNothingLeavesTheStatus() {
		assertThat(send("GET /open/denied/nothing", SecuredApplication.BASIC)).startsWith("HTTP/1.1 403 Forbidden\r\n")
			.contains(OWN_HEADERS)
			.doesNotContain("\r\nContent-Type:")
			.endsWith("content-length: 0\r\n\r\n");
	}

	@ParameterizedTest
	@CsvSource({ "/open/stream, false", "/open/stream, true", "/own/bare/stream, false", "/own/bare/stream, true" })
	void whatIsDeniedInTheMiddleOfAResponseCutsItAndIsLoggedOnce(String path, boolean authenticated,
			CapturedOutput output) {
		int before = output.length();
		assertThatThrownBy(() -> send("GET " + path, authenticated ? SecuredApplication.BASIC : null))
			.hasMessageContaining("HTTP/1.1 200 OK")
			.hasMessageNotContaining("\r\n0\r\n");
		Awaitility.await().until(() -> output.getAll().indexOf("AccessDeniedException: Late", before) != -1);
		assertThat(output.getAll().substring(before)).containsOnlyOnce(" ERROR ").doesNotContain(" WARN ");
	}

	@ParameterizedTest
	@CsvSource({ "fails, java.lang.Exception: The handler has failed",
			"denied, org.springframework.security.access.AccessDeniedException: The handler has failed" })
	void aHandlerThatFailsOrIsDeniedAccessItselfIsOneServerError(String how, String error, CapturedOutput output) {
		int before = output.length();
		assertThat(send("GET /open/denied/" + how, SecuredApplication.BASIC))
			.startsWith("HTTP/1.1 500 Internal Server Error\r\n")
			.endsWith("\r\n\r\nServer error: The handler has failed");
		Awaitility.await().until(() -> output.getAll().indexOf(error, before) != -1);
		assertThat(output.getAll().substring(before)).containsOnlyOnce(" ERROR ").doesNotContain(" WARN ");
	}

	@Test
	void whatAHandlerTranslatesIntoIsAnswered() {
		assertThat(send("GET /open/denied/translated", SecuredApplication.BASIC)).startsWith("HTTP/1.1 410 Gone\r\n")
			.endsWith("\r\n\r\nIt was here");
	}

	@Test
	void aHandlersResponseEntityDecidesAndTheChallengeStays() {
		assertThat(send("GET /open/denied/entity", null)).startsWith("HTTP/1.1 418 ")
			.contains("X-Handler: entity\r\n")
			.containsOnlyOnce("WWW-Authenticate: Basic realm=\"Realm\"")
			.contains(OWN_HEADERS);
	}

	@ParameterizedTest
	@CsvSource({ "starlet.filter-exceptions=error, false", "starlet.status-pages.enabled=true, true" })
	void otherSettingsChangeNothingOfWhatIsRefused(String property, boolean statusPages) {
		try (TestApplication other = SecuredApplication.start(Handled.class, property)) {
			for (List<String> request : List.of(List.of("GET /private"), List.of("HEAD /private"),
					List.of("GET /private", SecuredApplication.BROWSER),
					List.of("GET /admin", SecuredApplication.BASIC),
					List.of("GET /open/service", SecuredApplication.BASIC), List.of("GET /bearer"),
					List.of("GET /open/denied/nothing", SecuredApplication.BASIC), List.of("GET /own/json"),
					List.of("HEAD /own/json"), List.of("GET /own/filter-text"), List.of("GET /own/entity"))) {
				assertThat(answer(other, request)).isEqualTo(answer(application, request));
			}
			for (String bare : List.of("GET /own/filter-bare", "GET /own/entity-bare")) {
				assertThat(RawConnection.send(other, bare))
					.matches((response) -> response.endsWith("content-length: 0\r\n\r\n") != statusPages);
			}
		}
	}

	@Test
	void nothingIsLoggedAsAWarningOrAnError(CapturedOutput output) {
		int before = output.length();
		send("GET /private", null);
		send("GET /admin", SecuredApplication.BASIC);
		send("GET /open/service", SecuredApplication.BASIC);
		send("POST /private", "Content-Length: 0");
		assertThat(output.getAll().substring(before)).doesNotContain(" WARN ", " ERROR ");
	}

	@Test
	void theStatusIsObserved() {
		MeterRegistry registry = application.bean(MeterRegistry.class);
		long before = count(registry, "401") + count(registry, "403");
		send("GET /private", null);
		send("GET /admin", SecuredApplication.BASIC);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> count(registry, "401") + count(registry, "403") == before + 2);
	}

	private static long count(MeterRegistry registry, String status) {
		return registry.find("http.server.requests")
			.tags("status", status, "outcome", "CLIENT_ERROR", "exception", "none")
			.timers()
			.stream()
			.mapToLong((timer) -> timer.count())
			.sum();
	}

	@Test
	void connectionsThatAreRefusedManyTimesAtOnceStayUsable() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(20);
		try {
			List<Callable<List<String>>> clients = IntStream.range(0, 20)
				.mapToObj((number) -> (Callable<List<String>>) () -> refusals(number))
				.toList();
			for (Future<List<String>> client : executor.invokeAll(clients)) {
				assertThat(client.get()).hasSize(11);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static List<String> refusals(int number) throws IOException {
		List<String> responses = new ArrayList<>();
		try (RawConnection connection = new RawConnection(application.uri("").getPort())) {
			for (int i = 0; i < 10; i++) {
				boolean authenticated = (number + i) % 2 == 0;
				String response = authenticated ? connection.send("GET /admin", SecuredApplication.BASIC)
						: connection.send("GET /private");
				assertThat(response).startsWith("HTTP/1.1 " + (authenticated ? 403 : 401))
					.endsWith(authenticated ? "[\"Forbidden\",\"user\",\"user\"]" : "{\"handled\":\"Unauthorized\"}");
				responses.add(response);
			}
			String response = connection.send("GET /private", SecuredApplication.BASIC);
			assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").endsWith("Welcome");
			responses.add(response);
		}
		return responses;
	}

	private static String send(String requestLine, @Nullable String header) {
		String[] headers = Stream.ofNullable(header).toArray(String[]::new);
		return RawConnection.send(application, requestLine, headers);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ SecuredApplication.class, Errors.class })
	static class Handled {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(SecuredApplication.class)
	static class Endless {

		@StatusHandler(401)
		Mono<String> unauthorized() {
			return Mono.never();
		}

	}

	static class Errors {

		@StatusHandler(401)
		Map<String, ?> unauthorized(HttpException ex) {
			return Map.of("handled", String.valueOf(ex.getDetail()));
		}

		@StatusHandler(403)
		Mono<List<String>> forbidden(HttpException ex, ServerWebExchange exchange, Mono<Principal> principal) {
			Mono<String> inContext = ReactiveSecurityContextHolder.getContext()
				.flatMap((context) -> Mono.justOrEmpty(context.getAuthentication()))
				.map(Principal::getName)
				.defaultIfEmpty("nobody");
			return Mono.zip(inContext, principal.map(Principal::getName).defaultIfEmpty("nobody"))
				.map((names) -> List.of(String.valueOf(ex.getDetail()), names.getT1(), names.getT2()));
		}

		@StatusHandler(value = 403, paths = "/open/denied/negotiated", produces = "text/html")
		String html() {
			return "<h1>Forbidden</h1>";
		}

		@StatusHandler(value = 403, paths = "/open/denied/negotiated", produces = "application/json")
		Map<String, ?> json(HttpException ex) {
			return Map.of("admin", String.valueOf(ex.getDetail()));
		}

		@StatusHandler(value = 403, paths = "/open/denied/nothing")
		void nothing() {
		}

		@StatusHandler(value = 403, paths = "/open/denied/fails")
		String fails() throws Exception {
			throw new Exception("The handler has failed");
		}

		@StatusHandler(value = 403, paths = "/open/denied/denied")
		Mono<String> denied() {
			return Mono.error(new AccessDeniedException("The handler has failed"));
		}

		@StatusHandler(value = 403, paths = "/open/denied/translated")
		String translated() {
			throw new HttpException(410, "It was here");
		}

		@StatusHandler(410)
		@Nullable String gone(HttpException ex) {
			return ex.getDetail();
		}

		@StatusHandler(value = 401, paths = "/open/denied/entity")
		ResponseEntity<String> entity() {
			return ResponseEntity.status(418).header("X-Handler", "entity").body("Teapot");
		}

		@ExceptionHandlerFor(value = AccessDeniedException.class, paths = "/open/denied/explicit")
		ResponseEntity<String> explicit() {
			return ResponseEntity.status(404).body("Nothing to see");
		}

		@ExceptionHandlerFor(RuntimeException.class)
		String runtimeException(RuntimeException ex) {
			return "RuntimeException: " + ex.getMessage();
		}

		@ExceptionHandlerFor(Exception.class)
		String serverError(Exception ex) {
			return "Server error: " + ex.getMessage();
		}

	}

}
