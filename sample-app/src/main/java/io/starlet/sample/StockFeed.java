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

import java.util.regex.Pattern;

import io.starlet.WebSocketException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * Sends the stock of the books that a client subscribes to, and each change. A
 * subscription is the numbers of books, such as {@code 1 2 3}, and takes the place of the
 * one before.
 */
@Component
class StockFeed implements WebSocketHandler {

	private static final int MAX_LENGTH = 100;

	private static final Pattern NUMBERS = Pattern.compile("[0-9]{1,18}( [0-9]{1,18})*");

	private final BookRepository books;

	private final StockService stock;

	private final JsonMapper jsonMapper;

	StockFeed(BookRepository books, StockService stock, JsonMapper jsonMapper) {
		this.books = books;
		this.stock = stock;
		this.jsonMapper = jsonMapper;
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		return session.send(session.receive()
			.map(WebSocketMessage::getPayloadAsText)
			.switchMap(this::follow)
			.map(this.jsonMapper::writeValueAsString)
			.map(session::textMessage));
	}

	/** A book that does not exist is an HTTP exception, which closes the session, too. */
	private Flux<Stock> follow(String subscription) {
		if (subscription.length() > MAX_LENGTH) {
			throw new WebSocketException(1008, "A subscription has %d characters at most".formatted(MAX_LENGTH));
		}
		if (!NUMBERS.matcher(subscription).matches()) {
			throw new WebSocketException(1008, "Subscribe with numbers of books, such as 1 2 3");
		}
		return Flux.fromArray(subscription.split(" ", -1))
			.map(Long::parseLong)
			.distinct()
			.flatMap(this.books::get)
			.flatMap(this.stock::follow);
	}

}
