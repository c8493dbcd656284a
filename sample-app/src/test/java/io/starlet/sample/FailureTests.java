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

package io.starlet.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import io.starlet.sample.BookshopClient.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the endpoints that fail.
 */
@BookshopTest
@Timeout(30)
class FailureTests {

	private final int port;

	private final BookshopClient client;

	FailureTests(int port) {
		this.port = port;
		this.client = new BookshopClient(port);
	}

	@Test
	void shouldAddHeadersOfException() throws Exception {
		Answer answer = this.client.get("/failures/unavailable", BookshopClient.JSON);
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.header("Retry-After")).isEqualTo("120");
		assertThat(answer.body()).isEqualTo("{\"status\":503,\"detail\":\"Closed for stocktaking\"}");
	}

	@Test
	void shouldShowBrowserPageOfServerError() throws Exception {
		Answer answer = this.client.get("/failures/error", BookshopClient.BROWSER);
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.header("Content-Type")).startsWith("text/html");
		assertThat(answer.body()).contains("<h1>Something went wrong</h1>");
	}

	@ParameterizedTest
	@ValueSource(strings = { BookshopClient.BROWSER, BookshopClient.JSON, BookshopClient.API_CLIENT, "text/html" })
	void shouldTellNothingAboutServerError(String accept) throws Exception {
		assertTellsNothing(this.client.get("/failures/error", accept));
	}

	@ParameterizedTest
	@ValueSource(strings = { BookshopClient.BROWSER, BookshopClient.JSON, BookshopClient.API_CLIENT })
	void shouldTellNothingAboutFailureThreeCallsDeep(String accept) throws Exception {
		assertTellsNothing(this.client.get("/api/books/5/stock", accept));
	}

	@Test
	void shouldCutStreamThatFails() throws Exception {
		String response = readRaw("GET /failures/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
		assertThat(response).startsWith("HTTP/1.1 200 OK\r\n")
			.containsIgnoringCase("Transfer-Encoding: chunked")
			.contains("Pride and Prejudice", "Frankenstein", "Jane Eyre")
			.doesNotContain("stock.csv")
			.doesNotEndWith("0\r\n\r\n");
	}

	private static void assertTellsNothing(Answer answer) {
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.body()).isNotEmpty()
			.doesNotContain("Exception", "stock.csv", "io.starlet", "Controller", "9780142437247");
	}

	private String readRaw(String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
