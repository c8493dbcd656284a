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

import io.starlet.BackgroundTasks;
import io.starlet.HttpException;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes orders, and changes the stock when the client has its answer.
 */
@RestController
@RequestMapping("/api/books/{id}/orders")
class OrderController {

	private final BookRepository books;

	private final StockService stock;

	OrderController(BookRepository books, StockService stock) {
		this.books = books;
		this.stock = stock;
	}

	@PostMapping
	@ResponseStatus(HttpStatus.ACCEPTED)
	Mono<Order> order(@PathVariable long id, @Valid @RequestBody(required = false) @Nullable NewOrder newOrder,
			BackgroundTasks tasks) {
		return order(id, (newOrder != null) ? newOrder.copies() : 1, tasks);
	}

	@PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
	@ResponseStatus(HttpStatus.ACCEPTED)
	Mono<Order> orderFromForm(@PathVariable long id, @Valid @ModelAttribute NewOrder newOrder, BackgroundTasks tasks) {
		return order(id, newOrder.copies(), tasks);
	}

	private Mono<Order> order(long id, int copies, BackgroundTasks tasks) {
		return this.books.get(id)
			.publishOn(Schedulers.boundedElastic())
			.filterWhen((book) -> this.stock.count(book).map(Stock::isAvailable))
			.switchIfEmpty(Mono.error(() -> new HttpException(409, "Book %d is sold out".formatted(id))))
			.doOnNext((book) -> tasks.run("sell %d of %s".formatted(copies, book.title()),
					() -> this.stock.sell(book, copies)))
			.map((book) -> new Order(id, book.title(), copies));
	}

}
