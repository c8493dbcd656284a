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

package io.starlet.sample;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.starlet.sample.BookshopClient.Answer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.FormElement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.ISpringWebFluxTemplateEngine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the home page, and of everything that it links to.
 */
@BookshopTest
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(30)
class BookshopPageTests {

	private static final Map<String, Expected> EXPECTED = Stream.concat(
			IntStream.rangeClosed(1, 12).mapToObj((id) -> Map.entry("GET /books/" + id, page(200, "<dt>ISBN</dt>"))),
			Stream.of(Map.entry("GET /", page(200, "<h1>A small bookshop")),
					Map.entry("GET /bookshop.css", both(200, "text/css", ":root {")),
					Map.entry("GET /bookshop.js", both(200, "text/javascript", "new WebSocket(")),
					Map.entry("GET /favicon.svg", both(200, "image/svg+xml", "<svg")),
					Map.entry("GET /books/999", pageOrJson(404, "<p>No book 999</p>", "No book 999")),
					Map.entry("GET /api/books/999", pageOrJson(404, "<p>No book 999</p>", "No book 999")),
					Map.entry("GET /functional/books/999", pageOrJson(404, "<p>No book 999</p>", "No book 999")),
					Map.entry("GET /no-such-page", pageOrJson(404, "<p>Not Found</p>", "Not Found")),
					Map.entry("POST /api/books/1", problem(405, "Method Not Allowed")),
					Map.entry("POST /api/books isbn=123&title=&author=Jane+Austen&price=-1",
							problem(400,
									"isbn must be 13 digits, price must be greater than 0, title must not be blank")),
					Map.entry(
							"POST /api/books isbn=9780141439518&title=Pride+and+Prejudice&author=Jane+Austen&price=7.99",
							problem(409, "There is a book with this ISBN already")),
					Map.entry("POST /api/books/1/orders copies=1",
							both(202, "application/json",
									"{\"book\":1,\"title\":\"Pride and Prejudice\",\"copies\":1}")),
					Map.entry("POST /api/books/1/orders copies=100",
							both(202, "application/json",
									"{\"book\":1,\"title\":\"Pride and Prejudice\",\"copies\":100}")),
					Map.entry("POST /api/books/11/orders copies=1",
							both(202, "application/json", "{\"book\":11,\"title\":\"The Time Machine\",\"copies\":1}")),
					Map.entry("POST /api/books/12/orders copies=1", problem(409, "Book 12 is sold out")),
					Map.entry("GET /failures/unavailable", problem(503, "Closed for stocktaking")),
					Map.entry("GET /failures/error",
							pageOrJson(500, "<h1>Something went wrong</h1>", "Internal Server Error")),
					Map.entry("GET /api/books/5/stock",
							pageOrJson(500, "<h1>Something went wrong</h1>", "Internal Server Error")),
					Map.entry("GET /failures/stream",
							new Expected(200, "text/event-stream", "Jane Eyre", "text/event-stream", "Jane Eyre",
									false)),
					Map.entry("GET /api/books", both(200, "application/json", "\"title\":\"Moby-Dick\"")),
					Map.entry("GET /api/books/1", both(200, "application/json", "\"author\":\"Jane Austen\"")),
					Map.entry("GET /functional/books", both(200, "application/json", "\"title\":\"Moby-Dick\"")),
					Map.entry("GET /functional/books/1", both(200, "application/json", "\"author\":\"Jane Austen\""))))
		.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

	private final BookshopClient client;

	private final ISpringWebFluxTemplateEngine templateEngine;

	BookshopPageTests(int port, ISpringWebFluxTemplateEngine templateEngine) {
		this.client = new BookshopClient(port);
		this.templateEngine = templateEngine;
	}

	@ParameterizedTest
	@MethodSource("everyTry")
	void shouldAnswerBrowser(Try given) throws Exception {
		Expected expected = expected(given);
		assertAnswer(given, BookshopClient.BROWSER, expected, expected.browserType(), expected.browserText());
	}

	@ParameterizedTest
	@MethodSource("everyTry")
	void shouldAnswerApiClient(Try given) throws Exception {
		Expected expected = expected(given);
		assertAnswer(given, BookshopClient.API_CLIENT, expected, expected.clientType(), expected.clientText());
	}

	@Test
	void shouldLinkToEverythingExpected() throws Exception {
		assertThat(everyTry().map(Try::toString)).containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
	}

	@Test
	void shouldShowCommandsOfItsLinksAndForms() throws Exception {
		List<String> commands = home().select("code:matches(^curl )").eachText();
		assertThat(commands).hasSize(15)
			.allSatisfy((command) -> assertThat(EXPECTED).containsKey(commandToTry(command)));
	}

	@Test
	void shouldListBooks() throws Exception {
		assertThat(home().select("tbody tr").eachText()).hasSize(12)
			.startsWith("Pride and Prejudice Jane Austen 9780141439518 £7.99")
			.contains("Jane Eyre Charlotte Brontë 9780141441146 £8.99");
	}

	@Test
	void shouldBeAccessibleAndSelfContained() throws Exception {
		Document home = home();
		assertThat(home.select("html").attr("lang")).isEqualTo("en");
		assertThat(home.title()).isNotBlank();
		assertThat(home.select("meta[name=viewport]")).hasSize(1);
		assertThat(home.select("h1, main")).hasSize(2);
		assertThat(home.select("th:not([scope])")).isEmpty();
		assertThat(home.select("a, button").eachText()).doesNotContain("");
		assertThat(home.select("input:not([type=hidden])")).isEmpty();
		assertThat(home.select("img:not([alt])")).isEmpty();
		assertThat(home.select("script:not([src^=/]), style, [style], [onclick]")).isEmpty();
		assertThat(home.select("script").outerHtml()).isEqualTo("<script src=\"/bookshop.js\" defer></script>");
		assertThat(home.select(":is(link, a):not([href^=/]), img:not([src^=/]), form:not([action^=/])")).isEmpty();
	}

	@Test
	void shouldLabelFieldsOfOrder() throws Exception {
		assertThat(book().select("label:has(input:not([type=hidden]))").eachText()).containsExactly("Copies");
		assertThat(book().select(":not(label) > input:not([type=hidden])")).isEmpty();
	}

	@Test
	void shouldShowFeedOnlyIfThereIsScript() throws Exception {
		for (Document page : List.of(home(), book())) {
			assertThat(page.select(".live:not([hidden])")).isEmpty();
			assertThat(page.select("[data-isbn]:not(.live), [data-follow]:not(.live, .live *)")).isEmpty();
			assertThat(page.select(".feed.live [role=log][aria-live=polite][aria-label]")).hasSize(1);
		}
	}

	@Test
	void shouldOfferSubscriptionsOfEachKind() throws Exception {
		assertThat(home().select("button[data-follow]").eachAttr("data-follow"))
			.containsExactly("1 2 3 4 6 7 8 9 10 11 12", "Dracula", "999", "5");
		assertThat(home().select(".feed").attr("data-follow")).isEqualTo("1 2 3 4 6 7 8 9 10 11 12");
		assertThat(book().select(".feed").attr("data-follow")).isEqualTo("11");
	}

	@Test
	void shouldEscapeDetail() {
		Context context = new Context(Locale.ENGLISH, Map.of("detail", "<b>No</b> & \"none\""));
		assertThat(this.templateEngine.process("not-found", context))
			.contains("<p>&lt;b&gt;No&lt;/b&gt; &amp; &quot;none&quot;</p>");
	}

	private Stream<Try> everyTry() throws IOException, InterruptedException {
		Document home = home();
		Stream<Try> links = Stream.of("href", "src")
			.flatMap((attribute) -> home.select("[" + attribute + "]").eachAttr(attribute).stream())
			.distinct()
			.map((path) -> new Try("GET", path, ""));
		Stream<Try> forms = Stream.of(home, book()).flatMap((page) -> page.forms().stream()).map(Try::of);
		return Stream.concat(links, forms);
	}

	private Document home() throws IOException, InterruptedException {
		return Jsoup.parse(this.client.get("/", BookshopClient.BROWSER).body());
	}

	private Document book() throws IOException, InterruptedException {
		return Jsoup.parse(this.client.get("/books/11", BookshopClient.BROWSER).body());
	}

	private void assertAnswer(Try given, String accept, Expected expected, String type, String text)
			throws IOException, InterruptedException {
		Answer answer = given.method().equals("POST")
				? this.client.post(given.path(), accept, BookshopClient.FORM, given.form())
				: this.client.get(given.path(), accept);
		assertThat(answer.status()).as("status of %s", given).isEqualTo(expected.status());
		assertThat(answer.header("Content-Type")).as("content type of %s", given).startsWith(type);
		assertThat(answer.body()).as("body of %s", given).contains(text);
		assertThat(answer.whole()).as("response to %s is whole", given).isEqualTo(expected.whole());
	}

	private static Expected expected(Try given) {
		return Objects.requireNonNull(EXPECTED.get(given.toString()), () -> "No expectation of " + given);
	}

	/** Reads {@code curl -i [-X POST] [-d 'form'] localhost:8080/path}. */
	private static String commandToTry(String command) {
		String path = command.substring(command.indexOf("localhost:8080") + "localhost:8080".length());
		String form = command.contains("'") ? command.split("'", -1)[1].replace(' ', '+') : "";
		boolean post = !form.isEmpty() || command.contains("-X POST");
		return new Try(post ? "POST" : "GET", path, form).toString();
	}

	private static Expected both(int status, String type, String text) {
		return new Expected(status, type, text, type, text, true);
	}

	private static Expected page(int status, String text) {
		return both(status, "text/html", text);
	}

	private static Expected problem(int status, String detail) {
		return both(status, "application/json", json(status, detail));
	}

	private static Expected pageOrJson(int status, String text, String detail) {
		return new Expected(status, "text/html", text, "application/json", json(status, detail), true);
	}

	private static String json(int status, String detail) {
		return "{\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail);
	}

	record Try(String method, String path, String form) {

		static Try of(FormElement form) {
			return new Try(form.attr("method").toUpperCase(Locale.ROOT), form.attr("action"),
					form.formData()
						.stream()
						.map((field) -> field.key() + "=" + URLEncoder.encode(field.value(), StandardCharsets.UTF_8))
						.collect(Collectors.joining("&")));
		}

		@Override
		public String toString() {
			return (this.method + " " + this.path + " " + this.form).strip();
		}

	}

	record Expected(int status, String browserType, String browserText, String clientType, String clientText,
			boolean whole) {

	}

}
