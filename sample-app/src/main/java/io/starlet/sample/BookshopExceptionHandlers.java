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

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import reactor.core.publisher.Mono;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.result.view.Rendering;

/**
 * What becomes of exceptions, for pages and both APIs.
 */
@Component
class BookshopExceptionHandlers {

	@StatusHandler(404)
	Object notFound(ServerRequest request, HttpException ex) {
		return isBrowser(request) ? Rendering.view("not-found").modelAttribute("detail", ex.getDetail()).build()
				: json(ex);
	}

	@ExceptionHandlerFor(HttpException.class)
	Problem json(HttpException ex) {
		return new Problem(ex.getStatusCode().value(), ex.getDetail());
	}

	@ExceptionHandlerFor
	ResponseEntity<Problem> taken(DuplicateKeyException ex) {
		Problem problem = new Problem(HttpStatus.CONFLICT.value(), "There is a book with this ISBN already");
		return ResponseEntity.status(problem.status()).body(problem);
	}

	@ExceptionHandlerFor
	Mono<Problem> invalid(WebExchangeBindException ex) {
		return Mono.error(new InvalidBookException(ex));
	}

	@StatusHandler(500)
	Object serverError(ServerRequest request, HttpException ex) {
		return isBrowser(request) ? Rendering.view("server-error").build() : json(ex);
	}

	/**
	 * The header as it came, because a malformed one is no reason to fail again.
	 */
	private static boolean isBrowser(ServerRequest request) {
		return request.headers()
			.header(HttpHeaders.ACCEPT)
			.stream()
			.anyMatch((accept) -> accept.contains(MediaType.TEXT_HTML_VALUE));
	}

}
