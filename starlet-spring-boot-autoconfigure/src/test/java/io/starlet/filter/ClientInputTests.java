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
import java.util.Map;

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R40: what a client sends does not make an exception another, even where a handler
 * trips over it.
 */
@OnEachServer
@Timeout(60)
class ClientInputTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void headerThatAHandlerAsksForAndTheClientDoesNotSendLeavesTheStatus() {
		assertThat(application.get("/gone", "X-Tenant: 7").body()).isEqualTo("tenant 7");
		RawHttpResponse missing = application.get("/gone");
		assertThat(missing.status()).isEqualTo(410);
		assertThat(missing.body()).as("the next handler").isEqualTo("{\"detail\":\"Gone\"}");
		RawHttpResponse malformed = application.get("/gone", "X-Tenant: seven");
		assertThat(malformed.status()).isEqualTo(410);
	}

	@Test
	void malformedAcceptThatAHandlerReadsLeavesTheStatus() {
		assertThat(application.get("/teapot", "Accept: text/html").body()).isEqualTo("true");
		RawHttpResponse malformed = application.get("/teapot", "Accept: nonsense");
		assertThat(malformed.status()).isEqualTo(418);
		assertThat(malformed.body()).isEqualTo("{\"detail\":\"I'm a teapot\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "//", "///x//y", "/a//b", "//evil.example/x" })
	void oddPathsGetTheirProblemDetail(String path) {
		RawHttpResponse response = application.get(path);
		if (Server.CURRENT.hasRefused(response)) {
			return;
		}
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).contains("\"detail\":\"Not Found\"").contains("\"instance\":\"/");
	}

	@Test
	void oddPathsGetTheirProblemDetailInAResponseEntityToo() {
		for (String path : List.of("//odd/entity", "//odd/error-response")) {
			RawHttpResponse response = application.get(path);
			assertThat(response.status()).isEqualTo(Server.CURRENT.hasRefused(response) ? 400 : 409);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contentTypeThatIsNoMediaTypeIsAnErrorOfAFunctionalEndpointAlone(boolean enabled) {
		try (TestApplication reading = TestApplication.start(ReadingApp.class, "starlet.enabled=" + enabled)) {
			String nonsense = "Content-Type: nonsense";
			assertThat(reading.send("POST", "/controller", nonsense).status()).isEqualTo(415);
			assertThat(reading.send("POST", "/function", nonsense).status()).isEqualTo(500);
		}
	}

	@Test
	void contentTypeThatIsNoMediaTypeIsNoErrorOfAFunctionalEndpointIfItIsHandled() {
		try (TestApplication reading = TestApplication.start(HandlingApp.class)) {
			RawHttpResponse response = reading.send("POST", "/function", "Content-Type: nonsense");
			assertThat(response.status()).isEqualTo(415);
			assertThat(response.body()).isEqualTo("nonsense is no media type");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class ReadingApp {

		@PostMapping("/controller")
		Mono<String> read(@RequestBody Mono<String> body) {
			return body;
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.POST("/function",
						(request) -> ServerResponse.ok().body(request.bodyToMono(String.class), String.class))
				.build();
		}

	}

	static class HandlingApp extends ReadingApp {

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.UNSUPPORTED_MEDIA_TYPE)
		String noMediaType(InvalidMediaTypeException ex) {
			return ex.getMediaType() + " is no media type";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

	}

	static class Handlers {

		@StatusHandler(410)
		String tenant(@RequestHeader("X-Tenant") int tenant) {
			return "tenant " + tenant;
		}

		@StatusHandler(418)
		String html(ServerRequest request) {
			return String.valueOf(request.headers().accept().contains(MediaType.TEXT_HTML));
		}

		@StatusHandler(404)
		ProblemDetail problem(HttpException ex) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, ex.getDetail());
		}

		@StatusHandler(421)
		ResponseEntity<ProblemDetail> entity(HttpException ex) {
			return ResponseEntity.of(ProblemDetail.forStatus(409)).build();
		}

		@StatusHandler(422)
		ErrorResponse errorResponse(HttpException ex) {
			return ErrorResponse.create(ex, HttpStatus.CONFLICT, "taken");
		}

		@ExceptionHandlerFor
		Map<String, Object> json(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/gone")
		String gone() {
			throw new HttpException(410);
		}

		@GetMapping("/teapot")
		String teapot() {
			throw new HttpException(418);
		}

		@GetMapping({ "//odd/entity", "/odd/entity" })
		String entity() {
			throw new HttpException(421);
		}

		@GetMapping({ "//odd/error-response", "/odd/error-response" })
		String errorResponse() {
			throw new HttpException(422);
		}

	}

}
