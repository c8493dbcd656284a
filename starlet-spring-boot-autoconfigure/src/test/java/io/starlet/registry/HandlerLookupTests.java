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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

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
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R1 to R7 and R34: which handler is called, over a real server.
 */
@OnEachServer
@Timeout(60)
class HandlerLookupTests {

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
	void statusHandlerAppliesToHttpExceptionsOfExactlyThatStatus() {
		assertThat(answer("/status/404")).isEqualTo("404 status 404: Not Found");
		assertThat(answer("/status/405")).isEqualTo("405 HttpException 405: Method Not Allowed");
		assertThat(answer("/status/403")).isEqualTo("403 HttpException 403: Forbidden");
	}

	@ParameterizedTest
	@CsvSource({ "base, Base", "derived, Derived", "derived-further, Derived", "other, Base" })
	void classHandlerAppliesToItsClassAndSubclassesTheMostSpecificClassWinning(String path, String handler) {
		assertThat(answer("/" + path)).isEqualTo("409 " + handler);
	}

	@Test
	void statusHandlerBeatsClassHandler() {
		assertThat(answer("/special/404")).isEqualTo("404 status special");
		assertThat(answer("/special/410")).isEqualTo("410 special");
	}

	@Test
	void subclassOfHttpExceptionIsMoreSpecificThanHttpException() {
		assertThat(answer("/special/411")).isEqualTo("411 special");
	}

	@ParameterizedTest
	@ValueSource(strings = { "boom", "checked", "error" })
	void statusFiveHundredNamesTheServerErrorHandlerOfTheOuterLayer(String path) {
		assertThat(answer("/" + path)).isEqualTo("500 outer HttpException 500: Internal Server Error");
	}

	@Test
	void httpExceptionOfStatusFiveHundredIsHandledByClassHandlersAndNeverByTheServerErrorLayer() {
		assertThat(answer("/status/500")).isEqualTo("500 HttpException 500: Internal Server Error");
	}

	@Test
	void httpExceptionOfStatusFiveHundredWithoutClassHandlerIsAnsweredByTheStatusHandler() {
		try (TestApplication other = TestApplication.start(OnlyStatus500.class)) {
			RawHttpResponse response = other.get("/status/500");
			assertThat(response.body()).isEqualTo("status handler of io.starlet.HttpException");
			assertThat(other.get("/boom").body()).isEqualTo("status handler of java.lang.IllegalStateException");
		}
	}

	@Test
	void httpExceptionOfStatusFiveHundredThatItsClassHandlerRaisesAgainIsAnsweredByTheStatusHandler() {
		try (TestApplication other = TestApplication.start(RaisingAgain.class)) {
			assertThat(other.get("/status/500").body()).isEqualTo("status handler of io.starlet.HttpException");
		}
	}

	@Test
	void httpExceptionOfStatusFiveHundredGetsThePlainDefaultWhereOnlyExceptionIsHandled() {
		try (TestApplication other = TestApplication.start(OnlyException.class)) {
			assertThat(other.get("/status/500").body()).isEqualTo("Internal Server Error");
			assertThat(other.get("/boom").body()).isEqualTo("outer");
			assertThat(other.get("/error").body()).isEqualTo("outer");
		}
	}

	@Test
	void exceptionsOfSpringAreHttpExceptions() {
		assertThat(answer("/nope")).isEqualTo("404 status 404: Not Found");
		assertThat(answer("/rse/409")).isEqualTo("409 HttpException 409: For clients");
		assertThat(answer("/rse/499")).isEqualTo("499 HttpException 499: For clients");
		assertThat(answer("/annotated")).isEqualTo("402 HttpException 402: Payment Required");
	}

	@Test
	void exceptionsOfOthersWithStatusFiveHundredAreErrors() {
		assertThat(answer("/rse/500")).startsWith("500 outer");
		assertThat(answer("/annotated-500")).startsWith("500 outer");
	}

	@Test
	void handlerOfHttpExceptionGetsStatusDetailHeadersAndTheOriginalAsCause() {
		RawHttpResponse response = application.send("DELETE", "/boom");
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.header("Allow")).isEqualTo("GET");
		assertThat(response.header("X-Cause")).isEqualTo(MethodNotAllowedException.class.getName());
		assertThat(response.body()).isEqualTo("HttpException 405: Method Not Allowed");
	}

	@Test
	void handlerOfTheOriginalClassIsMoreSpecificThanHttpException() {
		try (TestApplication other = TestApplication.start(Originals.class)) {
			assertThat(other.get("/rse/409").body()).isEqualTo("original 409 CONFLICT \"For clients\"");
			assertThat(other.get("/status/409").body()).isEqualTo("http 409: Conflict");
			assertThat(other.get("/annotated").body()).isEqualTo("http 402: Payment Required");
			assertThat(other.get("/boom").body()).isEqualTo("runtime boom");
			assertThat(other.get("/checked").body()).isEqualTo("Internal Server Error");
			assertThat(other.get("/error").body()).isEqualTo("Internal Server Error");
		}
	}

	@Test
	void handlerBeanOfTheOriginalClassGetsTheOriginalAndOneOfHttpExceptionAnHttpException() {
		try (TestApplication other = TestApplication.start(HandlerBeans.class)) {
			assertThat(other.get("/rse/409").body()).isEqualTo("original For clients");
			assertThat(other.get("/rse/410").body()).isEqualTo("http 410: For clients");
			assertThat(other.get("/status/410").body()).isEqualTo("http 410: Gone");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "completion", "execution", "invocation", "undeclared", "reactor", "nested", "future" })
	void wrappersThatOnlyCarryAnotherExceptionAreLookedThrough(String path) {
		assertThat(answer("/wrapped/" + path)).isEqualTo("409 Derived");
	}

	@Test
	void otherCausesAreNotLookedThrough() {
		assertThat(answer("/wrapped/other")).startsWith("500 outer");
		assertThat(answer("/wrapped/empty")).startsWith("500 outer");
	}

	@Test
	void functionalEndpointsAreServedWhetherTheyThrowOrSignal() {
		assertThat(answer("/functional/thrown")).isEqualTo("404 status 404: fn");
		assertThat(answer("/functional/signalled")).isEqualTo("404 status 404: fn");
	}

	@Test
	void controllerAdviceRunsFirst() {
		assertThat(answer("/advised")).isEqualTo("423 advice");
	}

	private static String answer(String path) {
		RawHttpResponse response = application.get(path);
		return response.status() + " " + response.body();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class, Advice.class })
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/functional/thrown", (request) -> {
				throw new HttpException(404, "fn");
			}).GET("/functional/signalled", (request) -> Mono.error(new HttpException(404, "fn"))).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class OnlyStatus500 {

		@StatusHandler(500)
		String any(Throwable error) {
			return "status handler of " + error.getClass().getName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RaisingAgain extends OnlyStatus500 {

		@ExceptionHandlerFor
		String again(HttpException ex) {
			throw ex;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class OnlyException {

		@ExceptionHandlerFor
		String any(Exception error) {
			return "outer";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class Originals {

		@ExceptionHandlerFor
		String http(HttpException ex) {
			return "http " + ex.getMessage();
		}

		@ExceptionHandlerFor
		String original(ResponseStatusException ex) {
			return "original " + ex.getMessage();
		}

		@ExceptionHandlerFor
		ResponseEntity<String> runtime(RuntimeException ex) {
			return ResponseEntity.status(500).body("runtime " + ex.getMessage());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class HandlerBeans {

		@Bean
		@ExceptionHandlerFor
		HttpExceptionHandler<ResponseStatusException> original() {
			return (request, ex) -> ServerResponse.status(409).bodyValue("original " + ex.getReason());
		}

		@Bean
		@StatusHandler(410)
		HttpExceptionHandler<HttpException> http() {
			return (request, ex) -> ServerResponse.status(410).bodyValue("http " + ex.getMessage());
		}

	}

	static class Handlers {

		@StatusHandler(404)
		String status(HttpException ex) {
			return (ex instanceof SpecialException) ? "status special" : "status " + ex.getMessage();
		}

		@ExceptionHandlerFor(HttpException.class)
		ResponseEntity<String> http(HttpException ex) {
			HttpHeaders headers = HttpHeaders.copyOf(ex.getHeaders());
			if (ex.getCause() != null) {
				headers.set("X-Cause", ex.getCause().getClass().getName());
			}
			return ResponseEntity.status(ex.getStatusCode()).headers(headers).body("HttpException " + ex.getMessage());
		}

		@ExceptionHandlerFor
		String special(SpecialException ex) {
			return "special";
		}

		@ExceptionHandlerFor
		ResponseEntity<String> base(BaseException ex) {
			return ResponseEntity.status(409).body("Base");
		}

		@ExceptionHandlerFor
		ResponseEntity<String> derived(DerivedException ex) {
			return ResponseEntity.status(409).body("Derived");
		}

		@StatusHandler(500)
		String handleError(HttpException ex) {
			return "outer HttpException " + ex.getMessage();
		}

	}

	@ControllerAdvice
	static class Advice {

		@ExceptionHandler
		ResponseEntity<String> advised(AdvisedException ex) {
			return ResponseEntity.status(423).body("advice");
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/status/{status}")
		Mono<String> status(@PathVariable int status) {
			return Mono.error(new HttpException(status));
		}

		@GetMapping("/special/{status}")
		Mono<String> special(@PathVariable int status) {
			throw new SpecialException(status);
		}

		@GetMapping("/rse/{status}")
		Mono<String> responseStatusException(@PathVariable int status) {
			throw new ResponseStatusException(status, "For clients", new IllegalStateException("secret"));
		}

		@GetMapping("/base")
		String base() {
			throw new BaseException();
		}

		@GetMapping("/derived")
		String derived() {
			throw new DerivedException();
		}

		@GetMapping("/derived-further")
		String derivedFurther() {
			throw new DerivedFurtherException();
		}

		@GetMapping("/other")
		String other() {
			throw new OtherException();
		}

		@GetMapping("/boom")
		String boom() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/checked")
		String checked() throws Exception {
			throw new Exception("checked");
		}

		@GetMapping("/error")
		String error() {
			throw new AssertionError("error");
		}

		@GetMapping("/annotated")
		String annotated() {
			throw new AnnotatedException();
		}

		@GetMapping("/annotated-500")
		String annotated500() {
			throw new Annotated500Exception();
		}

		@GetMapping("/advised")
		String advised() {
			throw new AdvisedException();
		}

		@GetMapping("/wrapped/{by}")
		Mono<String> wrapped(@PathVariable String by) {
			DerivedException ex = new DerivedException();
			return switch (by) {
				case "completion" -> Mono.error(new CompletionException(ex));
				case "execution" -> Mono.error(new ExecutionException(ex));
				case "invocation" -> Mono.error(new InvocationTargetException(ex));
				case "undeclared" -> Mono.error(new UndeclaredThrowableException(ex));
				case "reactor" -> Mono.error(Exceptions.propagate(new Exception(ex)))
					.onErrorMap((wrapped) -> Exceptions.propagate(new InvocationTargetException(ex)))
					.map(String::valueOf);
				case "nested" -> Mono.error(new CompletionException(new InvocationTargetException(ex)));
				case "future" -> Mono.fromFuture(CompletableFuture.supplyAsync(() -> {
					throw ex;
				}));
				case "empty" -> Mono.error(new InvocationTargetException(null));
				default -> Mono.error(new IllegalStateException(ex));
			};
		}

	}

	static class SpecialException extends HttpException {

		SpecialException(int status) {
			super(status);
		}

	}

	static class BaseException extends RuntimeException {

	}

	static class DerivedException extends BaseException {

	}

	static class DerivedFurtherException extends DerivedException {

	}

	static class OtherException extends BaseException {

	}

	static class AdvisedException extends BaseException {

	}

	@ResponseStatus(HttpStatus.PAYMENT_REQUIRED)
	static class AnnotatedException extends RuntimeException {

	}

	@ResponseStatus
	static class Annotated500Exception extends RuntimeException {

	}

}
