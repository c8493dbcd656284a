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

import io.starlet.sample.BookshopClient.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the profile {@code debug}.
 */
@BookshopTest(profiles = "debug")
@Timeout(30)
class DebugProfileTests {

	private final BookshopClient client;

	DebugProfileTests(int port) {
		this.client = new BookshopClient(port);
	}

	@Test
	void shouldAnswerWithTraceback() throws Exception {
		Answer answer = this.client.get("/failures/error", BookshopClient.API_CLIENT);
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.header("Content-Type")).startsWith("text/plain");
		assertThat(answer.body()).contains("java.lang.IllegalStateException: Could not read /srv/bookshop/stock.csv",
				"FailureController");
	}

	@Test
	void shouldShowEveryFrameOfFailureThreeCallsDeep() throws Exception {
		Answer answer = this.client.get("/api/books/5/stock", BookshopClient.API_CLIENT);
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.body().lines().map(String::strip))
			.filteredOn((line) -> !line.startsWith("at ") || line.startsWith("at io.starlet"))
			.map((line) -> line.replaceFirst("^[0-9]+ ", "").replaceFirst(":[0-9]+\\)$", ")"))
			.startsWith("io.starlet.sample.InvalidStockException: Invalid line in stock.csv: 9780142437247,1O",
					"at io.starlet.sample.StockRepository.parse(StockRepository.java)",
					"| throw new InvalidStockException(line, ex);",
					"at io.starlet.sample.StockRepository.findByIsbn(StockRepository.java)",
					"| return read().lines().filter((line) -> line.startsWith(isbn)).map(this::parse).findFirst();",
					"at io.starlet.sample.StockService.count(StockService.java)",
					"| return Mono.justOrEmpty(this.stock.findByIsbn(book.isbn()))",
					"at io.starlet.sample.StockController.lambda$stock$0(StockController.java)",
					"| return this.books.get(id).publishOn(Schedulers.boundedElastic()).flatMap((book) -> this.stock.count(book));",
					"Observed at: checkpoint ⇢ Handler io.starlet.sample.StockController#stock(long) [DispatcherHandler]",
					"Observed at: checkpoint ⇢ HandledExceptionWebFilter",
					"Caused by: java.lang.NumberFormatException: For input string: \"1O\"",
					"at io.starlet.sample.StockRepository.parse(StockRepository.java)",
					"| return new Stock(line.substring(0, comma), Integer.parseInt(line.substring(comma + 1)));");
	}

	@Test
	void shouldStillAnswerHandledExceptions() throws Exception {
		Answer answer = this.client.get("/api/books/999", BookshopClient.API_CLIENT);
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.body()).isEqualTo("{\"status\":404,\"detail\":\"No book 999\"}");
	}

}
