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
import io.starlet.slice.Books.OrderController;
import io.starlet.slice.Books.OrderErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A slice of one controller, and of a handler bean that it names.
 */
@WebFluxTest(OrderController.class)
@Import(OrderErrors.class)
@Timeout(60)
class WebFluxTestOfOneControllerTests {

	@Autowired
	private WebTestClient client;

	@Autowired
	private ApplicationContext context;

	@Test
	void aHandlerBeanThatIsImportedIsPartOfTheSlice() {
		this.client.get()
			.uri("/orders/1")
			.exchange()
			.expectStatus()
			.isEqualTo(409)
			.expectBody(String.class)
			.isEqualTo("sold out");
	}

	@Test
	void otherControllersAreNotPartOfTheSlice() {
		assertThat(this.context.getBeanNamesForType(BookController.class)).isEmpty();
		this.client.get()
			.uri("/books/1")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectBody(String.class)
			.isEqualTo("{\"detail\":\"Not Found\"}");
	}

}
