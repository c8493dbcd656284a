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
import java.util.concurrent.CompletionException;

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a traceback tells of the handlers and of HTTP exceptions that filters raise.
 */
@OnEachServer
@Timeout(60)
class HandlerContributorTests {

	private static final String HINT = "This HTTP exception was raised by a filter, and starlet.filter-exceptions=error "
			+ "makes it an error there. Set starlet.filter-exceptions=handle to have it answered with status ";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.debug=true", "starlet.filter-exceptions=error");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void handlersAreInTheOrderInWhichTheyWouldBeAsked() {
		assertThat(handlers(new SpecialException(404))).containsExactly("status", "special", "http", "runtime",
				"server");
		assertThat(handlers(new HttpException(404))).containsExactly("status", "http", "runtime", "server");
		assertThat(handlers(new ResponseStatusException(HttpStatus.GONE))).containsExactly("http", "runtime", "server");
		assertThat(handlers(new IllegalStateException())).containsExactly("runtime", "server");
		assertThat(handlers(new Exception())).containsExactly("server");
		assertThat(handlers(new StackOverflowError())).containsExactly("server");
	}

	@Test
	void handlersAreThoseOfWhatAWrapperCarries() {
		assertThat(handlers(new CompletionException(new SpecialException(410)))).containsExactly("special", "http",
				"runtime", "server");
	}

	@Test
	void aServerErrorHandlerIsNamedOnceEvenIfItHandlesAnHttpException() {
		assertThat(handlers(new HttpException(500))).containsExactly("http", "runtime", "server");
	}

	@Test
	void anErrorThatCannotTellItsStatusIsNotChangedAgain() {
		RuntimeException error = new SpeechlessErrorResponse();
		HttpExceptionResolver resolver = application.bean(HttpExceptionResolver.class);
		assertThat(resolver.resolve(error)).isNull();
		assertThat(error.getSuppressed()).hasSize(1);
		assertThat(handlers(error)).containsExactly("runtime", "server");
		assertThat(hints(error, FilterExceptions.ERROR)).isEmpty();
		assertThat(error.getSuppressed()).hasSize(1);
	}

	@Test
	void hintIsGivenForHttpExceptionsWhereTheLayersAreStrict() {
		assertThat(hints(new HttpException(418), FilterExceptions.ERROR)).containsExactly(HINT + "418.");
		assertThat(hints(new CompletionException(new ResponseStatusException(HttpStatus.GONE)), FilterExceptions.ERROR))
			.containsExactly(HINT + "410.");
		assertThat(hints(new HttpException(418), FilterExceptions.HANDLE)).isEmpty();
		assertThat(hints(new IllegalStateException(), FilterExceptions.ERROR)).isEmpty();
	}

	@Test
	void theTracebackOfAFilterHasTheHintAndThePageTheHandlers() {
		RawHttpResponse text = application.get("/any", "X-Filter: http");
		assertThat(text.status()).isEqualTo(500);
		assertThat(text.body()).contains("\nHint: " + HINT + "418.\n");
		assertThat(application.get("/any", "X-Filter: other").body()).contains("IllegalStateException: filter")
			.doesNotContain(HINT);
		assertThat(application.get("/any", "X-Filter: http", "Accept: text/html").body()).containsSubsequence(
				"Handlers of this exception", "Handlers#http(", "Handlers#runtime(", "Handlers#server(");
	}

	/** Their methods' names. */
	private static List<String> handlers(Throwable error) {
		return contributor(FilterExceptions.HANDLE)
			.handlers(MockServerWebExchange.from(MockServerHttpRequest.get("/any")), error)
			.stream()
			.map((handler) -> handler.replaceFirst(".*#", "").replaceFirst("\\(.*", ""))
			.toList();
	}

	private static List<String> hints(Throwable error, FilterExceptions filterExceptions) {
		return contributor(filterExceptions).hints(MockServerWebExchange.from(MockServerHttpRequest.get("/any")),
				error);
	}

	private static HandlerContributor contributor(FilterExceptions filterExceptions) {
		return new HandlerContributor(application.bean(RegisteredHandlers.class),
				application.bean(HttpExceptionResolver.class), filterExceptions);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class App {

		@Bean
		WebFilter failing() {
			return (exchange,
					chain) -> switch (String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Filter"))) {
						case "http" -> Mono.error(new HttpException(418));
						case "other" -> Mono.error(new IllegalStateException("filter"));
						default -> chain.filter(exchange);
					};
		}

	}

	static class Handlers {

		@StatusHandler(404)
		String status(HttpException ex) {
			return "status";
		}

		@ExceptionHandlerFor
		String special(SpecialException ex) {
			return "special";
		}

		@ExceptionHandlerFor
		String http(HttpException ex) {
			return "http";
		}

		@ExceptionHandlerFor
		String runtime(RuntimeException ex) {
			return "runtime";
		}

		@StatusHandler(500)
		String server(Throwable ex) {
			return "server";
		}

	}

	static class SpecialException extends HttpException {

		SpecialException(int status) {
			super(status);
		}

	}

	static class SpeechlessErrorResponse extends RuntimeException implements ErrorResponse {

		@Override
		public HttpStatusCode getStatusCode() {
			throw new IllegalStateException("status");
		}

		@Override
		public ProblemDetail getBody() {
			return ProblemDetail.forStatus(HttpStatus.CONFLICT);
		}

	}

}
