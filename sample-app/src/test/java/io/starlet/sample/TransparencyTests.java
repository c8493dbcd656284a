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
import java.util.Arrays;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Starlet leaves alone what the bookshop answers itself, byte for byte. The
 * one without it has {@code starlet.enabled=false}, which takes no effect where the
 * application was processed ahead of time.
 */
@Timeout(60)
class TransparencyTests {

	private static ConfigurableApplicationContext with;

	private static ConfigurableApplicationContext without;

	@BeforeAll
	static void start() {
		// Closed by their shutdown hooks, as the end of one is also that of the event
		// loops, which all share
		with = BookshopExtension.start();
		without = BookshopExtension.start("--starlet.enabled=false");
	}

	@Test
	void shouldCompareBookshopsWithStarletAndWithoutIt() {
		assertThat(namesOfStarlet(with)).contains("handledExceptionWebFilter", "serverErrorWebFilter");
		assertThat(namesOfStarlet(without)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			200 | GET / | Accept: text/html
			200 | GET / | Accept: */*
			200 | HEAD / | Accept: */*
			200 | GET /books/3 | Accept: text/html
			200 | GET /bookshop.css | Accept: text/css
			200 | HEAD /bookshop.css | Accept: */*
			206 | GET /bookshop.css | Range: bytes=0-9
			304 | GET /bookshop.css | If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT
			200 | GET /bookshop.js | Accept: */*
			200 | GET /favicon.svg | Accept: image/svg+xml
			200 | OPTIONS /api/books | Accept: */*
			200 | GET /api/books | Accept: application/json
			200 | GET /api/books | Accept: application/x-ndjson
			200 | GET /api/books | Accept: text/event-stream
			200 | GET /api/books/3 | Accept: text/html, */*
			200 | HEAD /api/books/3 | Accept: application/json
			200 | GET /api/books/3/stock | Accept: application/json
			200 | GET /functional/books | Accept: application/json
			200 | GET /functional/books | Accept: text/event-stream
			200 | GET /functional/books/3 | Accept: */*
			""")
	void shouldAnswerTheSame(int status, String request, String header) throws IOException {
		assertSame(status, request, "", header);
	}

	@ParameterizedTest
	@CsvSource({ "/api/books, 9780141439587", "/functional/books, 9780141439594" })
	void shouldCreateTheSame(String path, String isbn) throws IOException {
		assertSame(201, "POST " + path, """
				{"isbn":"%s","title":"Emma","author":"Jane Austen","price":7.99}""".formatted(isbn),
				"Content-Type: application/json");
	}

	@Test
	void shouldCreateTheSameFromForm() throws IOException {
		assertSame(201, "POST /api/books", "isbn=9780141439600&title=Emma&author=Jane+Austen&price=7.99",
				"Content-Type: application/x-www-form-urlencoded");
	}

	private static void assertSame(int status, String request, String body, String header) throws IOException {
		String text = """
				%s HTTP/1.1
				Host: localhost
				Connection: close
				%s
				Content-Length: %d

				""".formatted(request, header, body.length()).replace("\n", "\r\n") + body;
		String expected = exchange(without, text);
		assertThat(exchange(with, text)).isEqualTo(expected).startsWith("HTTP/1.1 %d ".formatted(status));
	}

	private static String exchange(ConfigurableApplicationContext bookshop, String request) throws IOException {
		int port = bookshop.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static Iterable<String> namesOfStarlet(ConfigurableApplicationContext bookshop) {
		return Arrays.stream(bookshop.getBeanDefinitionNames()).filter((name) -> {
			Class<?> type = bookshop.getType(name, false);
			return type != null && type.getName().startsWith("io.starlet.")
					&& !type.getPackageName().equals(TransparencyTests.class.getPackageName());
		}).collect(Collectors.toSet());
	}

}
