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

import io.starlet.HttpException;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Service;

/**
 * Knows what is in stock. It blocks, as the stock is in a file.
 */
@Service
class StockService {

	private final StockRepository stock;

	StockService(StockRepository stock) {
		this.stock = stock;
	}

	Mono<Stock> count(Book book) {
		return Mono.justOrEmpty(this.stock.findByIsbn(book.isbn()))
			.switchIfEmpty(Mono.error(() -> new HttpException(404, "No stock of " + book.title())));
	}

}
