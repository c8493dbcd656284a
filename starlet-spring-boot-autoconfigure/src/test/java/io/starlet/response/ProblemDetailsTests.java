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

package io.starlet.response;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R35: with {@code spring.webflux.problemdetails.enabled=true} the default answers
 * are problem details of one shape, over a real server.
 */
@OnEachServer
@Timeout(60)
class ProblemDetailsTests {

	private static final String ENABLED = "spring.webflux.problemdetails.enabled=true";

	private static final JsonMapper json = new JsonMapper();

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, ENABLED);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /nope, 404, Not Found", "POST, /http/409, 405, Method Not Allowed",
			"GET, /number?value=x, 400, Bad Request", "GET, /number, 400, Bad Request", "GET, /http/409, 409, Conflict",
			"GET, /http/499, 499,", "GET, /spring/410, 410, Gone", "GET, /annotated, 423, Locked",
			"GET, /filter, 418, I'm a teapot", "GET, /error, 500, Internal Server Error",
			"GET, /http/500, 500, Internal Server Error", "GET, /spring/500, 500, Internal Server Error" })
	void everyDefaultAnswerHasTheSameShape(String method, String path, int status, String title) {
		RawHttpResponse response = application.send(method, path);
		assertThat(response.status()).isEqualTo(status);
		assertProblem(response, status, path.replaceFirst("\\?.*", ""));
		assertThat(read(response).get("title")).isEqualTo(title);
	}

	@Test
	void unsupportedMediaTypesAndInvalidBodiesHaveTheSameShape() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse unsupported = client.post("/body", "text/csv", "name");
			assertProblem(unsupported, 415, "/body");
			assertThat(unsupported.header("Accept")).contains("json");
			assertProblem(client.post("/body", "application/json", "{\"name\":\" \"}"), 400, "/body");
			assertProblem(client.post("/body", "application/json", "{"), 400, "/body");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/json", "application/xml", "text/event-stream", "rubbish", "",
			"image/png;q=0.1", "*/*;q=0" })
	void whateverIsAcceptedTheMediaTypeIsTheSame(String accept) {
		assertProblem(application.get("/nope", "Accept: " + accept), 404, "/nope");
		assertProblem(application.get("/functional-error", "Accept: " + accept), 500, "/functional-error");
	}

	@Test
	void anErrorTellsNothingOfItself() {
		assertThat(application.get("/error").body()).doesNotContain("secret");
	}

	@Test
	void headersOfTheExceptionAreKept() {
		assertThat(application.send("POST", "/http/409").header("Allow")).contains("GET");
	}

	@Test
	void anExceptionsOwnDetailTypeAndPropertiesAreKept() {
		Map<String, Object> body = read(application.get("/own"));
		assertThat(body).containsEntry("type", "https://example.org/out-of-stock")
			.containsEntry("detail", "None left")
			.containsEntry("isbn", "42")
			.containsEntry("status", 409)
			.containsEntry("instance", "/own");
	}

	@Test
	void anExceptionsOwnInstanceIsKept() {
		assertThat(read(application.get("/own?instance=/orders/7"))).containsEntry("instance", "/orders/7");
	}

	@Test
	void anExceptionThatIsRaisedTwiceHasTheInstanceOfEachRequest() {
		assertThat(read(application.get("/shared/1"))).containsEntry("instance", "/shared/1");
		assertThat(read(application.get("/shared/2"))).containsEntry("instance", "/shared/2");
	}

	@Test
	void textsComeFromTheMessageSourceInTheLanguageOfTheClient() {
		assertThat(read(application.get("/payment", "Accept-Language: de"))).containsEntry("detail", "Kein Geld")
			.containsEntry("title", "Zahlung");
		assertThat(read(application.get("/payment", "Accept-Language: en"))).containsEntry("detail", "No money");
		assertThat(read(application.send("POST", "/payment", "Accept-Language: de"))).containsEntry("detail",
				"Nicht so: POST");
		assertThat(read(application.get("/payment", "Accept-Language: ;;"))).containsEntry("status", 402);
	}

	@ParameterizedTest
	@CsvSource({ "/nope, NoResourceFoundException", "/http/409, HttpException", "/error, HttpException",
			"/number, MissingRequestValueException" })
	void interceptorsSeeEveryOneWithItsException(String path, String type) {
		intercepting(
				(detail, response) -> detail.setProperty("intercepted",
						(response != null) ? response.getClass().getSimpleName() : "nothing"),
				() -> assertThat(read(application.get(path))).containsEntry("intercepted", type));
	}

	@Test
	void registeredHandlersWinOverTheDefaultAndOverBootsAdvice() {
		try (TestApplication handled = TestApplication.start(HandledApp.class, ENABLED)) {
			assertThat(handled.get("/nope").body()).isEqualTo("handled 404");
			assertThat(handled.get("/http/409").body()).isEqualTo("handled 409");
			assertThat(handled.get("/number").body()).isEqualTo("handled 400");
			assertThat(handled.get("/error").body()).isEqualTo("oops");
		}
	}

	@Test
	void htmlStaysPossibleThroughANegotiatedHandler() {
		try (TestApplication paged = TestApplication.start(PageApp.class, ENABLED)) {
			assertThat(paged.get("/page", "Accept: text/html,*/*;q=0.8").body()).isEqualTo("<p>gone</p>");
			assertProblem(paged.get("/page", "Accept: application/json"), 410, "/page");
			assertProblem(paged.get("/page", "Accept: application/problem+json"), 410, "/page");
			assertThat(paged.get("/page", "Accept: image/png").body()).isEqualTo("<p>gone</p>");
		}
	}

	@Test
	void anAdviceOfTheApplicationComesFirst() {
		try (TestApplication advised = TestApplication.start(AdvisedApp.class, ENABLED)) {
			assertThat(advised.get("/http/409").body()).isEqualTo("advice");
			assertThat(advised.get("/nope").body()).contains("advised");
		}
	}

	@Test
	void anInterceptorThatFailsAndABodyThatCannotBeWrittenAreNoReasonNotToAnswer() {
		ErrorResponse.Interceptor failing = (detail, response) -> {
			throw new IllegalStateException("interceptor");
		};
		ErrorResponse.Interceptor unwritable = (detail, response) -> detail.setProperty("property", new Unwritable());
		for (ErrorResponse.Interceptor interceptor : List.of(failing, unwritable)) {
			intercepting(interceptor, () -> {
				try (LogCapture log = new LogCapture()) {
					RawHttpResponse response = application.get("/http/409");
					assertThat(response.status()).isEqualTo(409);
					assertThat(response.body()).isEqualTo("Conflict");
					assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
					assertThat(log.awaitOne(Level.ERROR).getFormattedMessage())
						.contains("Failed to write problem details");
				}
				RawHttpResponse error = application.get("/error");
				assertThat(error.status()).isEqualTo(500);
				assertThat(error.body()).isEqualTo("Internal Server Error");
			});
		}
	}

	private static void intercepting(ErrorResponse.Interceptor interceptor, Runnable test) {
		App.interceptor.set(interceptor);
		try {
			test.run();
		}
		finally {
			App.interceptor.set(null);
		}
	}

	@Test
	void headHasTheHeadersAndNoBody() {
		RawHttpResponse get = application.get("/http/409");
		RawHttpResponse head = application.send("HEAD", "/http/409");
		assertThat(head.status()).isEqualTo(409);
		assertThat(head.body()).isEmpty();
		assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "//evil.example/x", "/%20/%3Cb%3E", "/a%22b", "/%E2%82%AC", "/a;b=c" })
	void anyPathMayBeTheInstance(String path) {
		RawHttpResponse response = application.get(path);
		if (Server.CURRENT == Server.JETTY && path.startsWith("//")) {
			assertThat(response.status()).as("refused by the server itself").isEqualTo(400);
			return;
		}
		assertThat(response.status()).isEqualTo(404);
		assertThat(String.valueOf(read(response).get("instance"))).startsWith("/").doesNotStartWith("//");
	}

	@Test
	void withoutThePropertyTheAnswerIsText() {
		try (TestApplication plain = TestApplication.start(App.class)) {
			assertThat(plain.get("/nope").header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		}
	}

	@Test
	void withDebugTheTracebackComesFirst() {
		try (TestApplication debug = TestApplication.start(App.class, ENABLED, "starlet.debug=true")) {
			assertThat(debug.get("/error").body()).contains("IllegalStateException");
			assertProblem(debug.get("/nope"), 404, "/nope");
		}
	}

	private static void assertProblem(RawHttpResponse response, int status, String instance) {
		assertThat(response.header("Content-Type")).as(response.toString()).isEqualTo("application/problem+json");
		assertThat(response.status()).isEqualTo(status);
		assertThat(read(response)).containsEntry("status", status)
			.containsEntry("instance", instance)
			.satisfies((body) -> assertThat(body.containsKey("detail")).isEqualTo(status != 499))
			.doesNotContainKeys("properties", "timestamp", "trace");
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> read(RawHttpResponse response) {
		return json.readValue(response.body(), Map.class);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Controller.class)
	static class App implements WebFluxConfigurer {

		private static final AtomicReference<ErrorResponse.@Nullable Interceptor> interceptor = new AtomicReference<>();

		@Override
		public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
			interceptors.add((detail, response) -> {
				ErrorResponse.Interceptor current = interceptor.get();
				if (current != null) {
					current.handleError(detail, response);
				}
			});
		}

		@Bean
		MessageSource messageSource() {
			StaticMessageSource messages = new StaticMessageSource();
			messages.addMessage("problemDetail." + PaymentException.class.getName(), Locale.ENGLISH, "No money");
			messages.addMessage("problemDetail." + PaymentException.class.getName(), Locale.GERMAN, "Kein Geld");
			messages.addMessage("problemDetail.title." + PaymentException.class.getName(), Locale.GERMAN, "Zahlung");
			messages.addMessage("problemDetail." + MethodNotAllowedException.class.getName(), Locale.GERMAN,
					"Nicht so: {0}");
			return messages;
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/functional-error", (request) -> {
				throw new IllegalStateException("secret");
			}).build();
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebFilter filter() {
			return (exchange, chain) -> exchange.getRequest().getPath().value().equals("/filter")
					? Mono.error(new HttpException(418)) : chain.filter(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, Handlers.class })
	static class HandledApp {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, Advice.class })
	static class AdvisedApp {

	}

	static class Handlers {

		@ExceptionHandlerFor
		String handled(HttpException ex) {
			return "handled " + ex.getStatusCode().value();
		}

		@StatusHandler(500)
		String oops() {
			return "oops";
		}

	}

	static class PageHandlers {

		@StatusHandler(value = 410, produces = "text/html")
		String page() {
			return "<p>gone</p>";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, PageHandlers.class })
	static class PageApp {

	}

	@RestControllerAdvice
	static class Advice extends ResponseEntityExceptionHandler {

		@ExceptionHandler
		ResponseEntity<String> advice(HttpException ex) {
			return ResponseEntity.status(409).body("advice");
		}

		@Override
		protected Mono<ResponseEntity<Object>> createResponseEntity(@Nullable Object body,
				@Nullable HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
			return Mono.just(ResponseEntity.status(status).body("advised"));
		}

	}

	@RestController
	static class Controller {

		private final HttpException shared = new HttpException(409, "Shared");

		@GetMapping("/http/{status}")
		Mono<String> http(@PathVariable int status) {
			return Mono.error(new HttpException(status));
		}

		@GetMapping("/page")
		Mono<String> page() {
			return Mono.error(new HttpException(410));
		}

		@GetMapping("/payment")
		Mono<String> payment() {
			return Mono.error(new PaymentException());
		}

		@GetMapping("/shared/{number}")
		Mono<String> shared() {
			return Mono.error(this.shared);
		}

		@GetMapping("/spring/{status}")
		Mono<String> spring(@PathVariable int status) {
			return Mono.error(new ResponseStatusException(HttpStatus.valueOf(status)));
		}

		@GetMapping("/annotated")
		Mono<String> annotated() {
			return Mono.error(new LockedException());
		}

		@GetMapping("/error")
		Mono<String> error() {
			return Mono.error(new IllegalStateException("secret"));
		}

		@GetMapping("/number")
		String number(@RequestParam int value) {
			return String.valueOf(value);
		}

		@GetMapping("/own")
		Mono<String> own(@RequestParam @Nullable URI instance) {
			ProblemDetail detail = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "None left");
			detail.setInstance(instance);
			detail.setType(URI.create("https://example.org/out-of-stock"));
			detail.setProperty("isbn", "42");
			return Mono.error(new ErrorResponseException(HttpStatus.CONFLICT, detail, null));
		}

		@PostMapping("/body")
		Mono<String> body(@Valid @RequestBody Mono<Named> body) {
			return body.map(Named::name);
		}

	}

	record Named(@NotBlank String name) {

	}

	static class Unwritable {

		public String getValue() {
			throw new IllegalStateException("unwritable");
		}

	}

	@ResponseStatus(HttpStatus.LOCKED)
	static class LockedException extends RuntimeException {

	}

	static class PaymentException extends HttpException {

		PaymentException() {
			super(402);
		}

	}

}
