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

import io.starlet.HttpException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Endpoints that fail.
 */
@RestController
@RequestMapping("/failures")
class FailureController {

	private final BookRepository books;

	FailureController(BookRepository books) {
		this.books = books;
	}

	@GetMapping("/unavailable")
	Mono<Void> unavailable() {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(Duration.ofMinutes(2).toSeconds()));
		return Mono.error(() -> new HttpException(503, "Closed for stocktaking", headers));
	}

	@GetMapping("/error")
	Mono<Void> error() {
		return Mono.error(() -> new IllegalStateException("Could not read /srv/bookshop/stock.csv"));
	}

	@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Book> stream() {
		return this.books.findAllByOrderById().take(3).concatWith(error().cast(Book.class));
	}

}
