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

package io.starlet.invocation;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.validation.Errors;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler method takes, over a real server.
 */
@OnEachServer
@Timeout(60)
class HandlerMethodTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "app.name=library");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void takesTheExceptionAndItsCauses() {
		RawHttpResponse response = application.get("/order?causes=2");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("OrderException IllegalArgumentException IOException");
	}

	@Test
	void anAbsentCauseIsNull() {
		assertThat(application.get("/order?causes=1").body()).isEqualTo("OrderException IllegalArgumentException null");
		assertThat(application.get("/order?causes=0").body()).isEqualTo("OrderException null null");
	}

	@Test
	void aCauseOfTheExceptionsOwnKindIsTheExceptionItself() {
		assertThat(application.get("/nested").body()).isEqualTo("outer");
	}

	@Test
	void takesTheExchangeTheRequestAndTheResponse() {
		RawHttpResponse response = application.get("/fail/451");
		assertThat(response.status()).isEqualTo(451);
		assertThat(response.header("X-From-Handler")).isEqualTo("GET /fail/451");
		assertThat(response.body()).isEqualTo("true true GET");
	}

	@Test
	void takesAServerRequestWithThePathVariablesOfAnAnnotatedController() {
		RawHttpResponse response = application.get("/fail/452?q=a%20b", "Cookie: flavour=oat");
		assertThat(response.status()).isEqualTo(452);
		assertThat(response.body()).isEqualTo("{\"variable\":\"452\",\"param\":\"a b\",\"cookie\":\"oat\"}");
	}

	@Test
	void takesAServerRequestWithThePathVariablesOfAFunctionalEndpoint() {
		RawHttpResponse response = application.get("/functional/452?q=a", "Cookie: flavour=oat");
		assertThat(response.status()).isEqualTo(452);
		assertThat(response.body()).isEqualTo("{\"variable\":\"452\",\"param\":\"a\",\"cookie\":\"oat\"}");
	}

	@Test
	void aServerRequestReadsTheBodyThatTheEndpointDidNotRead() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.post("/fail/453", "application/json", "{\"title\":\"Emma\"}");
			assertThat(response.status()).isEqualTo(453);
			assertThat(response.body()).isEqualTo("Emma");
		}
	}

	@Test
	void takesThePrincipal() {
		assertThat(application.get("/fail/454", "X-User: ada").body()).isEqualTo("ada ada");
	}

	@Test
	void anAbsentPrincipalIsNull() {
		RawHttpResponse response = application.get("/fail/454");
		assertThat(response.status()).isEqualTo(454);
		assertThat(response.body()).isEqualTo("nobody nobody");
	}

	@Test
	void takesTheSessionAndItsAttributes() {
		RawHttpResponse response = application.get("/session");
		assertThat(response.status()).isEqualTo(455);
		assertThat(response.body()).isEqualTo("basket of 3");
		assertThat(response.header("Set-Cookie")).startsWith("SESSION=");
	}

	@Test
	void aSessionThatTheHandlerStartsIsSaved() {
		RawHttpResponse response = application.get("/fail/456");
		assertThat(response.body()).isEqualTo("visit 1");
		String cookie = String.valueOf(response.header("Set-Cookie")).replaceAll(";.*", "");
		assertThat(application.get("/fail/456", "Cookie: " + cookie).body()).isEqualTo("visit 2");
	}

	@Test
	void takesTheLocaleAndTheTimeZoneAndTheMethod() {
		assertThat(application.get("/fail/457", "Accept-Language: de-AT").body())
			.isEqualTo("de_AT GET " + TimeZone.getDefault().getID());
	}

	@Test
	void takesHeadersWithConversion() {
		assertThat(application.get("/fail/458", "X-Count: 41", "X-Tags: a,b").body()).isEqualTo("42 [a, b] localhost");
	}

	@Test
	void takesCookies() {
		assertThat(application.get("/fail/459", "Cookie: flavour=oat; size=3").body()).isEqualTo("oat 4");
	}

	@Test
	void takesRequestAttributes() {
		assertThat(application.get("/fail/460").body()).isEqualTo("tenant-1");
	}

	@Test
	void takesPathVariablesAndParametersOfTheFailedController() {
		assertThat(application.get("/fail/461?page=7").body()).isEqualTo("462 7 none 461");
		assertThat(application.get("/fail/461?sort=name").body()).isEqualTo("462 1 name 461");
	}

	@Test
	void takesValues() {
		assertThat(application.get("/fail/462").body()).isEqualTo("library 42");
	}

	@ParameterizedTest
	@ValueSource(ints = { 463, 464 })
	void takesTheModelOfAView(int status) {
		RawHttpResponse response = application.get("/fail/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("Content-Type")).startsWith("text/html");
		assertThat(response.body()).contains("<p>from the model</p>");
	}

	@Test
	void takesTheMethodOfTheFailedController() {
		RawHttpResponse response = application.get("/fail/465");
		assertThat(response.status()).isEqualTo(465);
		assertThat(response.body()).isEqualTo("Endpoints.fail");
	}

	@Test
	void whereNoControllerFailedItsMethodIsNull() {
		RawHttpResponse response = application.get("/functional/465");
		assertThat(response.status()).isEqualTo(465);
		assertThat(response.body()).isEqualTo("none");
	}

	@Test
	void takesWhatTheApplicationsOwnArgumentResolversResolve() {
		RawHttpResponse response = application.get("/fail/466", "X-Tenant: acme", "X-Trace: t1");
		assertThat(response.status()).isEqualTo(466);
		assertThat(response.body()).isEqualTo("acme t1");
	}

	@Test
	void anExceptionThatIsAlsoABindingResultIsTakenAsSuch() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.post("/books", "application/json", "{\"title\":\"\"}");
			assertThat(response.status()).isEqualTo(400);
			assertThat(response.body())
				.isEqualTo("{\"fields\":[\"title\"],\"count\":1,\"title\":\"Bad Request\",\"same\":true}");
		}
	}

	@Test
	void aParameterMayBeAnInterfaceThatTheExceptionImplements() {
		RawHttpResponse response = application.get("/coded");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("E42");
	}

	@Test
	void anErrorResponseParameterTakesTheExceptionItself() {
		assertThat(application.get("/response-status").body()).isEqualTo("ResponseStatusException 409 taken");
		assertThat(application.get("/fail/409").body()).isEqualTo("HttpException 409 Conflict");
	}

	@Test
	void anHttpExceptionParameterTakesAForeignHttpExceptionsStatusDetailHeadersAndItselfAsCause() {
		RawHttpResponse response = application.get("/error-response");
		assertThat(response.status()).isEqualTo(423);
		assertThat(response.body()).isEqualTo("423 Locked by Ada [X-Lock] ErrorResponseException");
		assertThat(response.header("X-Lock")).isEqualTo("7");
		response = application.send("POST", "/order", "Content-Length: 0");
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.body()).isEqualTo("405 Method Not Allowed [Allow] MethodNotAllowedException");
		assertThat(response.header("Allow")).isEqualTo("GET");
		response = application.get("/annotated");
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.body()).isEqualTo("402 Pay first [] AnnotatedException");
	}

	@Test
	void anHttpExceptionParameterOfAServerErrorHandlerTakesTheErrorAsCause() {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = application.get("/boom");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("500 Internal Server Error boom");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("boom");
		}
	}

	@Test
	void argumentsAreValidatedWhichChangesNoStatus() {
		assertThat(application.get("/fail/467?page=3").body()).isEqualTo("page 3");
		RawHttpResponse response = application.get("/fail/467?page=0");
		assertThat(response.status()).isEqualTo(467);
		assertThat(response.body()).doesNotContain("page 0");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Functional.class, Handlers.class })
	static class App implements WebFluxConfigurer {

		@Bean
		WebFilter user() {
			return (exchange, chain) -> {
				exchange.getAttributes().put("tenant", "tenant-1");
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain.filter((user != null)
						? exchange.mutate().principal(Mono.just((Principal) () -> user)).build() : exchange);
			};
		}

		@Bean
		HandlerMethodArgumentResolver tenantResolver() {
			return new HeaderArgumentResolver(Tenant.class, "X-Tenant");
		}

		@Override
		public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
			configurer.addCustomResolver(new HeaderArgumentResolver(Trace.class, "X-Trace"));
		}

	}

	static class Functional {

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route()
				.GET("/functional/{status}",
						(request) -> Mono.error(new HttpException(Integer.parseInt(request.pathVariable("status")))))
				.build();
		}

	}

	@RestController
	static class Endpoints {

		@RequestMapping("/fail/{status}")
		Mono<String> fail(@PathVariable int status) {
			return Mono.error(new HttpException(status));
		}

		@GetMapping("/order")
		String order(@RequestParam int causes) throws OrderException {
			IOException deepest = (causes == 2) ? new IOException("disk") : null;
			throw new OrderException((causes > 0) ? new IllegalArgumentException(deepest) : null);
		}

		@GetMapping("/nested")
		String nested() throws NestedException {
			throw new NestedException("outer", new NestedException("inner", null));
		}

		@GetMapping("/session")
		Mono<String> session(WebSession session) {
			session.getAttributes().put("basket", "basket of 3");
			return Mono.error(new HttpException(455));
		}

		@PostMapping("/books")
		Mono<Book> book(@Valid @RequestBody Mono<Book> book) {
			return book;
		}

		@GetMapping("/coded")
		String coded() throws CodedException {
			throw new CodedException();
		}

		@GetMapping("/response-status")
		String responseStatus() {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "taken");
		}

		@GetMapping("/error-response")
		String errorResponse() {
			ErrorResponseException ex = new ErrorResponseException(HttpStatus.LOCKED,
					ProblemDetail.forStatusAndDetail(HttpStatus.LOCKED, "Locked by Ada"), null);
			ex.getHeaders().set("X-Lock", "7");
			throw ex;
		}

		@GetMapping("/annotated")
		String annotated() throws AnnotatedException {
			throw new AnnotatedException();
		}

		@GetMapping("/boom")
		String boom() {
			throw new IllegalStateException("boom");
		}

	}

	static class Handlers {

		@ExceptionHandlerFor
		String order(OrderException ex, @Nullable IllegalArgumentException cause, @Nullable IOException deepest) {
			return name(ex) + " " + name(cause) + " " + name(deepest);
		}

		@ExceptionHandlerFor
		String nested(NestedException ex) {
			return String.valueOf(ex.getMessage());
		}

		@StatusHandler(451)
		String exchange(ServerWebExchange exchange, ServerHttpRequest request, ServerHttpResponse response) {
			response.getHeaders().set("X-From-Handler", request.getMethod() + " " + request.getPath());
			return (exchange.getRequest() == request) + " " + (exchange.getResponse() == response) + " "
					+ request.getMethod();
		}

		@StatusHandler(452)
		Map<String, String> serverRequest(ServerRequest request) {
			Map<String, String> body = new LinkedHashMap<>();
			body.put("variable", request.pathVariable("status"));
			body.put("param", request.queryParam("q").orElse(""));
			HttpCookie cookie = request.cookies().getFirst("flavour");
			body.put("cookie", (cookie != null) ? cookie.getValue() : "");
			return body;
		}

		@StatusHandler(453)
		Mono<String> body(ServerRequest request) {
			return request.bodyToMono(Book.class).map(Book::title);
		}

		@StatusHandler(454)
		Mono<String> principal(@Nullable Principal principal, Mono<Principal> reactive) {
			String name = (principal != null) ? principal.getName() : "nobody";
			return reactive.map(Principal::getName).defaultIfEmpty("nobody").map((other) -> name + " " + other);
		}

		@StatusHandler(455)
		String session(WebSession session, @SessionAttribute String basket) {
			return session.getAttributes().containsValue(basket) ? basket : "";
		}

		@StatusHandler(456)
		String visits(WebSession session) {
			return "visit " + session.getAttributes().merge("visits", 1, (one, other) -> (int) one + (int) other);
		}

		@StatusHandler(457)
		String locale(Locale locale, HttpMethod method, TimeZone zone) {
			return locale + " " + method + " " + zone.getID();
		}

		@StatusHandler(458)
		String headers(@RequestHeader("X-Count") int count, @RequestHeader("X-Tags") List<String> tags,
				@RequestHeader HttpHeaders all) {
			return (count + 1) + " " + tags + " " + all.getFirst("Host");
		}

		@StatusHandler(459)
		String cookies(@CookieValue String flavour, @CookieValue("size") int size) {
			return flavour + " " + (size + 1);
		}

		@StatusHandler(460)
		String attributes(@RequestAttribute String tenant) {
			return tenant;
		}

		@StatusHandler(461)
		String parameters(@PathVariable int status, @RequestParam(defaultValue = "1") int page,
				@RequestParam Optional<String> sort, @PathVariable Map<String, String> variables) {
			return (status + 1) + " " + page + " " + sort.orElse("none") + " " + variables.get("status");
		}

		@StatusHandler(462)
		String values(@Value("${app.name}") String name, @Value("#{6 * 7}") int answer) {
			return name + " " + answer;
		}

		@StatusHandler(463)
		Rendering model(Model model) {
			model.addAttribute("detail", "from the model");
			return Rendering.view("detail").build();
		}

		@StatusHandler(464)
		Mono<Rendering> modelMap(Map<String, Object> model) {
			model.put("detail", "from the model");
			return Mono.just(Rendering.view("detail").build());
		}

		@StatusHandler(465)
		String handlerMethod(@Nullable HandlerMethod method) {
			return (method != null) ? method.getBeanType().getSimpleName() + "." + method.getMethod().getName()
					: "none";
		}

		@StatusHandler(466)
		String custom(@FromHeader Tenant tenant, @FromHeader Trace trace) {
			return tenant.value() + " " + trace.value();
		}

		@ExceptionHandlerFor
		Map<String, Object> invalid(WebExchangeBindException ex, BindingResult result, Errors errors,
				ErrorResponse response) {
			Map<String, Object> body = new LinkedHashMap<>();
			body.put("fields", result.getFieldErrors().stream().map((error) -> error.getField()).toList());
			body.put("count", errors.getErrorCount());
			body.put("title", String.valueOf(response.getBody().getTitle()));
			body.put("same", ex == result && ex == errors && ex == response);
			return body;
		}

		@ExceptionHandlerFor(CodedException.class)
		String coded(Coded ex) {
			return ex.code();
		}

		@StatusHandler(409)
		String errorResponse(ErrorResponse response) {
			return name((Throwable) response) + " " + response.getStatusCode().value() + " "
					+ response.getBody().getDetail();
		}

		@StatusHandler({ 402, 405, 423 })
		String foreign(HttpException ex) {
			return ex.getStatusCode().value() + " " + ex.getDetail() + " " + ex.getHeaders().headerNames() + " "
					+ name(ex.getCause());
		}

		@StatusHandler(467)
		String validated(@RequestParam @Min(1) int page) {
			return "page " + page;
		}

		@StatusHandler(500)
		String serverError(HttpException ex) {
			Throwable cause = ex.getCause();
			return ex.getStatusCode().value() + " " + ex.getDetail() + " "
					+ ((cause != null) ? cause.getMessage() : null);
		}

		private static String name(@Nullable Throwable ex) {
			return (ex != null) ? ex.getClass().getSimpleName() : "null";
		}

	}

	record Book(@NotBlank String title) {

	}

	record Tenant(String value) {

	}

	record Trace(String value) {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface FromHeader {

	}

	static class HeaderArgumentResolver implements HandlerMethodArgumentResolver {

		private final Class<?> type;

		private final String header;

		HeaderArgumentResolver(Class<?> type, String header) {
			this.type = type;
			this.header = header;
		}

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == this.type && parameter.hasParameterAnnotation(FromHeader.class);
		}

		@Override
		public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext bindingContext,
				ServerWebExchange exchange) {
			String value = String.valueOf(exchange.getRequest().getHeaders().getFirst(this.header));
			return Mono.just((this.type == Tenant.class) ? new Tenant(value) : new Trace(value));
		}

	}

	interface Coded {

		String code();

	}

	static class CodedException extends Exception implements Coded {

		@Override
		public String code() {
			return "E42";
		}

	}

	static class OrderException extends Exception {

		OrderException(@Nullable Throwable cause) {
			super(cause);
		}

	}

	static class NestedException extends Exception {

		NestedException(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

	@ResponseStatus(code = HttpStatus.PAYMENT_REQUIRED, reason = "Pay first")
	static class AnnotatedException extends Exception {

	}

}
