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

package io.starlet.filter;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.starlet.HttpException;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of a body that nobody reads to its end, because of an exception, is never
 * taken for another request: the server passes over it, or ends the connection.
 */
@OnEachServer
@Timeout(60)
class RequestSmugglingTests {

	private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private static final String NEXT = "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

	private static final String EXPECT = "Expect: 100-continue\r\n";

	private static final String BODY = "some text" + SMUGGLED;

	private static final Queue<String> smuggled = new ConcurrentLinkedQueue<>();

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "server.compression.enabled=true");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void clear() {
		smuggled.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error", "/handled", "/half-read/error", "/half-read/handled", "/half-read/returned",
			"/half-read/uncommitted", "/filtered", "/no/route" })
	void bodyThatArrivesWithItsRequestIsNoRequest(String path) {
		for (String framed : List.of(ofLength(path, "") + BODY, chunked(path, "") + chunk(BODY) + "0\r\n\r\n",
				chunked(path, "") + chunk("some text") + chunk(SMUGGLED) + "0\r\n\r\n")) {
			try (RawHttpClient client = application.connect()) {
				client.write(framed + NEXT);
				RawHttpResponse response = client.read("POST");
				assertThat(response.status()).isEqualTo(status(path));
				assertThat(response.header("Connection")).isEqualTo(
						connection(path.startsWith("/half-read") && !framed.contains("Content-Length"), response));
				if (!"close".equals(response.header("Connection"))) {
					assertThat(client.read("GET").body()).isEqualTo("ok");
				}
			}
			assertThat(smuggled).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error", "/handled", "/half-read/error", "/half-read/handled", "/half-read/returned",
			"/filtered", "/no/route" })
	void bodyThatArrivesAfterTheResponseIsNoRequest(String path) {
		for (List<String> parts : List.of(List.of(ofLength(path, "") + "some text", SMUGGLED),
				List.of(chunked(path, "") + chunk("some text"), chunk(SMUGGLED) + "0\r\n\r\n"))) {
			try (RawHttpClient client = application.connect()) {
				client.write(parts.get(0));
				RawHttpResponse response = client.read("POST");
				assertThat(response.status()).isEqualTo(status(path));
				assertThat(response.header("Connection"))
					.isEqualTo(connection(path.startsWith("/half-read"), response));
				assertNextOrEnd(client, parts.get(1) + NEXT);
			}
			assertThat(smuggled).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error", "/handled", "/filtered", "/no/route" })
	void bodyOfWhichNothingHasArrivedBeforeTheResponseIsNoRequest(String path) {
		for (String header : List.of("", EXPECT, "Content-Encoding: gzip\r\n")) {
			for (List<String> parts : List.of(List.of(ofLength(path, header), BODY),
					List.of(chunked(path, header), chunk(BODY) + "0\r\n\r\n"))) {
				try (RawHttpClient client = application.connect()) {
					client.write(parts.get(0));
					RawHttpResponse response = readAfterContinue(client);
					assertThat(response.status()).isEqualTo(status(path));
					assertThat(response.header("Connection"))
						.isEqualTo(header.equals(EXPECT) ? "close" : connection(true, response));
					assertNextOrEnd(client, parts.get(1) + NEXT);
				}
				assertThat(smuggled).isEmpty();
			}
		}
	}

	@Test
	void connectionGoesOnAfterABodyThatWasReadWhole() {
		String upload = "--b\r\nContent-Disposition: form-data; name=part\r\n\r\nsome text\r\n--b--\r\n";
		try (RawHttpClient client = application.connect()) {
			client.write(ofLength("/read/handled", "") + "some text");
			client.write(SMUGGLED);
			assertGoesOn(client, 409);
			client.write(chunked("/read/handled", "") + chunk("some text"));
			client.write(chunk(SMUGGLED) + "0\r\n\r\n");
			assertGoesOn(client, 409);
			client.write(ofLength("/read/handled", EXPECT) + BODY);
			assertGoesOn(client, 409);
			client.write("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
					+ "Content-Length: " + upload.length() + "\r\n\r\n" + upload);
			assertGoesOn(client, 200);
			client.write(NEXT);
			assertThat(client.read("GET").body()).isEqualTo("ok");
		}
		assertThat(smuggled).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error", "/handled", "/half-read/error", "/half-read/handled", "/filtered" })
	void bodyWithAMalformedChunkEndsTheConnection(String path) {
		try (RawHttpClient client = application.connect()) {
			client.write(chunked(path, "") + chunk("some text"));
			assertThat(client.read("POST").status()).isEqualTo(status(path));
			assertEnd(client, "zz\r\n" + SMUGGLED + NEXT);
		}
		assertThat(smuggled).isEmpty();
	}

	/**
	 * Jetty would now and then go on with what is left of a body. Tomcat tells that it
	 * ends a connection.
	 */
	private static @Nullable String connection(boolean left, RawHttpResponse response) {
		return Server.CURRENT.endsConnectionAfter(response.status()) || (left && Server.CURRENT == Server.JETTY)
				? "close" : null;
	}

	private static int status(String path) {
		return switch (path) {
			case "/error", "/half-read/error", "/half-read/uncommitted" -> 500;
			case "/half-read/returned" -> 200;
			case "/filtered" -> 401;
			case "/no/route" -> 404;
			default -> 409;
		};
	}

	private static String ofLength(String path, String headers) {
		return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: " + BODY.length()
				+ "\r\n\r\n";
	}

	private static String chunked(String path, String headers) {
		return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Transfer-Encoding: chunked\r\n\r\n";
	}

	private static String chunk(String content) {
		return Integer.toHexString(content.length()) + "\r\n" + content + "\r\n";
	}

	private static void assertGoesOn(RawHttpClient client, int status) {
		RawHttpResponse response = readAfterContinue(client);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("Connection")).isNull();
	}

	private static RawHttpResponse readAfterContinue(RawHttpClient client) {
		RawHttpResponse response = client.read("POST");
		return (response.status() == 100) ? client.read("POST") : response;
	}

	private static void assertNextOrEnd(RawHttpClient client, String sent) {
		String received = client.writeLast(sent);
		assertThat(received).satisfiesAnyOf((text) -> assertThat(text).isEmpty(),
				(text) -> assertThat(text).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nok"));
	}

	private static void assertEnd(RawHttpClient client, String sent) {
		assertThat(client.writeLast(sent)).satisfiesAnyOf((text) -> assertThat(text).isEmpty(),
				(text) -> assertThat(text).startsWith("HTTP/1.1 400"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		WebFilter refusing() {
			return (exchange, chain) -> exchange.getRequest().getPath().value().equals("/filtered")
					? Mono.error(new HttpException(401)) : chain.filter(exchange);
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/smuggled")
		String smuggled() {
			smuggled.add("smuggled");
			return "smuggled";
		}

		@PostMapping("/{kind}")
		Mono<String> unread(@PathVariable String kind) {
			return Mono.error(exception(kind));
		}

		@PostMapping("/half-read/{kind}")
		Mono<String> halfRead(@PathVariable String kind, ServerHttpRequest request, ServerHttpResponse response) {
			if (kind.equals("uncommitted")) {
				response.beforeCommit(() -> Mono.error(new IllegalStateException("not to be committed")));
			}
			return request.getBody().next().flatMap((buffer) -> {
				DataBufferUtils.release(buffer);
				return kind.equals("returned") ? Mono.just(kind) : Mono.error(exception(kind));
			});
		}

		@PostMapping("/upload")
		String upload(@RequestPart String part) {
			return part;
		}

		@PostMapping("/read/{kind}")
		Mono<String> read(@PathVariable String kind, @RequestBody String body) {
			return Mono.error(exception(kind));
		}

		private static RuntimeException exception(String kind) {
			return kind.equals("error") ? new IllegalStateException("error") : new HttpException(409);
		}

	}

}
