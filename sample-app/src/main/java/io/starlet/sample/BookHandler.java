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

import java.net.URI;

import io.starlet.HttpException;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The functions behind {@link BookRouterConfiguration}.
 */
@Component
class BookHandler {

	private final BookRepository books;

	private final Validator validator;

	BookHandler(BookRepository books, Validator validator) {
		this.books = books;
		this.validator = validator;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		return ServerResponse.ok().body(this.books.findAllByOrderById(), Book.class);
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.books.get(Long.parseLong(request.pathVariable("id"))).flatMap(ServerResponse.ok()::bodyValue);
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return request.bodyToMono(NewBook.class)
			.switchIfEmpty(Mono.error(() -> new HttpException(400, "No book in the request")))
			.doOnNext(this::validate)
			.flatMap((newBook) -> this.books.save(newBook.toBook()))
			.flatMap((book) -> ServerResponse.created(URI.create("/functional/books/" + book.id())).bodyValue(book));
	}

	private void validate(NewBook newBook) {
		Errors errors = this.validator.validateObject(newBook);
		if (errors.hasErrors()) {
			throw new InvalidBookException(errors);
		}
	}

}
