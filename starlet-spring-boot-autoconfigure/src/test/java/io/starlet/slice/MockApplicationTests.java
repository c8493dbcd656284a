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
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.web.reactive.server.HttpHandlerConnector;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * The whole application, without a server.
 */
@SpringBootTest
@AutoConfigureWebTestClient
@Timeout(60)
class MockApplicationTests extends WholeApplicationTests {

	@Test
	void theHandlerOfTheServerHasTheOuterLayerOutsideOfAFilterOfTheHighestPrecedence(
			@Autowired HttpHandler httpHandler) {
		WebTestClient client = WebTestClient.bindToServer(new HttpHandlerConnector(httpHandler)).build();
		client.get()
			.uri("/closed")
			.exchange()
			.expectStatus()
			.isEqualTo(503)
			.expectBody(String.class)
			.isEqualTo("Closed today");
	}

}
