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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.starlet.HttpException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.stereotype.Service;

/**
 * Knows what is in stock. It blocks, as the stock is in a file.
 */
@Service
class StockService {

	private static final Log logger = LogFactory.getLog(StockService.class);

	private final StockRepository stock;

	/** Copies by ISBN since the start, as the file is the staff's. */
	private final Map<String, Integer> sold = new ConcurrentHashMap<>();

	private final Sinks.Many<String> changes = Sinks.many().multicast().directBestEffort();

	StockService(StockRepository stock) {
		this.stock = stock;
	}

	Mono<Stock> count(Book book) {
		return Mono.justOrEmpty(this.stock.findByIsbn(book.isbn()))
			.switchIfEmpty(Mono.error(() -> new HttpException(404, "No stock of " + book.title())))
			.map((stock) -> stock.minus(this.sold.getOrDefault(book.isbn(), 0)));
	}

	/**
	 * The stock, and again whenever it changes. Changes are listened to before the first
	 * count, so that none is missed, and a slow client gets the latest.
	 */
	Flux<Stock> follow(Book book) {
		return Flux
			.merge(this.changes.asFlux().filter(book.isbn()::equals).onBackpressureLatest(), Mono.just(book.isbn()))
			.publishOn(Schedulers.boundedElastic())
			.concatMap((isbn) -> count(book))
			.distinctUntilChanged();
	}

	synchronized void sell(Book book, int copies) {
		int left = Objects.requireNonNull(count(book).block()).copies() - copies;
		if (left < 0) {
			throw new IllegalStateException(
					"%d of %s were ordered, %d too many".formatted(copies, book.title(), -left));
		}
		this.sold.merge(book.isbn(), copies, Integer::sum);
		this.changes.tryEmitNext(book.isbn());
		logger.info("Sold %d of %s, %d left".formatted(copies, book.title(), left));
	}

}
