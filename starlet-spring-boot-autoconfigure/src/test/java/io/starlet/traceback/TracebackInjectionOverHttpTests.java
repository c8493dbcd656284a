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

package io.starlet.traceback;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile texts from clients, from the application and from its source files stay text,
 * over a real server.
 */
@OnEachServer
@Timeout(300)
class TracebackInjectionOverHttpTests {

	private static final List<String> CORPUS = HostileApplication.CORPUS;

	private static final Set<String> SHAPES = Set
		.copyOf(ParsedPage.of(HtmlTraceback.render(Tracebacks.everywhere("harmless"), Tracebacks.EDITOR_LINK)).shape());

	private static final Redaction REDACTION = new Redaction(List.of());

	@TempDir
	private static Path directory;

	private static HostileApplication application;

	@BeforeAll
	static void start() throws Exception {
		application = HostileApplication.start(directory);
	}

	@AfterAll
	static void stop() throws Exception {
		application.close();
	}

	@Test
	void textsOfTheApplicationStayTextOnThePage() {
		forEach(CORPUS.size(), (index) -> {
			ParsedPage page = page(get("/text/" + index, "Accept: text/html"));
			String shown = PrintableText.of(REDACTION.text(CORPUS.get(index)));
			assertThat(page.texts("header .message")).containsExactly(shown);
			assertThat(page.texts("article article .message")).containsExactly(shown);
			assertThat(page.texts("th")).contains(shown);
			assertThat(page.texts("td")).contains(shown);
			assertThat(page.first("h1").wholeText()).startsWith("io.starlet.traceback.Hostile");
		});
	}

	@Test
	void textsOfTheApplicationStayTextInPlainText() {
		forEach(CORPUS.size(), (index) -> assertThat(text(get("/text/" + index)))
			.contains(": " + PrintableText.of(REDACTION.text(CORPUS.get(index))) + "\n"));
	}

	@Test
	void textsOfTheClientStayTextOnThePage() {
		List<String> sections = new ArrayList<>(List.of("Path variables", "Query parameters", "Headers", "Cookies"));
		if (Server.CURRENT == Server.JETTY) {
			// It drops all cookies where one is malformed
			sections.remove("Cookies");
		}
		forEach(CORPUS.size(), (index) -> assertThat(page(send(CORPUS.get(index), "text/html")).texts("#request h3"))
			.containsAll(sections));
	}

	@Test
	void textsOfTheClientStayTextInPlainText() {
		forEach(CORPUS.size(), (index) -> assertThat(text(send(CORPUS.get(index), "text/plain")))
			.contains("\nRequest: GET http://localhost/echo/"));
	}

	@Test
	void textOfTheClientIsShownAsItIs() {
		String text = "<img src=x onerror=window.__pwned=1>";
		String encoded = UriUtils.encode(text, StandardCharsets.UTF_8);
		ParsedPage page = page(get("/echo/" + encoded + "?q=" + encoded, "Accept: text/html", "X-Header: " + text));
		assertThat(page.texts("td").stream().filter(text::equals)).hasSize(3);
	}

	@ParameterizedTest
	@MethodSource("linesOfSource")
	void linesOfASourceFileStayTextOnThePage(int from) {
		ParsedPage page = page(get("/sources/" + from, "Accept: text/html"));
		assertShown(page.texts("mark").stream().map((line) -> line.substring(5).stripTrailing()).toList(), from);
		assertThat(page.document().select(".path a").eachAttr("href")).isNotEmpty()
			.allMatch((href) -> href.matches("vscode://file/[\\w/.%:~-]+"));
	}

	@ParameterizedTest
	@MethodSource("linesOfSource")
	void linesOfASourceFileStayTextInPlainText(int from) {
		assertShown(text(get("/sources/" + from)).lines()
			.filter((line) -> line.contains(" | "))
			.map((line) -> line.substring(line.indexOf(" | ") + 3))
			.toList(), from);
	}

	static IntStream linesOfSource() {
		return IntStream.iterate(0, (from) -> from < CORPUS.size(), (from) -> from + HostileApplication.LINES);
	}

	/** As they are, but for those with a masked literal. */
	private static void assertShown(List<String> shown, int from) {
		List<String> missing = IntStream.range(from, Math.min(from + HostileApplication.LINES, CORPUS.size()))
			.mapToObj(HostileApplication.HostileSource::line)
			.map(PrintableText::of)
			.filter((line) -> !shown.contains(line.stripTrailing()))
			.toList();
		assertThat(missing).hasSameSizeAs(shown.stream().filter((line) -> line.contains(Redaction.MASK)).toList());
	}

	@Test
	void messagesOfAMegabyteAreCut() {
		forEach((int) Injections.huge().count(), (index) -> {
			RawHttpResponse response = get("/huge/" + index, "Accept: text/html");
			page(response);
			assertThat(response.body().length()).isLessThan(1 << 20);
			assertThat(text(get("/huge/" + index)).length()).isLessThan(1 << 18);
		});
	}

	private static RawHttpResponse get(String path, String... headers) {
		return application.application().get(path, headers);
	}

	/** As much of a text as a server takes in each place. */
	private static RawHttpResponse send(String text, String accept) {
		String encoded = UriUtils.encode(text, StandardCharsets.UTF_8);
		String token = text.replaceAll("[^\\w!#$%&'*+.^`|~-]", "");
		String value = text.replaceAll("\\p{Cntrl}", "");
		String[] headers = { "Accept: " + accept, "X-A" + token + ": " + value, "User-Agent: " + value,
				"Referer: " + value, "Cookie: c" + token + "=" + value + "; d=" + encoded };
		String query = "?" + encoded + "=" + encoded + "&q=" + encoded;
		RawHttpResponse response = get("/echo/" + encoded + query, headers);
		return Server.CURRENT.hasRefused(response) ? get("/echo/refused" + query, headers) : response;
	}

	private static ParsedPage page(RawHttpResponse response) {
		ParsedPage page = ParsedPage.of(body(response, "text/html;charset=UTF-8"));
		assertThat(page.errors()).isEmpty();
		assertThat(SHAPES).containsAll(page.shape());
		assertThat(response.header("Content-Security-Policy")).isEqualTo(HtmlTraceback.CONTENT_SECURITY_POLICY);
		return page;
	}

	private static String text(RawHttpResponse response) {
		return body(response, "text/plain;charset=UTF-8");
	}

	private static String body(RawHttpResponse response, String contentType) {
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("Content-Type")).isEqualTo(contentType);
		assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
		assertThat(response.whole()).isTrue();
		assertThat(response.body()).doesNotContainPattern(Injections.UNPRINTABLE);
		return response.body();
	}

	/** All of them, so that one failure does not hide the others. */
	private static void forEach(int count, IntConsumer test) {
		List<String> failures = new ArrayList<>();
		IntStream.range(0, count).forEach((index) -> {
			try {
				test.accept(index);
			}
			catch (AssertionError | RuntimeException ex) {
				failures.add("Number " + index + ": " + ex);
			}
		});
		assertThat(failures).isEmpty();
	}

}
