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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.jayway.jsonpath.JsonPath;
import io.starlet.sample.BookshopClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of orders, and of what becomes of them after the answer.
 */
@BookshopTest
@Timeout(30)
class OrderTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.starlet");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final BookshopClient client;

	private final StockService stock;

	OrderTests(int port, StockService stock) {
		this.client = new BookshopClient(port);
		this.stock = stock;
	}

	@BeforeEach
	void captureLog() {
		this.log.list = new CopyOnWriteArrayList<>();
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setAdditive(false);
		this.logger.setLevel(Level.INFO);
	}

	@AfterEach
	void releaseLog() {
		this.logger.setLevel(Level.OFF);
		this.logger.setAdditive(true);
		this.logger.detachAppender(this.log);
	}

	@Test
	void shouldAnswerBeforeStockChanges() throws Exception {
		int copies = copies(8);
		synchronized (this.stock) {
			Answer answer = order(8, BookshopClient.JSON, "{\"copies\":2}");
			assertThat(answer.status()).isEqualTo(202);
			assertThat(answer.body()).isEqualTo("""
					{"book":8,"title":"Alice's Adventures in Wonderland","copies":2}""");
			assertThat(copies(8)).isEqualTo(copies);
			assertThat(logged(Level.INFO)).isEmpty();
		}
		await().until(() -> copies(8) == copies - 2);
		await().until(() -> !logged(Level.INFO).isEmpty());
		assertThat(logged(Level.INFO))
			.containsExactly("Sold 2 of Alice's Adventures in Wonderland, %d left".formatted(copies - 2));
		assertThat(logged(Level.ERROR)).isEmpty();
	}

	@Test
	void shouldOrderOneCopyWithoutBody() throws Exception {
		int copies = copies(8);
		assertThat(order(8, BookshopClient.JSON, "").body()).contains("\"copies\":1");
		await().until(() -> copies(8) == copies - 1);
	}

	@Test
	void shouldKeepAnswerOfOrderWhoseTaskFails() throws Exception {
		int copies = copies(6);
		Answer answer = order(6, BookshopClient.FORM, "copies=100");
		assertThat(answer.status()).isEqualTo(202);
		assertThat(answer.body()).isEqualTo("{\"book\":6,\"title\":\"Great Expectations\",\"copies\":100}");
		await().until(() -> !logged(Level.ERROR).isEmpty());
		order(6, BookshopClient.FORM, "copies=1");
		await().until(() -> copies(6) == copies - 1);
		assertThat(logged(Level.ERROR)).singleElement()
			.asString()
			.endsWith("Background task 'sell 100 of Great Expectations' failed");
		assertThat(this.log.list).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.singleElement()
			.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage())
				.isEqualTo("100 of Great Expectations were ordered, %d too many".formatted(100 - copies)));
	}

	@ParameterizedTest
	@CsvSource({ "999, copies=1, 404, No book 999", "12, copies=1, 409, Book 12 is sold out",
			"1, copies=0, 400, copies must be greater than 0",
			"1, copies=1001, 400, copies must be less than or equal to 1000",
			"1, copies=many, 400, copies is not valid" })
	void shouldRefuse(long book, String form, int status, String detail) throws Exception {
		Answer answer = order(book, BookshopClient.FORM, form);
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.body()).isEqualTo("{\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail));
		assertThat(logged(Level.INFO)).isEmpty();
	}

	private Answer order(long book, String contentType, String body) throws Exception {
		return this.client.post("/api/books/%d/orders".formatted(book), BookshopClient.JSON, contentType, body);
	}

	private int copies(long book) throws Exception {
		Answer answer = this.client.get("/api/books/%d/stock".formatted(book), BookshopClient.JSON);
		return JsonPath.<Integer>read(answer.body(), "$.copies");
	}

	private List<String> logged(Level level) {
		return this.log.list.stream()
			.filter((event) -> event.getLevel() == level)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

}
