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

package io.starlet.registry;

import java.util.Map;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
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
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers of which a request's path and {@code Accept} choose, over a real server.
 */
@OnEachServer
@Timeout(60)
class NegotiatedHandlerTests {

	private static final String BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			text/html                                     | text/html
			text/html,application/xhtml+xml,*/*;q=0.8     | text/html
			text/*                                        | text/html
			application/json                              | application/json
			application/*                                 | application/json
			application/json;q=0.5, text/html;q=0.4       | application/json
			application/json;q=0.4, text/html;q=0.5       | text/html
			text/html;q=0, application/json               | application/json
			text/html;level=1                             | text/html
			image/png, text/html;q=0.1                    | text/html
			""")
	void theHandlerIsCalledThatProducesWhatTheClientLikesBest(String accept, String expected) {
		RawHttpResponse response = application.get("/fail/404", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.header("Content-Type")).startsWith(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "text/event-stream", "", "rubbish", "text/html, rubbish", ";;;,", "text/", "a/b/c",
			"text/html;q=2", "audio/*", "text/html;q=0" })
	void whereAnythingOrNothingIsAcceptedTheHandlerWithoutAMediaTypeAnswers(String accept) {
		RawHttpResponse response = application.get("/fail/404", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("any: Not Found");
	}

	@Test
	void aRequestWithoutAcceptGetsTheHandlerWithoutAMediaType() {
		assertThat(application.get("/fail/404").body()).isEqualTo("any: Not Found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "image/png", "rubbish", "*/*", "text/html;q=0", "application/xml", "text/event-stream" })
	void theFirstHandlerAnswersWhereNoneProducesWhatIsAccepted(String accept) {
		RawHttpResponse response = application.get("/fail/410", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.body()).isEqualTo("<p>gone</p>");
		assertThat(response.header("Content-Type")).startsWith("text/html");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "rubbish", "text/event-stream", "image/png" })
	void theFirstOfOneBeansMethodsIsThatOfTheFirstMediaTypeInTheAlphabet(String accept) {
		assertThat(application.get("/fail/425", "Accept: " + accept).body()).isEqualTo("{\"first\":\"a\"}");
	}

	/** Of a filter, as Spring asks the resolver itself when an endpoint raises one. */
	@Test
	void aResolverOfTheApplicationThatFailsMakesTheExceptionNoOther() {
		try (TestApplication failing = TestApplication.start(FailingResolver.class)) {
			RawHttpResponse response = failing.get("/nowhere");
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).isEqualTo("first");
		}
	}

	@Test
	void theDefaultAnswerServesThoseWhoAcceptItAndNoHandler() {
		RawHttpResponse response = application.get("/fail/410", "Accept: text/plain");
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.body()).isEqualTo("Gone");
	}

	@Test
	void aPageOfAStatusLeavesTheRestToTheHandlerOfAllHttpExceptions() {
		assertThat(application.get("/fail/418", BROWSER).body()).isEqualTo("<p>teapot</p>");
		assertThat(application.get("/fail/418", "Accept: application/json").body()).contains("\"all\"");
		assertThat(application.get("/fail/451", BROWSER).body()).contains("\"all\"");
	}

	@ParameterizedTest
	@CsvSource({ "/fail/409, any 409", "/api/fail/409, api 409", "/api/v2/fail/409, api v2 409",
			"/api/v2/books/7/fail/409, api v2 books 7 409", "/apis/fail/409, any 409", "/api, api 404",
			"/shop/fail/409, shop or office 409", "/office/fail/409, shop or office 409",
			"/shelf/books/fail/409, shelf or its books 409", "/shelf/pens/fail/409, anything of a shelf 409" })
	void theHandlerOfTheMostSpecificPathIsCalled(String path, String expected) {
		assertThat(application.get(path).body()).isEqualTo(expected);
	}

	@Test
	void aPathComesBeforeWhatIsAccepted() {
		assertThat(application.get("/mixed/fail/422", "Accept: text/html").body()).isEqualTo("mixed html");
		assertThat(application.get("/mixed/fail/422", "Accept: */*").body()).isEqualTo("mixed html");
		assertThat(application.get("/mixed/fail/422", "Accept: application/json").body()).isEqualTo("any json");
		assertThat(application.get("/fail/422", "Accept: text/html").body()).isEqualTo("any json");
	}

	@Test
	void classHandlersAreNegotiatedAndScopedToo() {
		assertThat(application.get("/boom", "Accept: text/html").body()).isEqualTo("<p>boom</p>");
		assertThat(application.get("/boom", "Accept: application/json").body()).isEqualTo("boom");
		assertThat(application.get("/api/boom", "Accept: application/json").body()).isEqualTo("api boom");
	}

	@Test
	void whereThePathOfASubclassDoesNotMatchTheHandlerOfTheSuperclassIsCalled() {
		assertThat(application.get("/boom-only-api").body()).isEqualTo("boom");
		assertThat(application.get("/api/boom-only-api").body()).isEqualTo("only api");
	}

	@Test
	void theServerErrorHandlerIsNegotiatedAndScopedToo() {
		assertThat(application.get("/error", BROWSER).body()).isEqualTo("<p>oops</p>");
		assertThat(application.get("/error", "Accept: application/json").body()).isEqualTo("oops");
		RawHttpResponse api = application.get("/api/error", BROWSER);
		assertThat(api.status()).isEqualTo(500);
		assertThat(api.body()).isEqualTo("api oops");
	}

	@Test
	void aHandlerThatFailsLeavesItToTheNextBest() {
		RawHttpResponse response = application.get("/fail/423", "Accept: text/html");
		assertThat(response.status()).isEqualTo(423);
		assertThat(response.body()).isEqualTo("second");
	}

	@Test
	void aValueIsWrittenAsWhatTheHandlerProduces() {
		RawHttpResponse response = application.get("/fail/424", "Accept: application/json");
		assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
		assertThat(response.body()).isEqualTo("{\"detail\":\"own\"}");
	}

	@Test
	void anAcceptOfMoreThan16TypesCountsAsAnything() {
		String accept = "Accept: text/html" + ", text/html".repeat(15);
		assertThat(application.get("/fail/404", accept).header("Content-Type")).startsWith("text/html");
		assertThat(application.get("/fail/404", accept + ", text/html").body()).isEqualTo("any: Not Found");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, Handlers.class })
	static class App {

		@Bean
		ExceptionHandlerConfigurer configured() {
			return (registry) -> {
				registry.status(422, (request, ex) -> ServerResponse.status(422).bodyValue("any json"));
				registry.paths("/mixed/**")
					.produces("text/html")
					.status(422, (request,
							ex) -> ServerResponse.status(422).contentType(MediaType.TEXT_HTML).bodyValue("mixed html"));
				registry.paths("/api/**")
					.exception(OnlyApiException.class, (request, ex) -> ServerResponse.ok().bodyValue("only api"));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingResolver {

		@Bean
		WebFilter raising() {
			return (exchange, chain) -> Mono.error(new HttpException(404));
		}

		@Bean
		WebFluxConfigurer resolving() {
			return new WebFluxConfigurer() {
				@Override
				public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
					builder.resolver((exchange) -> {
						throw new IllegalArgumentException("No such format");
					});
				}
			};
		}

		@Bean
		@StatusHandler(value = 404, produces = "text/plain")
		HttpExceptionHandler<HttpException> first() {
			return (request, ex) -> ServerResponse.status(404).contentType(MediaType.TEXT_PLAIN).bodyValue("first");
		}

	}

	static class Handlers {

		@StatusHandler(404)
		String any(HttpException ex) {
			return "any: " + ex.getDetail();
		}

		@StatusHandler(value = 404, produces = "text/html")
		String html() {
			return "<p>not found</p>";
		}

		@StatusHandler(value = 404, produces = "application/json")
		Map<String, String> json() {
			return Map.of("detail", "not found");
		}

		@StatusHandler(value = 410, produces = "text/html;q=0.5")
		String gone() {
			return "<p>gone</p>";
		}

		@StatusHandler(value = 425, produces = "text/xml")
		String earlyXml() {
			return "<first>x</first>";
		}

		@StatusHandler(value = 425, produces = "application/json")
		Map<String, String> tooEarlyJson() {
			return Map.of("first", "a");
		}

		@StatusHandler(value = 425, produces = "text/html")
		String earlyPage() {
			return "<p>h</p>";
		}

		@StatusHandler(value = 418, produces = "text/html")
		String teapot() {
			return "<p>teapot</p>";
		}

		@ExceptionHandlerFor(value = { TeapotException.class, LegalException.class }, produces = "application/json")
		Map<String, String> all(HttpException ex) {
			return Map.of("all", ex.getDetail());
		}

		@StatusHandler(409)
		String conflict() {
			return "any 409";
		}

		@StatusHandler(value = 409, paths = "/api/**")
		String apiConflict() {
			return "api 409";
		}

		@StatusHandler(value = 404, paths = "api/**")
		String apiNotFound() {
			return "api 404";
		}

		@StatusHandler(value = 409, paths = "/api/v2/**")
		String secondApiConflict() {
			return "api v2 409";
		}

		@StatusHandler(value = 409, paths = "/api/v2/books/{id}/**")
		String bookConflict() {
			return "api v2 books 7 409";
		}

		@StatusHandler(value = 409, paths = { "/shop/**", "/office/**" })
		String shopConflict() {
			return "shop or office 409";
		}

		/** The most specific of its patterns is neither the first nor the last. */
		@StatusHandler(value = 409, paths = { "/shelf/**", "/shelf/books/**", "/shel*/**" })
		String shelfConflict() {
			return "shelf or its books 409";
		}

		@StatusHandler(value = 409, paths = "/shelf/{kind}/**")
		String kindConflict() {
			return "anything of a shelf 409";
		}

		@ExceptionHandlerFor
		String boom(BoomException ex) {
			return "boom";
		}

		@ExceptionHandlerFor(produces = "text/html")
		String boomPage(BoomException ex) {
			return "<p>boom</p>";
		}

		@ExceptionHandlerFor(paths = "/api/**")
		String apiBoom(BoomException ex) {
			return "api boom";
		}

		@StatusHandler(500)
		String oops() {
			return "oops";
		}

		@ExceptionHandlerFor(value = Exception.class, produces = "text/html")
		String oopsPage() {
			return "<p>oops</p>";
		}

		@ExceptionHandlerFor(value = Throwable.class, paths = "/api/**")
		String apiOops() {
			return "api oops";
		}

		@StatusHandler(value = 423, produces = "text/html")
		String locked(HttpException ex) {
			throw ex;
		}

		@StatusHandler(423)
		String lockedToo() {
			return "second";
		}

		@StatusHandler(value = 424, produces = "application/problem+json")
		Map<String, String> own() {
			return Map.of("detail", "own");
		}

	}

	@RestController
	static class Controller {

		@GetMapping({ "/fail/{status}", "/*/fail/{status}", "/*/*/fail/{status}", "/*/*/*/*/fail/{status}" })
		Mono<Void> fail(@PathVariable int status) {
			return Mono.error(switch (status) {
				case 418 -> new TeapotException();
				case 451 -> new LegalException();
				default -> new HttpException(status);
			});
		}

		@GetMapping({ "/boom", "/api/boom" })
		Mono<Void> boom() {
			return Mono.error(new BoomException());
		}

		@GetMapping({ "/boom-only-api", "/api/boom-only-api" })
		Mono<Void> boomOnlyApi() {
			return Mono.error(new OnlyApiException());
		}

		@GetMapping({ "/error", "/api/error" })
		Mono<Void> error() {
			return Mono.error(new IllegalStateException("oops"));
		}

	}

	static class TeapotException extends HttpException {

		TeapotException() {
			super(418);
		}

	}

	static class LegalException extends HttpException {

		LegalException() {
			super(451);
		}

	}

	static class BoomException extends RuntimeException {

	}

	static class OnlyApiException extends BoomException {

	}

}
