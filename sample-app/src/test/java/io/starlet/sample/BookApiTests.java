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

import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import io.starlet.sample.BookshopClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of both APIs, the annotated controller and the router functions.
 */
@BookshopTest
@Timeout(30)
class BookApiTests {

	private static final String EMMA = """
			{"isbn":"9780141439587","title":"Emma","author":"<b>Jane Austen</b>","price":7.99}""";

	private final BookshopClient client;

	private final BookRepository books;

	BookApiTests(int port, BookRepository books) {
		this.client = new BookshopClient(port);
		this.books = books;
	}

	@AfterEach
	void removeNewBooks() {
		this.books.findAllByOrderById().skip(12).flatMap(this.books::delete).then().block(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldListBooks(String api) throws Exception {
		Answer answer = this.client.get(api, BookshopClient.JSON);
		assertThat(answer.status()).isEqualTo(200);
		List<String> titles = JsonPath.read(answer.body(), "$[*].title");
		assertThat(titles).hasSize(12).contains("Frankenstein", "Alice's Adventures in Wonderland");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldGetBook(String api) throws Exception {
		Answer answer = this.client.get(api + "/3", BookshopClient.JSON);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("""
				{"id":3,"isbn":"9780141441146","title":"Jane Eyre","author":"Charlotte Brontë","price":8.99}""");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldCreateBook(String api) throws Exception {
		Answer created = this.client.post(api, BookshopClient.JSON, BookshopClient.JSON, EMMA);
		assertThat(created.status()).isEqualTo(201);
		assertThat(created.header("Location")).startsWith(api + "/");
		Answer found = this.client.get(created.header("Location"), BookshopClient.JSON);
		assertThat(found.status()).isEqualTo(200);
		assertThat(found.body()).isEqualTo(created.body()).contains("\"title\":\"Emma\"");
	}

	@Test
	void shouldEscapeNewBookInPage() throws Exception {
		Answer created = this.client.post("/api/books", BookshopClient.JSON, BookshopClient.JSON, EMMA);
		String page = created.header("Location").replace("/api", "");
		assertThat(this.client.get(page, BookshopClient.BROWSER).body()).contains("&lt;b&gt;Jane Austen&lt;/b&gt;");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldNameInvalidFields(String api) throws Exception {
		assertProblem(this.client.post(api, BookshopClient.JSON, BookshopClient.JSON, """
				{"isbn":"1","title":" ","author":"Jane Austen"}"""), 400,
				"isbn must be 13 digits, price must not be null, title must not be blank");
		assertThat(this.books.count().block(Duration.ofSeconds(10))).isEqualTo(12);
	}

	@Test
	void shouldNotNameJavaTypesToClient() throws Exception {
		assertProblem(this.client.post("/api/books", BookshopClient.JSON, BookshopClient.FORM,
				"isbn=9780141439587&title=Emma&author=Jane+Austen&price=much"), 400, "price is not valid");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldRefuseUnreadableAndEmptyBody(String api) throws Exception {
		assertThat(this.client.post(api, BookshopClient.JSON, BookshopClient.JSON, "{\"isbn\":").status())
			.isEqualTo(400);
		assertThat(this.client.post(api, BookshopClient.JSON, BookshopClient.JSON, "").status()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldRefuseIsbnThatIsTaken(String api) throws Exception {
		assertProblem(this.client.post(api, BookshopClient.JSON, BookshopClient.JSON, """
				{"isbn":"9780141439518","title":"Pride and Prejudice","author":"Jane Austen","price":7.99}"""), 409,
				"There is a book with this ISBN already");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/books", "/functional/books" })
	void shouldAnswerMissingBook(String api) throws Exception {
		assertProblem(this.client.get(api + "/999", BookshopClient.JSON), 404, "No book 999");
		Answer page = this.client.get(api + "/999", BookshopClient.BROWSER);
		assertThat(page.status()).isEqualTo(404);
		assertThat(page.header("Content-Type")).startsWith("text/html");
		assertThat(page.body()).contains("<p>No book 999</p>");
	}

	@Test
	void shouldAnswerMissingBookWhateverClientAccepts() throws Exception {
		for (String accept : List.of("image/png", "malformed", "text/html")) {
			assertThat(this.client.get("/books/999", accept).status()).as(accept).isEqualTo(404);
		}
	}

	@Test
	void shouldTellAllowedMethods() throws Exception {
		Answer answer = this.client.post("/api/books/1", BookshopClient.JSON, BookshopClient.JSON, "");
		assertProblem(answer, 405, "Method Not Allowed");
		assertThat(answer.header("Allow")).isEqualTo("GET");
	}

	@Test
	void shouldCountStock() throws Exception {
		Answer answer = this.client.get("/api/books/3/stock", BookshopClient.JSON);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("{\"isbn\":\"9780141441146\",\"copies\":8}");
	}

	@Test
	void shouldAnswerBookThatIsNotInStockFile() throws Exception {
		Answer created = this.client.post("/api/books", BookshopClient.JSON, BookshopClient.JSON, EMMA);
		assertProblem(this.client.get(created.header("Location") + "/stock", BookshopClient.JSON), 404,
				"No stock of Emma");
	}

	private static void assertProblem(Answer answer, int status, String detail) {
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
		assertThat(answer.body()).isEqualTo("{\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail));
	}

}
