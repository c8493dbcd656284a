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

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * Starlet's handler methods.
 */
final class StarletHandlers {

	private StarletHandlers() {
	}

	static class NotFound {

		@StatusHandler(404)
		String notFound(HttpException ex) {
			return ex.getDetail();
		}

	}

	static class Conflict {

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.CONFLICT)
		Map<String, String> conflict(BookExistsException ex) {
			return Answers.BOOK_EXISTS;
		}

	}

}
