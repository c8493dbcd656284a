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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * As an application writes it that wants what Starlet gives.
 */
@ControllerAdvice
class Advice {

	private static final Log logger = LogFactory.getLog(Advice.class);

	@ExceptionHandler
	ResponseEntity<String> notFound(ResponseStatusException ex) {
		return ResponseEntity.status(ex.getStatusCode()).contentType(Answers.PLAIN_TEXT).body(ex.getReason());
	}

	@ExceptionHandler
	ResponseEntity<Object> conflict(BookExistsException ex) {
		return Answers.conflict();
	}

	@ExceptionHandler
	ResponseEntity<String> serverError(Exception ex, ServerWebExchange exchange) {
		logger.error("500 Server Error for HTTP GET \"%s\"".formatted(exchange.getRequest().getPath()), ex);
		return Answers.serverError();
	}

}
