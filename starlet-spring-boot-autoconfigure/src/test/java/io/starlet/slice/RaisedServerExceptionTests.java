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

import io.starlet.slice.Books.BookController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Errors reach the test itself, handled exceptions do not.
 */
@WebFluxTest(controllers = BookController.class, properties = "starlet.raise-server-exceptions=true")
@Timeout(60)
class RaisedServerExceptionTests {

	@Autowired
	private WebTestClient client;

	@Test
	void anErrorReachesTheClientThatIsBoundToTheContext() {
		assertThatThrownBy(() -> this.client.get().uri("/books/2").exchange())
			.hasRootCauseInstanceOf(IllegalStateException.class)
			.hasRootCauseMessage("out of memory cards");
	}

	@Test
	void aHandledExceptionIsAnswered() {
		this.client.get().uri("/books/7").exchange().expectStatus().isNotFound();
	}

}
