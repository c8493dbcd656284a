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

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * How many copies there are, in the API.
 */
@RestController
class StockController {

	private final BookRepository books;

	private final StockService stock;

	StockController(BookRepository books, StockService stock) {
		this.books = books;
		this.stock = stock;
	}

	@GetMapping("/api/books/{id}/stock")
	Mono<Stock> stock(@PathVariable long id) {
		return this.books.get(id).publishOn(Schedulers.boundedElastic()).flatMap((book) -> this.stock.count(book));
	}

}
