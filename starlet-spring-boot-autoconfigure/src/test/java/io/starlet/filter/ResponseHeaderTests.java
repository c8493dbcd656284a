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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.reactive.result.method.annotation.ResponseBodyResultHandler;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R10, R12 and R14 where filter, endpoint, exception and handler set the same.
 */
@OnEachServer
@Timeout(60)
class ResponseHeaderTests {

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
	void cookieOfTheEndpointDoesNotReplaceTheFiltersOfTheSameName() {
		assertThat(application.get("/cookie").header("Set-Cookie")).isEqualTo("sid=filter");
	}

	@ParameterizedTest
	@ValueSource(ints = { 409, 503 })
	void headersOfTheExceptionAreSentOverThoseOfFilters(int status) {
		RawHttpResponse response = application.get("/headers/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("Vary")).contains("Origin").contains("Accept-Language");
		assertThat(response.header("Cache-Control")).isEqualTo("max-age=60");
		assertThat(response.header("Content-Security-Policy")).isEqualTo("default-src 'none'");
		assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(response.body().length()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 304 })
	void headersOfTheExceptionAreSentWithAStatusWithoutABodyToo(int status) {
		RawHttpResponse response = application.get("/headers/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("Cache-Control")).isEqualTo("max-age=60");
		assertThat(response.body()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/challenge/401", "/challenge/403" })
	void filterMayAddToAHeaderOfTheExceptionWhenTheResponseIsSent(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(11)));
		assertThat(response.header("WWW-Authenticate")).contains("Bearer").contains("Basic");
	}

	@ParameterizedTest
	@CsvSource({ "/modified/409, 409, Conflict", "/modified/503, 503, '{\"detail\":\"Service Unavailable\"}'",
			"/modified/451, 451, '{\"detail\":\"both\"}'", "/modified/453, 453, entity" })
	void answerHasItsBodyAlsoIfTheEndpointHasFoundThatNothingWasModified(String path, int status, String body) {
		RawHttpResponse response = application.get(path, "If-None-Match: \"one\"");
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).isEqualTo(body);
	}

	@Test
	void headersThatDescribeTheDetailAreSentWithTheDetailOnly() {
		assertThat(application.get("/headers/409").header("Content-Language")).as("the detail").isEqualTo("tlh");
		assertThat(application.get("/headers/503").header("Content-Language")).as("a handler's body").isNull();
	}

	@Test
	void headersOfAHandlerThatFailsDoNotReachTheNextAnswer() {
		RawHttpResponse response = application.get("/failing-handler");
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.header("Location")).isNull();
		assertThat(response.header("Set-Cookie")).isEqualTo("sid=filter");
	}

	@Test
	void handlerMayTranslateToSpringsOwnInputException() {
		RawHttpResponse response = application.get("/translated");
		assertThat(response.status()).isEqualTo(400);
		assertThat(response.body()).isEqualTo("not a number");
	}

	@Test
	void annotationsOfYourOwnAddUp() {
		assertThat(application.get("/headers/451").body()).isEqualTo("{\"detail\":\"both\"}");
		assertThat(application.get("/headers/452").body()).isEqualTo("{\"detail\":\"both\"}");
	}

	@Test
	void applicationMayHaveAnotherResultHandlerOfSpringsTypes() {
		assertThat(application.bean(OtherResultHandler.class)).isNotNull();
		assertThat(application.get("/headers/503").status()).isEqualTo(503);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				HttpHeaders headers = exchange.getResponse().getHeaders();
				headers.set("Vary", "Origin");
				headers.setCacheControl("no-store");
				exchange.getResponse().addCookie(ResponseCookie.from("sid", "filter").build());
				if (exchange.getRequest().getPath().value().startsWith("/challenge")) {
					exchange.getResponse().beforeCommit(() -> {
						headers.add("WWW-Authenticate", "Basic");
						return Mono.empty();
					});
				}
				return chain.filter(exchange);
			};
		}

		@Bean
		OtherResultHandler otherResultHandler(ServerCodecConfigurer codecs, RequestedContentTypeResolver resolver) {
			return new OtherResultHandler(codecs, resolver);
		}

	}

	static class OtherResultHandler extends ResponseBodyResultHandler {

		OtherResultHandler(ServerCodecConfigurer codecs, RequestedContentTypeResolver resolver) {
			super(codecs.getWriters(), resolver);
		}

	}

	@StatusHandler(451)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Unavailable {

	}

	@StatusHandler(452)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Unheard {

	}

	static class Handlers {

		@StatusHandler(503)
		Map<String, Object> unavailable(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@StatusHandler(403)
		Map<String, Object> forbidden(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@StatusHandler(453)
		ResponseEntity<String> entity() {
			return ResponseEntity.status(453).body("entity");
		}

		@Unavailable
		@Unheard
		Map<String, Object> both() {
			return Map.of("detail", "both");
		}

		@ExceptionHandlerFor
		String failing(ArithmeticException ex, ServerHttpResponse response) {
			response.getHeaders().set("Location", "/elsewhere");
			response.addCookie(ResponseCookie.from("handler", "set").build());
			throw new HttpException(410);
		}

		@ExceptionHandlerFor
		Mono<String> translated(NumberFormatException ex) {
			return Mono.error(new ServerWebInputException("not a number"));
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/cookie")
		String cookie(ServerHttpResponse response) {
			response.addCookie(ResponseCookie.from("sid", "endpoint").build());
			throw new HttpException(409);
		}

		@GetMapping("/headers/{status}")
		String headers(@PathVariable int status) {
			HttpHeaders headers = new HttpHeaders();
			headers.set("Vary", "Accept-Language");
			headers.setCacheControl("max-age=60");
			headers.set("Content-Security-Policy", "default-src 'none'");
			headers.set("Content-Language", "tlh");
			headers.setContentLength(1000);
			throw new HttpException(status, "detail", headers);
		}

		@GetMapping("/challenge/{status}")
		String challenge(@PathVariable int status) {
			HttpHeaders headers = new HttpHeaders();
			headers.set("WWW-Authenticate", "Bearer");
			throw new HttpException(status, null, headers);
		}

		@GetMapping("/modified/{status}")
		String modified(@PathVariable int status, ServerWebExchange exchange) {
			assertThat(exchange.checkNotModified("\"one\"")).isTrue();
			throw new HttpException(status);
		}

		@GetMapping("/failing-handler")
		String failingHandler() {
			throw new ArithmeticException();
		}

		@GetMapping("/translated")
		String translated() {
			throw new NumberFormatException();
		}

	}

}
