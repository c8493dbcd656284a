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

package io.starlet.benchmarks.contestant;

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * As an application writes it that wants what Starlet gives.
 */
@RestControllerAdvice
class Advice {

	private static final Log logger = LogFactory.getLog(Advice.class);

	@ExceptionHandler
	@ResponseStatus(HttpStatus.NOT_FOUND)
	@Nullable String notFound(ResponseStatusException ex) {
		return ex.getReason();
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.CONFLICT)
	Map<String, String> conflict(BookExistsException ex) {
		return Answers.BOOK_EXISTS;
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
	String serverError(Exception ex, ServerWebExchange exchange) {
		logger.error("500 Server Error for HTTP GET \"%s\"".formatted(exchange.getRequest().getPath()), ex);
		return Answers.SERVER_ERROR;
	}

}
