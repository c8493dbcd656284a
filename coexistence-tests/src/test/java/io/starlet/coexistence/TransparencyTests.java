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
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootVersion;
import org.springframework.http.HttpStatus;
import org.springframework.util.DigestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that has nothing of Starlet's answers the same with the starter and
 * without it, byte for byte, except where the rules say otherwise.
 */
@Timeout(120)
class TransparencyTests {

	private static final Pattern BOUNDARY = Pattern.compile("multipart/byteranges;boundary=(\\S+)");

	private static final String EVERYWHERE = "(?i)(connection|content-length|x-correlation): .*";

	private static final String PLAIN = "%d Content-Type: text/plain;charset=UTF-8 | ";

	private static final String SHOP = "Origin: https://shop.example";

	private static final String OTHER = "Origin: https://other.example";

	private static final String STRANGER = "Origin: https://stranger.example";

	private static final String JSON = "Content-Type: application/json";

	private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

	static final List<Request> EQUAL = List.of(
			// Static resources
			get("/notes.txt"), head("/notes.txt"), options("/notes.txt"), get("/notes.txt", "Accept: text/html"),
			get("/notes.txt", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT"),
			get("/notes.txt", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT"),
			get("/notes.txt", "If-Modified-Since: yesterday"),
			get("/notes.txt", "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT"), get("/" + versionedNotes()),
			get("/" + versionedNotes(), "If-None-Match: W/\"" + notesVersion() + "\""),
			get("/" + versionedNotes(), "If-None-Match: \"" + notesVersion() + "\""),
			get("/" + versionedNotes(), "If-Match: \"other\""), get("/notes.txt", "Range: bytes=5-9"),
			get("/notes.txt", "Range: bytes=-5"), get("/notes.txt", "Range: bytes=0-1,4-5"),
			get("/notes.txt", "Range: bytes=100000-"), get("/notes.txt", "Range: lines=1-2"),
			get("/notes.txt", "Accept-Encoding: gzip"), get("/files/notes.txt"), head("/files/notes.txt"),
			get("/webjars/swagger-ui/favicon-16x16.png"),
			// The welcome page and other views
			get("/", "Accept: text/html"), get("/"), get("/page"), get("/page", "Accept: text/html"), get("/moved"),
			get("/moved-for-good"), head("/page"),
			// Endpoints
			get("/text"), head("/text"), options("/text"), get("/text", "Accept-Encoding: gzip"), get("/empty"),
			get("/future"), get("/books"), head("/books"), options("/books"), get("/books/7"), get("/lines"),
			get("/events"), head("/events"), get("/events", "Accept: text/event-stream", "Last-Event-ID: 1"),
			get("/events", "Accept-Encoding: gzip"), get("/chunks"), get("/download"),
			get("/download", "Range: bytes=2-4"), get("/download", "Range: bytes=20-"),
			get("/download", "Range: bytes=1-2,4-5"), get("/param?size=3"), get("/problem"),
			get("/problem", "Accept: image/png"), get("/%zz"), new Request("GET /text HTTP/1.0", List.of(), ""),
			// Conditional requests
			get("/versioned"), get("/versioned", "If-None-Match: \"v1\""), get("/versioned", "If-None-Match: \"v2\""),
			get("/versioned", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT"), get("/checked"),
			get("/checked", "If-None-Match: \"v1\""), get("/checked", "If-Match: \"v2\""),
			head("/checked", "If-None-Match: \"v1\""),
			// Bodies
			put("/books", "{\"title\":\"Emma\",\"price\":8}", JSON),
			post("/books", "{\"title\":\"Emma\",\"price\":8}", JSON), post("/form", "title=Emma&price=8", FORM),
			post("/upload", multipart(), "Content-Type: multipart/form-data; boundary=part"),
			post("/echo-body", "Hello", "Content-Type: text/plain"),
			post("/echo-body", "Hello", "Content-Type: text/plain", "Expect: 100-continue"),
			new Request("POST /echo-body HTTP/1.1",
					List.of("Host: localhost", "Connection: close", "Content-Type: text/plain",
							"Transfer-Encoding: chunked"),
					"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
			post("/length", "x".repeat(4000), "Content-Type: text/plain"),
			// Cookies and sessions
			get("/cookies"), get("/cookies", "Cookie: theme=light"), get("/session"),
			get("/session", "Cookie: SESSION=unknown"),
			// CORS
			get("/books", SHOP), get("/books", STRANGER), get("/books/7", OTHER), get("/books/7", STRANGER),
			options("/books", SHOP, "Access-Control-Request-Method: PUT",
					"Access-Control-Request-Headers: content-type"),
			options("/books", SHOP, "Access-Control-Request-Method: DELETE"),
			options("/books", STRANGER, "Access-Control-Request-Method: GET"),
			options("/books/7", OTHER, "Access-Control-Request-Method: GET"),
			options("/nothing", SHOP, "Access-Control-Request-Method: GET"),
			put("/books", "{\"title\":\"Emma\",\"price\":8}", JSON, SHOP),
			// Functional endpoints
			get("/functions/ok"), get("/functions/ok", "If-None-Match: \"v1\""), post("/functions/created", "Emma"),
			get("/functions/moved"), get("/functions/not-found"), get("/functions/conflict"),
			get("/functions/unavailable"), get("/functions/view"), get("/functions/caught"),
			// What the application answers itself is no exception, whatever the status
			get("/status/200"), get("/status/204"), get("/status/303"), get("/status/400"), get("/status/401"),
			get("/status/404"), get("/status/404", "Accept: text/html"), get("/status/499"), get("/status/500"),
			get("/status/503"), head("/status/404"), get("/status/400/body"), get("/status/404/body"),
			get("/status/418/body"), get("/status/500/body"), head("/status/500/body"), get("/filter/forbidden"),
			get("/failures/advised"), head("/failures/advised"), get("/failures/advised-view", "Accept: text/html"),
			// Actuator
			get("/actuator"), get("/actuator/health"), get("/actuator/health/well"), get("/actuator/health/ill"),
			head("/actuator/health/ill"), get("/actuator/health/other"), get("/actuator/info"),
			get("/actuator/info", "Accept: application/json"), options("/actuator/info"),
			get("/actuator/loggers/com.acme"),
			post("/actuator/loggers/com.acme", "{\"configuredLevel\":\"WARN\"}", JSON), get("/actuator/info", SHOP),
			// Cut responses
			get("/cut"), get("/cut-length"));

	private static final String VARY = "Vary: Access-Control-Request-Headers | Vary: Access-Control-Request-Method | Vary: Origin | ";

	private static final String ALLOWED = "Access-Control-Allow-Origin: https://shop.example | Access-Control-Expose-Headers: X-Correlation | ";

	private static final String CONSUMED = "application/json, application/*+json, application/x-ndjson";

	private static final String PRODUCED = CONSUMED + ", text/event-stream";

	private static final String INVALID = "{\"title\":\"\",\"price\":-1}";

	/** Of Spring's, so another in other versions. */
	private static final String NO_UPGRADE = String.valueOf(SpringBootVersion.getVersion()).startsWith("4.0.")
			? "Invalid 'Upgrade' header: [Host:\"localhost\", Connection:\"close\"]"
			: "Can \"Upgrade\" only to \"WebSocket\".";

	/** What the application leaves to the framework: rules R5, R10, R11, R17 and R18. */
	private static final List<Difference> DIFFERENT = List.of(
			// No route
			new Difference(get("/nothing"), 404, "", "", "Not Found"),
			new Difference(get("/nothing", "Accept: text/html"), 404, "", "", "Not Found"),
			new Difference(get("/nothing", "Accept: image/png"), 404, "", "", "Not Found"),
			new Difference(head("/nothing"), 404, "", "", ""), new Difference(head("/functions/ok"), 404, "", "", ""),
			new Difference(get("/files/nothing"), 404, "", "", "Not Found"),
			new Difference(get("/webjars/nothing"), 404, "", "", "Not Found"),
			new Difference(get("/actuator/nothing"), 404, "", "", "Not Found"),
			// Methods
			new Difference(post("/text", "x"), 405, "", "Allow: GET | ", "Method Not Allowed"),
			new Difference(post("/notes.txt", "x"), 405, "", "Allow: GET,HEAD | ", "Method Not Allowed"),
			new Difference(post("/actuator/info", "{}", JSON), 405, "", "Allow: GET | ", "Method Not Allowed"),
			// Media types
			new Difference(get("/books/7", "Accept: image/png"), 406, VARY, "Accept: " + PRODUCED + " | " + VARY,
					"Acceptable representations: [" + PRODUCED + "]."),
			new Difference(get("/failures/advised", "Accept: image/png"), 406, "X-Advice: yes | ",
					"Accept: " + PRODUCED + " | ", "Acceptable representations: [" + PRODUCED + "]."),
			new Difference(get("/books/7", "Accept: malformed"), 406, VARY, VARY, "Could not parse Accept header."),
			new Difference(post("/books", "<book/>", "Content-Type: application/xml"), 415, VARY,
					"Accept: " + CONSUMED + " | " + VARY, "Content-Type 'application/xml' is not supported."),
			new Difference(post("/books", "{}", "Content-Type: malformed"), 415, VARY,
					"Accept: " + CONSUMED + " | " + VARY, "Could not parse Content-Type."),
			// What can't be read, or is not valid
			new Difference(post("/books", "{", JSON), 400, VARY, VARY, "Failed to read HTTP message"),
			new Difference(post("/books", INVALID, JSON), 400, VARY, VARY, "Invalid request content."),
			new Difference(put("/books", "{", JSON, SHOP), 400, ALLOWED + VARY, ALLOWED + VARY,
					"Failed to read HTTP message"),
			new Difference(post("/form", "price=x", FORM), 400, "", "", "Invalid request content."),
			new Difference(get("/param"), 400, "", "", "Required query parameter 'size' is not present."),
			new Difference(get("/param?size=x"), 400, "", "", "Type mismatch."),
			new Difference(post("/length", "x".repeat(5000), "Content-Type: text/plain"), 413, "", "",
					"Content Too Large"),
			new Difference(post("/actuator/loggers/com.acme", "{\"configuredLevel\":\"LOUD\"}", JSON), 400, "", "",
					"Parameter mapping failure"),
			new Difference(get("/echo"), 400, "", "", NO_UPGRADE),
			// Exceptions of the application that have a status
			new Difference(get("/failures/status"), 410, "", "", "Sold out"),
			new Difference(get("/failures/annotated"), 402, "", "", "Pay first"),
			// Errors
			new Difference(get("/failures/thrown"), 500, "", "", "Internal Server Error"),
			new Difference(get("/failures/signalled"), 500, "", "", "Internal Server Error"),
			new Difference(get("/failures/signalled", "Accept: text/html"), 500, "", "", "Internal Server Error"),
			new Difference(head("/failures/thrown"), 500, "", "", ""),
			new Difference(get("/failures/other"), 500, "", "", "Internal Server Error"),
			new Difference(get("/status/99"), 500, "", "", "Internal Server Error"),
			new Difference(get("/filter/error"), 500, "", "", "Internal Server Error"));

	private static PlainServer with;

	private static PlainServer without;

	@BeforeAll
	static void start() {
		with = PlainServer.withStarlet();
		without = PlainServer.withoutStarlet();
	}

	@AfterAll
	static void stop() throws IOException {
		with.close();
		without.close();
	}

	@Test
	void oneApplicationHasStarletAndTheOtherHasNot() {
		assertThat(with.beanTypes()).anyMatch(TransparencyTests::isOfStarlet);
		assertThat(without.beanTypes()).isNotEmpty().noneMatch(TransparencyTests::isOfStarlet);
	}

	private static boolean isOfStarlet(String type) {
		return type.startsWith("io.starlet.") && !type.startsWith(PlainApplication.class.getName());
	}

	@ParameterizedTest
	@FieldSource("EQUAL")
	void itAnswersTheSame(Request request) {
		String expected = masked(without.exchange(request.toString()));
		assertThat(masked(with.exchange(request.toString()))).isEqualTo(expected).startsWith("HTTP/1.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0081\u0085\0\0\0\0Hello\u0088\u0082\0\0\0\0\u0003\u00e8", "\u0088\u0080\0\0\0\0" })
	void itsWebSocketSessionsAreTheSame(String frames) {
		String handshake = """
				GET /echo HTTP/1.1
				Host: localhost
				Connection: Upgrade
				Upgrade: websocket
				Sec-WebSocket-Version: 13
				Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

				""".replace("\n", "\r\n");
		assertThat(with.exchange(handshake, frames)).isEqualTo(without.exchange(handshake, frames))
			.startsWith("HTTP/1.1 101 ");
	}

	@ParameterizedTest
	@FieldSource("DIFFERENT")
	void itAnswersAsTheRulesSayWhatTheApplicationLeavesToTheFramework(Difference difference) {
		String request = difference.request().toString();
		assertThat(summary(without.exchange(request))).isEqualTo(difference.expectedOfBoot());
		assertThat(summary(with.exchange(request))).isEqualTo(difference.expectedOfStarlet());
	}

	@Test
	void anAnswerOfItsOwnToErrorsIsNotAskedForExceptionsWithAStatusAndComesTooLateForErrors() throws IOException {
		try (PlainServer boot = PlainServer.withoutStarlet("own-answer=true");
				PlainServer starlet = PlainServer.withStarlet("own-answer=true")) {
			for (String path : List.of("/nothing", "/failures/status", "/failures/thrown")) {
				assertThat(summary(boot.exchange(get(path).toString()))).isEqualTo("423 own answer");
			}
			assertThat(summary(boot.exchange(get("/seen").toString()))).endsWith("""
					["NoResourceFoundException","ResponseStatusException","IllegalStateException"]""");
			assertThat(summary(starlet.exchange(get("/nothing").toString())))
				.isEqualTo(PLAIN.formatted(404) + "Not Found");
			assertThat(summary(starlet.exchange(get("/failures/status").toString())))
				.isEqualTo(PLAIN.formatted(410) + "Sold out");
			assertThat(summary(starlet.exchange(get("/failures/thrown").toString())))
				.isEqualTo(PLAIN.formatted(500) + "Internal Server Error");
			await().untilAsserted(() -> assertThat(summary(starlet.exchange(get("/seen").toString()))).endsWith("""
					["IllegalStateException"]"""));
			assertThat(starlet.exchange(get("/failures/advised").toString()))
				.isEqualTo(boot.exchange(get("/failures/advised").toString()));
		}
	}

	@Test
	void itsProblemDetailsAreThoseOfSpringWhereSpringHasAny() throws IOException {
		int same = 0;
		try (PlainServer boot = PlainServer.withoutStarlet("spring.webflux.problemdetails.enabled=true");
				PlainServer starlet = PlainServer.withStarlet("spring.webflux.problemdetails.enabled=true")) {
			for (Difference difference : DIFFERENT) {
				String request = difference.request().toString();
				String expected = summary(boot.exchange(request));
				boolean problem = expected.contains("\"detail\":");
				same += problem ? 1 : 0;
				assertThat(summary(starlet.exchange(request)))
					.isEqualTo(problem ? expected : difference.expectedProblem());
			}
		}
		assertThat(same).isGreaterThan(15);
	}

	/** The status, the headers that not all responses have, and the body. */
	private static String summary(String response) {
		String[] parts = masked(response).split("\r\n\r\n", 2);
		return Stream
			.concat(parts[0].lines().skip(1).filter((header) -> !header.matches(EVERYWHERE)).sorted(),
					Stream.of(parts[1]))
			.collect(Collectors.joining(" | ", parts[0].substring(9, 12) + " ", ""));
	}

	/** Without what is made up for each response. */
	private static String masked(String response) {
		Matcher boundary = BOUNDARY.matcher(response);
		if (boundary.find()) {
			// Its length is made up too
			return response.replace(boundary.group(1), "boundary").replaceAll("(?m)^[0-9a-f]{2}$", "size");
		}
		return response.replaceAll("SESSION=[-0-9a-f]{36}", "SESSION=id")
			.replaceAll("\"timestamp\":\"[^\"]*\"", "\"timestamp\":\"now\"")
			.replaceAll("(?s)<html>.*Whitelabel Error Page.*</html>", "Whitelabel Error Page")
			.replace("Allow: HEAD,GET", "Allow: GET,HEAD")
			.replaceAll("\"requestId\":\"[^\"]*\"", "\"requestId\":\"id\"");
	}

	private static Request get(String path, String... headers) {
		return of("GET", path, "", headers);
	}

	private static Request head(String path, String... headers) {
		return of("HEAD", path, "", headers);
	}

	private static Request options(String path, String... headers) {
		return of("OPTIONS", path, "", headers);
	}

	private static Request post(String path, String body, String... headers) {
		return of("POST", path, body, headers);
	}

	private static Request put(String path, String body, String... headers) {
		return of("PUT", path, body, headers);
	}

	private static Request of(String method, String path, String body, String... headers) {
		List<String> all = new ArrayList<>(List.of("Host: localhost", "Connection: close"));
		all.addAll(Arrays.asList(headers));
		if (!body.isEmpty()) {
			all.add("Content-Length: " + body.length());
		}
		return new Request(method + " " + path + " HTTP/1.1", all, body);
	}

	private static String multipart() {
		return """
				--part
				Content-Disposition: form-data; name="title"

				Emma
				--part
				Content-Disposition: form-data; name="file"; filename="emma.txt"
				Content-Type: text/plain

				Chapter 1
				--part--
				""".replace("\n", "\r\n");
	}

	private static String versionedNotes() {
		return "notes-" + notesVersion() + ".txt";
	}

	private static String notesVersion() {
		try (InputStream notes = Objects
			.requireNonNull(TransparencyTests.class.getResourceAsStream("/plain/notes.txt"))) {
			return DigestUtils.md5DigestAsHex(notes);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Request(String line, List<String> headers, String body) {

		@Override
		public String toString() {
			return this.line + "\r\n" + String.join("\r\n", this.headers) + "\r\n\r\n" + this.body;
		}

	}

	/**
	 * What two frameworks answer.
	 *
	 * @param bootHeaders the headers that Boot sends, without the content type
	 * @param headers the headers that Starlet sends, without the content type
	 * @param text what Starlet says
	 */
	record Difference(Request request, int status, String bootHeaders, String headers, String text) {

		String expectedOfBoot() {
			boolean page = this.request.headers().contains("Accept: text/html");
			return ordered(this.bootHeaders, page ? "text/html;charset=UTF-8" : "application/json",
					page ? "Whitelabel Error Page" : json());
		}

		String expectedOfStarlet() {
			return ordered(this.headers, "text/plain;charset=UTF-8", this.text);
		}

		String expectedProblem() {
			return ordered(this.headers, "application/problem+json",
					isHead() ? "" : "{\"detail\":\"%s\",\"instance\":\"%s\",\"status\":%d,\"title\":\"%s\"}"
						.formatted(this.text.replace("\"", "\\\""), path(), this.status, reason()));
		}

		private String ordered(String headers, String type, String body) {
			return Stream.concat(Stream.of("Content-Type: " + type), Stream.of(headers.split(" \\| ", -1)))
				.filter((header) -> !header.isEmpty())
				.sorted()
				.collect(Collectors.joining(" | ", this.status + " ", " | " + body));
		}

		private String json() {
			return isHead() ? ""
					: "{\"timestamp\":\"now\",\"path\":\"%s\",\"status\":%d,\"error\":\"%s\",\"requestId\":\"id\"}"
						.formatted(path(), this.status, reason());
		}

		private boolean isHead() {
			return this.request.line().startsWith("HEAD ");
		}

		private String path() {
			return this.request.line().replaceFirst("\\S+ ([^? ]+).*", "$1");
		}

		private String reason() {
			return HttpStatus.valueOf(this.status).getReasonPhrase();
		}

	}

}
