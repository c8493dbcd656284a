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

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * The responses, the same whoever sends them.
 */
final class Answers {

	static final MediaType PLAIN_TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	static final String NO_BOOK = "No book 7";

	static final String SERVER_ERROR = "Internal Server Error";

	static final Map<String, String> BOOK_EXISTS = Map.of("detail", "There is a book 7");

	private Answers() {
	}

	static ResponseEntity<String> notFound() {
		return ResponseEntity.status(HttpStatus.NOT_FOUND).contentType(PLAIN_TEXT).body(NO_BOOK);
	}

	static ResponseEntity<String> serverError() {
		return ResponseEntity.internalServerError().contentType(PLAIN_TEXT).body(SERVER_ERROR);
	}

}
