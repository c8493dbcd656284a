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

package io.starlet.coexistence;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import io.starlet.BackgroundTasks;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * springdoc-openapi: the document and the pages are those that an application has without
 * Starlet.
 */
@Timeout(60)
class SpringdocTests {

	private static final String ON = "springdoc.api-docs.enabled=true";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, ON);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void theDocumentAndThePagesAreServedAsWithoutStarlet() {
		List<String> paths = List.of("/v3/api-docs", "/v3/api-docs.yaml", "/v3/api-docs/swagger-config",
				"/swagger-ui.html", "/webjars/swagger-ui/index.html", "/webjars/swagger-ui/swagger-ui.css");
		List<String> with = paths.stream().map((path) -> describe(application, path)).toList();
		try (TestApplication plain = TestApplication.start(App.class, ON, "starlet.enabled=false")) {
			assertThat(with).containsExactlyElementsOf(paths.stream().map((path) -> describe(plain, path)).toList());
		}
		assertThat(application.takeErrors()).isEmpty();
	}

	private static String describe(TestApplication application, String path) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isLessThan(400);
		String body = response.body().replace(application.uri("").toString(), "http://server");
		return "%s %s %s%n%s".formatted(response.statusCode(),
				response.headers().firstValue("Content-Type").orElse("untyped"),
				response.headers().firstValue("Location").orElse(""), body);
	}

	@Test
	void theDocumentHasTheEndpointsAndNothingOfTheHandlers() {
		assertThat(application.get("/v3/api-docs").body()).contains("\"/books/{id}\"", "\"/orders\"")
			.doesNotContain("Errors", "notFound", "HttpException", "starlet");
	}

	@Test
	void backgroundTasksAreNoParameterOfTheRequest() {
		assertThat(application.get("/v3/api-docs").body()).doesNotContain("BackgroundTasks");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs/nowhere", "/swagger-ui/nowhere.css", "/webjars/swagger-ui/nowhere.css",
			"/books/7" })
	void whatIsNotThereIsAnsweredByTheStatusHandler(String path) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).startsWith("{\"handled\":");
		assertThat(application.takeErrors()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Books.class, Advice.class, Errors.class })
	static class App {

	}

	record Order(String title) {

	}

	@RestController
	static class Books {

		@GetMapping("/books/{id}")
		Mono<String> book(@PathVariable long id) {
			return Mono.error(new HttpException(404, "No book " + id));
		}

		@PostMapping("/orders")
		Order order(@RequestBody Order order, BackgroundTasks background) {
			return order;
		}

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.CONFLICT)
		String conflict(ArithmeticException ex) {
			return "conflict";
		}

	}

	/** What springdoc does look for. */
	@RestControllerAdvice
	static class Advice {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.GONE)
		String gone(UnsupportedOperationException ex) {
			return "gone";
		}

	}

	static class Errors {

		@StatusHandler(404)
		Map<String, @Nullable String> notFound(HttpException ex) {
			return Map.of("handled", ex.getDetail());
		}

	}

}
