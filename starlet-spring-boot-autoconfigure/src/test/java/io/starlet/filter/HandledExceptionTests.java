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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R10 to R16: handled exceptions, over a real server.
 */
@OnEachServer
@Timeout(60)
class HandledExceptionTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void httpExceptionWithoutHandlerIsAnsweredWithItsDetailStatusAndHeaders() {
		RawHttpResponse response = application.get("/plain");
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.body()).isEqualTo("Not yours: ünïcode");
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.header("X-Reason")).isEqualTo("one, two");
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 205, 304 })
	void statusWithoutBodyIsSentWithoutBody(int status) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/status/" + status);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEmpty();
			assertThat(response.header("Content-Type")).isNull();
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@Test
	void informationalStatusIsSentWithoutBodyAndTheClientDoesNotWaitForAFinalOne() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/status/103");
			assertThat(response.status()).isEqualTo(103);
			if (Server.CURRENT != Server.JETTY) {
				// Which takes it for one that another one follows
				assertThat(client.isClosedByServer()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 400, 418, 451, 500, 503, 599 })
	void everyOtherStatusIsSentAsItIs(int status) {
		RawHttpResponse response = application.get("/status/" + status);
		assertThat(response.status()).isEqualTo(status);
		HttpStatus known = HttpStatus.resolve(status);
		assertThat(response.body()).isEqualTo((known != null) ? known.getReasonPhrase() : "");
	}

	@Test
	void noRouteSaysNotFound() {
		RawHttpResponse response = application.get("/nope/secret.txt");
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("Not Found");
	}

	@Test
	void wrongMethodSaysMethodNotAllowedWithAllow() {
		RawHttpResponse response = application.send("POST", "/plain", "Content-Length: 0");
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.body()).isEqualTo("Method Not Allowed");
		assertThat(response.header("Allow")).isEqualTo("GET");
	}

	@Test
	void otherExceptionsOfSpringUseTheDetailForClientsAndNeverAMessage() {
		assertThat(application.get("/param").body()).isEqualTo("Required query parameter 'q' is not present.");
		assertThat(application.get("/param?q=x").body()).doesNotContain("NumberFormatException", "For input string");
		assertThat(application.get("/param?q=x").status()).isEqualTo(400);
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.post("/body", "text/csv", "a,b");
			assertThat(response.status()).isEqualTo(415);
			assertThat(response.body()).isEqualTo("Content-Type 'text/csv' is not supported.");
			assertThat(client.post("/body", "application/json", "{").status()).isEqualTo(400);
		}
		assertThat(application.get("/reason").body()).isEqualTo("For clients");
		assertThat(application.get("/annotated").status()).isEqualTo(402);
		assertThat(application.get("/annotated").body()).isEqualTo("Pay first");
		assertThat(application.get("/unknown-status").status()).isEqualTo(499);
	}

	@Test
	void headersOfTheFailedEndpointDoNotReachTheErrorResponse() {
		for (String path : List.of("/stale", "/stale-error")) {
			RawHttpResponse response = application.get(path);
			assertThat(response.headers()).doesNotContainKeys("ETag", "Cache-Control", "Content-Encoding", "Set-Cookie",
					"Last-Modified", "Location", "X-Endpoint");
			assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(response.body().length()));
			assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		}
	}

	@Test
	void headersAndCookiesOfFiltersReachTheErrorResponse() {
		for (String path : List.of("/filtered/stale", "/filtered/stale-error", "/filtered/nope")) {
			RawHttpResponse response = application.get(path, "Origin: https://elsewhere.example");
			assertThat(response.header("X-Request-Id")).isEqualTo("42");
			assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
			assertThat(response.header("Set-Cookie")).isEqualTo("filter=yes");
			assertThat(response.header("Cache-Control")).isEqualTo("no-store");
			assertThat(response.headers()).doesNotContainKeys("ETag", "Content-Encoding");
		}
	}

	@Test
	void corsHeadersThatTheEndpointIsConfiguredWithReachTheErrorResponse() {
		for (String path : List.of("/cors", "/cors-error")) {
			RawHttpResponse response = application.get(path, "Origin: https://elsewhere.example");
			assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("https://elsewhere.example");
			assertThat(response.header("Vary")).contains("Origin");
		}
	}

	@Test
	void headGetsTheSameStatusAndHeadersWithoutABody() {
		for (String path : List.of("/plain", "/nope", "/boom")) {
			RawHttpResponse get = application.get(path);
			try (RawHttpClient client = application.connect()) {
				RawHttpResponse head = client.send("HEAD", path);
				assertThat(head.status()).isEqualTo(get.status());
				assertThat(head.headers()).isEqualTo(get.headers());
				assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			}
		}
	}

	/** Its status is its own, where that of an error is the outer layer's. */
	@Test
	void httpException500WhoseHandlerReturnsNothingKeepsItsStatusWithoutABody() {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = application.get("/unavailing");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEmpty();
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void translationIsLookedUpAgain() {
		RawHttpResponse response = application.get("/translate");
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.body()).isEqualTo("{\"gone\":\"translated\"}");
	}

	@Test
	void translationToAnHttpExceptionWithoutHandlerGetsTheDefaultAnswer() {
		assertThat(application.get("/translate-default").status()).isEqualTo(409);
		assertThat(application.get("/translate-default").body()).isEqualTo("taken");
	}

	@Test
	void eachHandlerIsCalledAtMostOncePerRequest() {
		Handlers handlers = application.bean(Handlers.class);
		handlers.pings.set(0);
		try (LogCapture log = new LogCapture()) {
			assertThat(application.get("/ping").status()).isEqualTo(500);
			assertThat(handlers.pings).hasValue(2);
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getClassName()).endsWith("PingException");
		}
	}

	@Test
	void translationWithoutHandlerIsAnErrorWithTheFirstExceptionSuppressedInIt() {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = application.get("/translate-error");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("handler broke");
			assertThat(event.getThrowableProxy().getSuppressed())
				.anySatisfy((suppressed) -> assertThat(suppressed.getMessage()).isEqualTo("to translate to an error"));
		}
	}

	@Test
	void rethrownExceptionGoesToTheNextHandler() {
		assertThat(application.get("/rethrow").body()).isEqualTo("{\"general\":\"again\"}");
	}

	@Test
	void noHandlerRunsIfTheResponseHasAlreadyStarted() {
		Handlers handlers = application.bean(Handlers.class);
		handlers.gone.set(0);
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/stream");
			assertThat(Server.CURRENT.hasCut(response, 200)).as("the client can tell").isTrue();
			assertThat(client.isClosedByServer()).isTrue();
			assertThat(handlers.gone).hasValue(0);
			log.awaitOne(Level.ERROR);
			assertThat(log.ofCutResponse(Level.WARN)).singleElement().satisfies((event) -> {
				assertThat(event.getThrowableProxy().getClassName()).isEqualTo(IllegalStateException.class.getName());
				assertThat(event.getThrowableProxy().getMessage())
					.isEqualTo("Caught handled exception, but response already started.");
				assertThat(event.getThrowableProxy().getCause().getMessage()).isEqualTo("410: mid");
			});
		}
	}

	@Test
	void aResponseOfFixedLengthThatIsCutIsNotWholeEither() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/stream-length");
			assertThat(Server.CURRENT.hasCut(response, 200)).isTrue();
			assertThat(response.body()).isEqualTo(Server.CURRENT.cut("one"));
		}
	}

	@Test
	void connectionStaysUsableIfTheResponseWasSentWholeBeforeTheException() {
		for (String path : List.of("/after", "/after-chunked")) {
			try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path);
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.whole()).isTrue();
				assertThat(response.body()).isEqualTo("OK");
				assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
				log.awaitOne(Level.ERROR);
				assertThat(log.atLeast(Level.WARN)).hasSize(1);
			}
		}
	}

	/** The other servers copy files. */
	@Test
	@Tag("reactor-netty")
	void connectionStaysUsableIfAFileWasSentWholeBeforeTheException() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/after-file");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.whole()).isTrue();
			assertThat(response.body()).isEqualTo("OK");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					/plain     | Handled HttpException: "403: Not yours: ünïcode", by the default answer
					/nope      | Handled NoResourceFoundException: "404: Not Found", by the default answer
					/translate | Handled HandledExceptionTests.TranslatedException: "translate", by method 'io.starlet.filter.HandledExceptionTests$Handlers#translate(TranslatedException)'
					""")
	void handledExceptionsAreLoggedAtDebugOnceWithoutAStackTrace(String path, String message) {
		try (LogCapture log = new LogCapture()) {
			application.get(path);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
			assertThat(log.of("io.starlet", Level.DEBUG)).singleElement().satisfies((event) -> {
				assertThat(event.getThrowableProxy()).isNull();
				assertThat(event.getFormattedMessage()).contains(message);
			});
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		WebFilter correlation() {
			return (exchange, chain) -> {
				if (exchange.getRequest().getPath().value().startsWith("/filtered/")) {
					HttpHeaders headers = exchange.getResponse().getHeaders();
					headers.set("X-Request-Id", "42");
					headers.setAccessControlAllowOrigin("*");
					headers.setCacheControl("no-store");
					exchange.getResponse().addCookie(ResponseCookie.from("filter", "yes").build());
				}
				return chain.filter(exchange);
			};
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/plain")
		String plain() {
			HttpHeaders headers = new HttpHeaders();
			headers.addAll("X-Reason", List.of("one", "two"));
			headers.setContentLength(3);
			throw new HttpException(403, "Not yours: ünïcode", headers);
		}

		@GetMapping("/status/{status}")
		Mono<String> status(@PathVariable int status) {
			return Mono.error(() -> new HttpException(status));
		}

		@GetMapping("/param")
		int param(@RequestParam int q) {
			return q;
		}

		@PostMapping(path = "/body", consumes = MediaType.APPLICATION_JSON_VALUE)
		Map<String, Object> body(@RequestBody Map<String, Object> body) {
			return body;
		}

		@GetMapping("/reason")
		String reason() {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "For clients", new IllegalStateException("secret"));
		}

		@GetMapping("/annotated")
		String annotated() throws AnnotatedException {
			throw new AnnotatedException();
		}

		@GetMapping("/unknown-status")
		String unknownStatus() {
			throw new ResponseStatusException(HttpStatusCode.valueOf(499));
		}

		@GetMapping({ "/stale", "/filtered/stale" })
		Mono<String> stale(ServerWebExchange exchange) {
			makeStale(exchange.getResponse());
			return Mono.error(new HttpException(404, "Gone stale"));
		}

		@GetMapping({ "/stale-error", "/filtered/stale-error" })
		Mono<String> staleError(ServerWebExchange exchange) {
			makeStale(exchange.getResponse());
			throw new IllegalStateException("stale");
		}

		private static void makeStale(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.CREATED);
			HttpHeaders headers = response.getHeaders();
			headers.setETag("\"1\"");
			headers.setCacheControl("max-age=3600");
			headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
			headers.setContentLength(12345);
			headers.setContentType(MediaType.IMAGE_PNG);
			headers.setLastModified(1000);
			headers.set(HttpHeaders.LOCATION, "/elsewhere");
			headers.set("X-Endpoint", "set");
			response.addCookie(ResponseCookie.from("endpoint", "set").build());
		}

		@CrossOrigin("https://elsewhere.example")
		@GetMapping("/cors")
		String cors() {
			throw new HttpException(409);
		}

		@CrossOrigin("https://elsewhere.example")
		@GetMapping("/cors-error")
		String corsError() {
			throw new IllegalStateException("cors");
		}

		@GetMapping("/boom")
		String boom() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/unavailing")
		String unavailing() {
			throw new UnavailingException();
		}

		@GetMapping("/translate")
		String translate() {
			throw new TranslatedException("translate");
		}

		@GetMapping("/translate-default")
		String translateDefault() {
			throw new TranslatedException("to translate to a default answer");
		}

		@GetMapping("/translate-error")
		String translateError() {
			throw new TranslatedException("to translate to an error");
		}

		@GetMapping("/ping")
		String ping() {
			throw new PingException();
		}

		@GetMapping("/rethrow")
		String rethrow() {
			throw new MisdirectedException();
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.just("one", "two").concatWith(Mono.error(new HttpException(410, "mid")));
		}

		@GetMapping("/stream-length")
		Mono<Void> streamLength(ServerHttpResponse response) {
			response.getHeaders().setContentLength(100);
			return response.writeWith(Flux.just("one")
				.map((text) -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)))
				.concatWith(Mono.error(new IllegalStateException("mid"))));
		}

		@GetMapping("/after")
		Mono<Void> after(ServerHttpResponse response) {
			return response.writeWith(Mono.just(response.bufferFactory().wrap("OK".getBytes(StandardCharsets.UTF_8))))
				.then(Mono.error(new HttpException(406)));
		}

		@GetMapping("/after-file")
		Mono<Void> afterFile(ServerHttpResponse response) throws IOException {
			Path file = Files.writeString(Files.createTempFile("whole", ".txt"), "OK");
			file.toFile().deleteOnExit();
			return ((ZeroCopyHttpOutputMessage) response).writeWith(file, 0, 2)
				.then(Mono.error(new IllegalStateException("after")));
		}

		@GetMapping("/after-chunked")
		Mono<Void> afterChunked(ServerHttpResponse response) {
			return response
				.writeWith(Flux.just("O", "K")
					.map((text) -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))))
				.then(Mono.error(new IllegalStateException("after")));
		}

	}

	static class Handlers {

		final AtomicInteger gone = new AtomicInteger();

		final AtomicInteger pings = new AtomicInteger();

		@StatusHandler(410)
		Map<String, Object> gone(HttpException ex) {
			this.gone.incrementAndGet();
			return Map.of("gone", ex.getDetail());
		}

		@ExceptionHandlerFor
		Mono<Object> translate(TranslatedException ex) {
			return switch (String.valueOf(ex.getMessage())) {
				case "translate" -> Mono.error(new HttpException(410, "translated"));
				case "to translate to a default answer" -> Mono.error(new HttpException(409, "taken"));
				default -> throw new IllegalArgumentException("handler broke");
			};
		}

		@ExceptionHandlerFor
		String ping(PingException ex) {
			this.pings.incrementAndGet();
			throw new PongException();
		}

		@ExceptionHandlerFor
		String pong(PongException ex) {
			this.pings.incrementAndGet();
			throw new PingException();
		}

		@ExceptionHandlerFor
		void unavailing(UnavailingException ex) {
		}

		@StatusHandler(421)
		String rethrow(HttpException ex) {
			throw ex;
		}

		@ExceptionHandlerFor
		Map<String, Object> misdirected(MisdirectedException ex) {
			return Map.of("general", ex.getDetail());
		}

	}

	static class TranslatedException extends RuntimeException {

		TranslatedException(String message) {
			super(message);
		}

	}

	static class PingException extends RuntimeException {

	}

	static class PongException extends RuntimeException {

	}

	static class UnavailingException extends HttpException {

		UnavailingException() {
			super(500);
		}

	}

	static class MisdirectedException extends HttpException {

		MisdirectedException() {
			super(421, "again");
		}

	}

	@ResponseStatus(code = HttpStatus.PAYMENT_REQUIRED, reason = "Pay first")
	static class AnnotatedException extends Exception {

		AnnotatedException() {
			super("secret");
		}

	}

}
