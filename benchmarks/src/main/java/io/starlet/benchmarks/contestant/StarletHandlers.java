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

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * Starlet's handler methods.
 */
final class StarletHandlers {

	private StarletHandlers() {
	}

	static class NotFound {

		@StatusHandler(404)
		ResponseEntity<String> notFound(HttpException ex) {
			return ResponseEntity.status(HttpStatus.NOT_FOUND).contentType(Answers.PLAIN_TEXT).body(ex.getDetail());
		}

	}

	static class Conflict {

		@ExceptionHandlerFor
		ResponseEntity<Object> conflict(BookExistsException ex) {
			return Answers.conflict();
		}

	}

}
