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

package io.starlet.slice;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * What a client of the whole application sees, with and without a server.
 */
abstract class WholeApplicationTests {

	@Autowired
	private WebTestClient client;

	@Test
	void unknownRoutesAreHandled() {
		answer("/nope", 404, "{\"detail\":\"Not Found\"}");
	}

	@Test
	void httpExceptionsAreHandled() {
		answer("/books/7", 404, "{\"detail\":\"No book 7\"}");
	}

	@Test
	void errorsAreAnsweredByTheServerErrorHandler() {
		answer("/books/2", 500, "{\"detail\":\"Something went wrong\"}");
	}

	@Test
	void ordinaryComponentsAreHandlerBeansToo() {
		answer("/orders/1", 409, "sold out");
	}

	protected final void answer(String path, int status, String body) {
		this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectBody(String.class)
			.isEqualTo(body);
	}

}
