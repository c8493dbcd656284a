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

import java.security.Principal;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code starlet.status-pages.enabled}: responses without a body are given to the handler
 * of their status, over a real server.
 */
@OnEachServer
@Timeout(60)
class StatusPagesTests {

	private static TestApplication application;

	private static TestApplication without;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.status-pages.enabled=true");
		without = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		without.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/entity/404", "/void", "/empty-mono", "/empty-flux", "/functional/404", "/unsent/404",
			"/filter/404", "/unsent-filter/404", "/first-filter/404" })
	void aResponseWithoutABodyIsGivenToTheHandlerOfItsStatus(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("page: Not Found");
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.header("X-Passed")).isEqualTo(path.startsWith("/first") ? null : "404");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/entity/404", "/void", "/empty-mono", "/empty-flux", "/functional/404", "/unsent/404",
			"/filter/404", "/unsent-filter/404" })
	void byDefaultItStaysWithoutABody(String path) {
		RawHttpResponse response = without.get(path);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/body/404", "/body-flux/404", "/blank/404", "/file/404", "/events/404" })
	void aResponseWithABodyIsNeverTouched(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo(without.get(path).body()).isNotEqualTo("page: Not Found");
	}

	@Test
	void headIsNeverTouched() {
		RawHttpResponse head = application.send("HEAD", "/entity/404");
		assertThat(head.status()).isEqualTo(404);
		assertThat(head.headers()).isEqualTo(without.send("HEAD", "/entity/404").headers());
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 204, 302, 304, 402, 600 })
	void aStatusWithoutAHandlerOrThatIsNoErrorIsNotTouched(int status) {
		RawHttpResponse response = application.get("/entity/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).isEmpty();
		assertThat(response.headers()).isEqualTo(without.get("/entity/" + status).headers());
	}

	@Test
	void headersStayAndThoseOfABodyDoNot() {
		RawHttpResponse response = application.get("/unauthorized");
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.body()).isEqualTo("log in");
		assertThat(response.header("WWW-Authenticate")).isEqualTo("Basic realm=\"books\"");
		assertThat(response.header("Content-Length")).isEqualTo("6");
	}

	@Test
	void theServerErrorHandlerTakesABareServerError() {
		assertThat(application.get("/entity/500").body()).isEqualTo("oops 500");
	}

	@Test
	void aHandlerThatSendsNothingIsNotCalledAgain() {
		RawHttpResponse response = application.get("/entity/410");
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.body()).isEmpty();
		assertThat(application.get("/raise/410").status()).isEqualTo(410);
		assertThat(application.bean(Handlers.class).gone).hasValue(2);
	}

	@Test
	void anAnswerOfAHandlerIsGivenToNoOther() {
		RawHttpResponse response = application.get("/raise/411");
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void aHandlerThatFailsIsAnErrorAndLoggedOnce() {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = application.get("/entity/409");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("oops 500");
			assertThat(log.awaitOne(Level.ERROR).getThrowableProxy().getMessage()).isEqualTo("broken page");
		}
	}

	@Test
	void aHandlerMayRaiseAnotherHttpException() {
		RawHttpResponse response = application.get("/entity/423");
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.body()).isEqualTo("log in");
	}

	@Test
	void classHandlersAreNotAsked() {
		assertThat(application.get("/entity/418").body()).isEmpty();
		assertThat(application.get("/raise/418").body()).isEqualTo("any");
	}

	@Test
	void severalRequestsOfOneConnectionAreAnswered() {
		try (var client = application.connect()) {
			for (String path : List.of("/entity/404", "/empty-flux", "/filter/404", "/entity/200", "/void")) {
				assertThat(client.send("GET", path).status()).isEqualTo(path.endsWith("200") ? 200 : 404);
			}
		}
	}

	@Test
	void theHandlerSeesWhatFiltersHaveMadeOfTheExchange() {
		assertThat(application.get("/entity/406").body()).isEqualTo("ann from a filter");
		assertThat(application.get("/raise/406").body()).isEqualTo("ann from a filter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/entity/425", "/unsent/425", "/raise/425" })
	void theHandlerSeesWhatFiltersPutIntoTheReactorContext(String path) {
		assertThat(application.get(path).body()).isEqualTo("ann in the context");
	}

	@Test
	void aHandlerOfWhatAHandlerRaisedIsCalledOnce() {
		Handlers handlers = application.bean(Handlers.class);
		handlers.failed.set(0);
		assertThat(application.get("/entity/424").status()).isEqualTo(500);
		assertThat(handlers.failed).hasValue(1);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controller.class, Handlers.class })
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.GET("/functional/{status}",
						(request) -> ServerResponse.status(Integer.parseInt(request.pathVariable("status"))).build())
				.build();
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		WebFilter firstFilter() {
			return (exchange, chain) -> {
				if (exchange.getRequest().getPath().value().startsWith("/first-filter")) {
					exchange.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
					return exchange.getResponse().setComplete();
				}
				return chain.filter(exchange);
			};
		}

		@Bean
		@Order(0)
		WebFilter observingFilter() {
			return (exchange, chain) -> {
				ServerHttpResponse response = exchange.getResponse();
				response.beforeCommit(() -> Mono.fromRunnable(() -> response.getHeaders()
					.set("X-Passed", String.valueOf(response.getStatusCode()).substring(0, 3))));
				return chain.filter(exchange);
			};
		}

		@Bean
		@Order(0)
		WebFilter contextFilter() {
			return (exchange, chain) -> chain.filter(exchange)
				.contextWrite((context) -> context.put("user", "ann in the context"));
		}

		@Bean
		@Order(1)
		WebFilter refusingFilter() {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getPath().value();
				if (path.startsWith("/filter") || path.startsWith("/unsent-filter")) {
					exchange.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
					return path.startsWith("/unsent") ? Mono.empty() : exchange.getResponse().setComplete();
				}
				Principal ann = () -> "ann";
				return chain.filter(path.endsWith("/406") ? exchange.mutate()
					.principal(Mono.just(ann))
					.request((request) -> request.header("X-From", "a filter"))
					.build() : exchange);
			};
		}

	}

	@SuppressWarnings("serial")
	static class FailedException extends RuntimeException {

	}

	static class Handlers {

		private final AtomicInteger gone = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		@StatusHandler(404)
		String notFound(HttpException ex) {
			return "page: " + ex.getDetail();
		}

		@StatusHandler(401)
		String unauthorized() {
			return "log in";
		}

		@StatusHandler(500)
		String oops(HttpException ex) {
			return "oops " + ex.getStatusCode().value();
		}

		@StatusHandler(410)
		void gone() {
			this.gone.incrementAndGet();
		}

		@StatusHandler(411)
		ResponseEntity<Void> notFoundInstead() {
			return ResponseEntity.notFound().build();
		}

		@StatusHandler(406)
		String user(Principal principal, ServerWebExchange exchange) {
			return principal.getName() + " from " + exchange.getRequest().getHeaders().getFirst("X-From");
		}

		@StatusHandler(425)
		Mono<String> inContext() {
			return Mono.deferContextual((context) -> Mono.just(String.valueOf(context.getOrDefault("user", "nobody"))));
		}

		@StatusHandler(424)
		String failing() {
			throw new FailedException();
		}

		@ExceptionHandlerFor
		String failed(FailedException ex) {
			this.failed.incrementAndGet();
			throw ex;
		}

		@StatusHandler(409)
		String broken() {
			throw new IllegalStateException("broken page");
		}

		@StatusHandler(423)
		String translated() {
			throw new HttpException(401);
		}

		@ExceptionHandlerFor(HttpException.class)
		String any() {
			return "any";
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/entity/{status}")
		ResponseEntity<Void> entity(@PathVariable int status) {
			return ResponseEntity.status(status).build();
		}

		@GetMapping("/raise/{status}")
		Mono<Void> raise(@PathVariable int status) {
			return Mono.error(new HttpException(status));
		}

		@GetMapping("/unauthorized")
		ResponseEntity<Void> unauthorized() {
			return ResponseEntity.status(401)
				.header("WWW-Authenticate", "Basic realm=\"books\"")
				.header("Content-Length", "0")
				.build();
		}

		@GetMapping("/void")
		@ResponseStatus(HttpStatus.NOT_FOUND)
		void nothing() {
		}

		@GetMapping("/empty-mono")
		@ResponseStatus(HttpStatus.NOT_FOUND)
		Mono<String> emptyMono() {
			return Mono.empty();
		}

		@GetMapping("/empty-flux")
		@ResponseStatus(HttpStatus.NOT_FOUND)
		Flux<String> emptyFlux() {
			return Flux.empty();
		}

		@GetMapping("/unsent/{status}")
		Mono<Void> unsent(@PathVariable int status, ServerHttpResponse response) {
			response.setStatusCode(HttpStatusCode.valueOf(status));
			return Mono.empty();
		}

		@GetMapping("/body/{status}")
		ResponseEntity<String> body(@PathVariable int status) {
			return ResponseEntity.status(status).body("own");
		}

		@GetMapping("/body-flux/{status}")
		ResponseEntity<Flux<String>> bodyFlux(@PathVariable int status) {
			return ResponseEntity.status(status).body(Flux.just("own", " body"));
		}

		@GetMapping("/file/{status}")
		ResponseEntity<Resource> file(@PathVariable int status) {
			return ResponseEntity.status(status).body(new ClassPathResource("static/static.txt"));
		}

		@GetMapping("/events/{status}")
		ResponseEntity<Flux<String>> events(@PathVariable int status) {
			return ResponseEntity.status(status).contentType(MediaType.TEXT_EVENT_STREAM).body(Flux.just("own"));
		}

		@GetMapping("/blank/{status}")
		ResponseEntity<String> blank(@PathVariable int status) {
			return ResponseEntity.status(status).body(" ");
		}

	}

}
