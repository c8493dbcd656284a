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

package io.starlet.invocation;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R40: nothing that a client sends breaks an error response, makes it another status
 * than the exception's, or gets into HTML.
 */
@OnEachServer
@Timeout(60)
class ContentNegotiationTests {

	private static final String SCRIPT = "<script>alert(1)</script>";

	private static final String ENCODED_SCRIPT = "%3Cscript%3Ealert(1)%3C/script%3E";

	/** The bodies by status; no handler is registered for the last. */
	private static final Map<Integer, String> BODIES = Map.ofEntries(Map.entry(601, "{\"q\":\"a\"}"),
			Map.entry(602, "a"), Map.entry(603, "a"), Map.entry(604, "{\"q\":\"a\"}"), Map.entry(605, "a"),
			Map.entry(606, "<p>a</p>"), Map.entry(607, "\"detail\":\"a\""), Map.entry(608, "{\"q\":\"a\"}"),
			Map.entry(609, "{\"q\":\"a\"}"), Map.entry(610, "a"), Map.entry(611, "{\"q\":\"a\"}"), Map.entry(618, "a"),
			Map.entry(622, "a"), Map.entry(451, "Unavailable For Legal Reasons"));

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/", "/", "*", "nonsense", "application/json;q=x", "application/json;q=7", ";;;,,,",
			"a/b/c", "text/html;charset=\"", "application/json;charset=nonsense", "<script>", "",
			"application/x-unknown", "image/png, audio/*;q=0.3", "application/pdf;q=0", "text/event-stream",
			"text/event-stream;charset=utf-8, text/event-stream;q=0.1", "application/x-ndjson", "*/*;q=0",
			"application/json;q=0", "text/html;q=0, application/json;q=0, text/plain;q=0",
			"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
			"application/json;q=0.1, text/html;q=0.9", "image/*;q=0.9, application/json;q=0.2",
			"application/problem+json", "application/xml", "multipart/form-data", "application/octet-stream",
			"application/json; profile=\"https://example.org/\"; v=2" })
	void acceptNeitherChangesTheStatusNorLosesTheBody(String accept) {
		BODIES.forEach((status, body) -> {
			for (String path : List.of("/fail/", "/functional/", "/filtered/")) {
				RawHttpResponse response = application.get(path + status + "?q=a", "Accept: " + accept);
				assertThat(response.status()).as(path + status).isEqualTo(status);
				assertThat(response.body()).as(path + status).contains(body);
				assertThat(response.header("Content-Type")).as(path + status).doesNotContain("event-stream");
			}
		});
	}

	@Test
	void everythingThatTheClientAsksForTwiceOrAtLengthIsAnswered() {
		StringBuilder variants = new StringBuilder("*/*;v=0");
		for (int i = 1; i < 45; i++) {
			variants.append(", */*;v=").append(i);
		}
		for (String accept : List.of("Accept: " + "application/x-a, ".repeat(200) + "application/x-b",
				"Accept: " + variants, "Accept: text/csv\r\nAccept: nonsense")) {
			BODIES.forEach((status, body) -> {
				RawHttpResponse response = application.get("/filtered/" + status + "?q=a", accept);
				assertThat(response.status()).as(accept).isEqualTo(status);
				assertThat(response.body()).as(accept).contains(body);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "text/html;charset=utf-8", "application/xhtml+xml", "image/svg+xml",
			"application/xml", "text/xml", "text/*", "text/html;q=0.1, application/json;q=0", "text/javascript" })
	void clientInputIsNeverServedAsWhatTheClientMakesOfIt(String accept) {
		for (int status = 601; status <= 627; status++) {
			if (status != 606) {
				assertHarmless(status, accept);
			}
		}
	}

	private static void assertHarmless(int status, String accept) {
		for (String path : List.of("/fail/", "/functional/", "/produces/")) {
			RawHttpResponse response = application.get(path + status + "?q=" + ENCODED_SCRIPT, "Accept: " + accept);
			assertThat(response.status()).as(path + status).isEqualTo(status);
			assertThat(response.body()).as(path + status).contains("alert(1)");
			assertThat(String.valueOf(response.header("Content-Type")).toLowerCase(Locale.ROOT)).as(path + status)
				.matches("(text/plain;charset=utf-8|application/json|application/problem\\+json"
						+ "|application/octet-stream)");
		}
	}

	@Test
	void aDefaultAnswerWithClientInputIsPlainText() {
		RawHttpResponse response = application.get("/detail?q=" + ENCODED_SCRIPT, "Accept: text/html");
		assertThat(response.status()).isEqualTo(409);
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.body()).isEqualTo("taken: " + SCRIPT);
	}

	@Test
	void aViewEscapesClientInput() {
		for (String accept : List.of("text/html", "application/json", "*/*", "nonsense")) {
			RawHttpResponse response = application.get("/fail/606?q=" + ENCODED_SCRIPT, "Accept: " + accept);
			assertThat(response.status()).isEqualTo(606);
			assertThat(response.body()).contains("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
				.doesNotContain("<script>");
		}
	}

	@Test
	void aHandlerMayServeItsTextAsWhatItSays() {
		RawHttpResponse response = application.get("/fail/631");
		assertThat(response.status()).isEqualTo(631);
		assertThat(response.header("Content-Type"))
			.isEqualTo((Server.CURRENT == Server.JETTY) ? "text/html;charset=UTF-8" : "text/html");
		response = application.get("/fail/632", "Accept: application/json");
		assertThat(response.status()).isEqualTo(632);
		assertThat(response.header("Content-Type")).isEqualTo("text/csv");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Cookie: ===;;;,,,", "Cookie: =b; c", "Cookie: $Version=1; a=\"b;c",
			"Accept-Language: ;;;--,x;q=z", "Accept-Language: *", "Accept-Language: de_DE.UTF-8@euro",
			"Accept-Charset: nonsense;q=x", "Accept-Encoding: zip;q=x,,", "Content-Type: nonsense",
			"Content-Type: text/", "Range: bytes=x-y", "Range: bytes=0-0", "Range: bytes=100-",
			"If-Modified-Since: yesterday", "If-None-Match: *", "If-Match: \"",
			"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "Referer: ::not a uri::", "Authorization: Basic ???",
			"Forwarded: for=;host=\"<>\"", "X-Forwarded-Proto: <script>", "X-HTTP-Method-Override: DELETE",
			"User-Agent: ()<>@", "Date: x", "Upgrade: nonsense", "Last-Event-ID: 7", "X-Empty:" })
	void malformedHeadersAreAnsweredWithTheExceptionsStatus(String header) {
		BODIES.forEach((status, body) -> {
			RawHttpResponse response = application.get("/fail/" + status + "?q=a", header);
			if (Server.CURRENT.hasRefused(response)) {
				return;
			}
			assertThat(response.status()).as("" + status).isEqualTo(status);
			assertThat(response.body()).as("" + status).contains(body);
		});
		RawHttpResponse response = application.get("/nope", header);
		assertThat(response.status()).isEqualTo(Server.CURRENT.hasRefused(response) ? 400 : 404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nope?q=%C3%28", "/nope?&&&=;=", "/nope/%C3%28", "/nope/..%2f..%2fetc/passwd",
			"/nope/%00", "/nope/;a=b;;=", "/nope//..//", "/nope/%3Cscript%3E", "/nope/%E2%80%AE", "//nope",
			"/nope#fragment" })
	void malformedPathsAndQueriesAreNotFound(String path) {
		RawHttpResponse response = application.get(path, "Accept: text/html");
		if (Server.CURRENT.hasRefused(response)) {
			return;
		}
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.body()).isEqualTo("Not Found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nope?%", "/nope?q=%zz", "/nope/%zz", "/nope/%", "/nope/%1", "/nope/{x}", "/nope/|" })
	void aPathThatIsNoPathIsABadRequestOrNotFound(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isIn(400, 404);
		assertThat(response.body()).doesNotContain("Exception");
	}

	@Test
	void aVeryLongPathIsNotFound() {
		RawHttpResponse response = application.get("/" + "nope/".repeat(700));
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("Not Found");
		response = application.get("/fail/601?q=" + "a".repeat(3500));
		assertThat(response.status()).isEqualTo(601);
		assertThat(response.body()).hasSize(3508);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		/** Fails before Spring looks at what the client accepts. */
		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getPath().value();
				return path.startsWith("/filtered/")
						? Mono.error(new HttpException(Integer.parseInt(path.substring("/filtered/".length()))))
						: chain.filter(exchange);
			};
		}

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route()
				.GET("/functional/{status}",
						(request) -> Mono.error(new HttpException(Integer.parseInt(request.pathVariable("status")))))
				.build();
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/fail/{status}")
		String fail(@PathVariable int status) {
			throw new HttpException(status);
		}

		/**
		 * Spring writes with the media types of the failed endpoint unless told not to.
		 */
		@GetMapping(path = "/produces/{status}", produces = { MediaType.TEXT_HTML_VALUE, MediaType.ALL_VALUE })
		String failWithMediaTypes(@PathVariable int status) {
			throw new HttpException(status);
		}

		@GetMapping("/detail")
		String detail(@RequestParam String q) {
			throw new HttpException(409, "taken: " + q);
		}

	}

	static class Handlers {

		@StatusHandler(601)
		Map<String, String> map(@RequestParam String q) {
			return Map.of("q", q);
		}

		@StatusHandler(602)
		String string(@RequestParam String q) {
			return q;
		}

		@StatusHandler(603)
		byte[] bytes(@RequestParam String q) {
			return utf8(q);
		}

		@StatusHandler(604)
		ResponseEntity<Map<String, String>> entity(@RequestParam String q) {
			return ResponseEntity.status(604).body(Map.of("q", q));
		}

		@StatusHandler(605)
		ResponseEntity<String> textEntity(@RequestParam String q) {
			return ResponseEntity.status(605).body(q);
		}

		@StatusHandler(606)
		Rendering rendering(@RequestParam String q) {
			return Rendering.view("detail").modelAttribute("detail", q).build();
		}

		@StatusHandler(607)
		ProblemDetail problem(@RequestParam String q) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, q);
		}

		@StatusHandler(608)
		Mono<ServerResponse> serverResponse(ServerRequest request) {
			return ServerResponse.status(608).bodyValue(Map.of("q", request.queryParam("q").orElse("")));
		}

		@StatusHandler(609)
		Flux<Map<String, String>> flux(@RequestParam String q) {
			return Flux.just(Map.of("q", q));
		}

		@StatusHandler(610)
		Flux<String> textFlux(@RequestParam String q) {
			return Flux.just(q);
		}

		@StatusHandler(611)
		Mono<Object> dynamicMap(@RequestParam String q) {
			return Mono.just(Map.of("q", q));
		}

		@StatusHandler(612)
		Mono<String> textMono(@RequestParam String q) {
			return Mono.just(q);
		}

		@StatusHandler(613)
		Mono<?> dynamicText(@RequestParam String q) {
			return Mono.just(q);
		}

		@StatusHandler(614)
		Object dynamicTextMono(@RequestParam String q) {
			return Mono.just(q);
		}

		@StatusHandler(615)
		CharSequence charSequence(@RequestParam String q) {
			return CharBuffer.wrap(q);
		}

		@StatusHandler(616)
		ByteBuffer byteBuffer(@RequestParam String q) {
			return ByteBuffer.wrap(utf8(q));
		}

		@StatusHandler(617)
		Flux<DataBuffer> buffers(@RequestParam String q) {
			return Flux.just(buffer(q));
		}

		@StatusHandler(618)
		Resource resource(@RequestParam String q) {
			return new ByteArrayResource(utf8(q));
		}

		@StatusHandler(619)
		ResponseEntity<Mono<String>> entityOfTextMono(@RequestParam String q) {
			return ResponseEntity.status(619).body(Mono.just(q));
		}

		@StatusHandler(620)
		Mono<ResponseEntity<Flux<String>>> entityOfTextFlux(@RequestParam String q) {
			return Mono.just(ResponseEntity.status(620).body(Flux.just(q)));
		}

		@StatusHandler(621)
		ResponseEntity<Flux<DataBuffer>> entityOfBuffers(@RequestParam String q) {
			return ResponseEntity.status(621).body(Flux.just(buffer(q)));
		}

		@StatusHandler(622)
		ResponseEntity<Resource> entityOfResource(@RequestParam String q) {
			return ResponseEntity.status(622).body(new ByteArrayResource(utf8(q)));
		}

		@StatusHandler(623)
		HttpEntity<byte[]> entityOfBytes(@RequestParam String q) {
			return new HttpEntity<>(utf8(q));
		}

		@StatusHandler(624)
		ServerResponse textServerResponse(@RequestParam String q) {
			return ServerResponse.status(624).bodyValue(q).toFuture().join();
		}

		@StatusHandler(625)
		ResponseEntity<?> dynamicEntityOfTextMono(@RequestParam String q) {
			return ResponseEntity.status(625).body(Mono.just(q));
		}

		@StatusHandler(626)
		Flux<?> dynamicFlux(@RequestParam String q) {
			return Flux.just(q);
		}

		@StatusHandler(627)
		Mono<Resource> resourceMono(@RequestParam String q) {
			return Mono.just(new ByteArrayResource(utf8(q)));
		}

		@StatusHandler(631)
		String html(ServerHttpResponse response) {
			response.getHeaders().setContentType(MediaType.TEXT_HTML);
			return "<p>safe</p>";
		}

		@StatusHandler(632)
		ResponseEntity<String> csv() {
			HttpHeaders headers = new HttpHeaders();
			headers.set(HttpHeaders.CONTENT_TYPE, "text/csv");
			return ResponseEntity.status(632).headers(headers).body("a,b");
		}

		private static byte[] utf8(String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}

		private static DataBuffer buffer(String text) {
			return DefaultDataBufferFactory.sharedInstance.wrap(utf8(text));
		}

	}

}
