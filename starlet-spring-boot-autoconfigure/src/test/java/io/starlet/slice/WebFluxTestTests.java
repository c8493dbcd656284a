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

import io.starlet.slice.Books.OrderController;
import io.starlet.slice.Books.OrderErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a slice loads by itself.
 */
@WebFluxTest
@Timeout(60)
class WebFluxTestTests {

	@Autowired
	private WebTestClient client;

	@Autowired
	private ApplicationContext context;

	@Test
	void aSliceAnswersUnknownRoutesByAHandlerOfTheStereotype() {
		answer("/nope", 404, "{\"detail\":\"Not Found\"}");
	}

	@Test
	void aSliceAnswersHttpExceptionsByAHandlerOfTheStereotype() {
		answer("/books/7", 404, "{\"detail\":\"No book 7\"}");
	}

	@Test
	void aSliceAnswersErrorsByTheServerErrorHandler() {
		answer("/books/2", 500, "{\"detail\":\"Something went wrong\"}");
	}

	@Test
	void aSliceAnswersWhatHasNoHandlerByDefault() {
		answer("/failures/418", 418, "I'm a teapot");
	}

	@Test
	void aSliceHasHandlersThatImplementAnInterface() {
		answer("/failures/429", 429, "slow down");
	}

	@Test
	void aSliceHasConfigurers() {
		answer("/failures/410", 410, "sold for good");
	}

	@Test
	void aSliceHasHandlersOfWebSocketSessions() {
		assertThat(this.context.getBeanNamesForType(Books.Closing.class)).hasSize(1);
	}

	@Test
	void aSliceHasNoOrdinaryComponents() {
		assertThat(this.context.getBeanNamesForType(OrderController.class)).hasSize(1);
		assertThat(this.context.getBeanNamesForType(OrderErrors.class)).isEmpty();
		answer("/orders/1", 500, "{\"detail\":\"Something went wrong\"}");
	}

	@Test
	void aSliceLeavesSuccessAlone() {
		answer("/books/1", 200, "Emma");
	}

	private void answer(String path, int status, String body) {
		this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectBody(String.class)
			.isEqualTo(body);
	}

}
