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

package io.starlet;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What Starlette's {@code tests/test_exceptions.py} says, of Starlet, under the same
 * names.
 */
@OnEachServer
@Timeout(60)
class StarletteExceptionsTests {

	private static TestApplication application;

	private static TestApplication raising;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
		raising = TestApplication.start(App.class, "starlet.raise-server-exceptions=true");
	}

	@AfterAll
	static void stop() {
		application.close();
		raising.close();
	}

	@Test
	void notAcceptable() {
		RawHttpResponse response = application.get("/not-acceptable");
		assertThat(response.status()).isEqualTo(406);
		assertThat(response.body()).isEqualTo("Not Acceptable");
	}

	@Test
	void noContent() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/no-content");
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.headers()).doesNotContainKeys("Content-Length", "Transfer-Encoding", "Content-Type");
			assertThat(client.send("GET", "/not-acceptable").status()).isEqualTo(406);
		}
	}

	@Test
	void notModified() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/not-modified");
			assertThat(response.status()).isEqualTo(304);
			assertThat(response.body()).isEmpty();
			assertThat(client.send("GET", "/not-acceptable").status()).isEqualTo(406);
		}
	}

	@Test
	void withHeaders() {
		RawHttpResponse response = application.get("/with-headers");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("x-potato")).isEqualTo("always");
	}

	@Test
	void handledExcAfterResponse() {
		WebTestClient raisingClient = mockClient(raising);
		assertThatException().isThrownBy(() -> raisingClient.get().uri("/handled-exc-after-response").exchange())
			.withStackTraceContaining("Caught handled exception, but response already started.")
			.havingRootCause()
			.isInstanceOf(HttpException.class)
			.withMessage("406: Not Acceptable");
		mockClient(application).get()
			.uri("/handled-exc-after-response")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("OK");
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/handled-exc-after-response");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("OK");
			assertThat(response.whole()).isTrue();
			assertThat(client.send("GET", "/not-acceptable").status()).isEqualTo(406);
			log.awaitOne(Level.ERROR);
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage())
					.isEqualTo("Caught handled exception, but response already started."));
		}
	}

	@Test
	void force500Response() {
		AtomicInteger calls = application.bean(Endpoints.class).runtimeErrors;
		calls.set(0);
		WebTestClient client = mockClient(application);
		client.get()
			.uri("/runtime-error")
			.exchange()
			.expectStatus()
			.isEqualTo(500)
			.expectBody(String.class)
			.isEqualTo("Internal Server Error");
		assertThat(calls).hasValue(1);
		RawHttpResponse response = application.get("/runtime-error");
		assertThat(calls).hasValue(2);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
	}

	@Test
	void httpStr() {
		assertThat(new HttpException(404)).hasMessage("404: Not Found");
		assertThat(new HttpException(404, "Not Found: foo")).hasMessage("404: Not Found: foo");
		HttpHeaders headers = new HttpHeaders();
		headers.set("key", "value");
		assertThat(new HttpException(404, null, headers)).hasMessage("404: Not Found");
	}

	@Test
	void httpRepr() {
		assertThat(new HttpException(404)).hasToString("io.starlet.HttpException: 404: Not Found");
		assertThat(new HttpException(404, "Not Found: foo"))
			.hasToString("io.starlet.HttpException: 404: Not Found: foo");
		assertThat(new CustomHttpException("Something custom"))
			.hasToString(CustomHttpException.class.getName() + ": 500: Something custom");
	}

	/**
	 * The body of a request can be read once, but a form is kept by the exchange, which
	 * is the same one in the handler.
	 */
	@Test
	void requestInAppAndHandlerIsTheSameObject() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.post("/consume-body-in-endpoint-and-handler",
					"application/x-www-form-urlencoded", "greeting=Hello%21");
			assertThat(response.status()).isEqualTo(422);
			assertThat(response.body()).isEqualTo("{\"body\":\"Hello!\"}");
			assertThat(response.header("Content-Type")).isEqualTo("application/json");
		}
	}

	@Test
	void httpExceptionDoesNotUseThreadpool() {
		Queue<String> threads = application.bean(Endpoints.class).threads;
		threads.clear();
		assertThat(application.get("/not-acceptable").status()).isEqualTo(406);
		Awaitility.await().until(() -> threads.size() == 2);
		assertThat(threads).containsOnly(Objects.requireNonNull(threads.peek()));
		assertThat(threads.peek()).as("the server's own").contains(switch (Server.CURRENT) {
			case REACTOR_NETTY -> "-http-";
			case TOMCAT -> "-exec-";
			case JETTY -> "qtp";
		});
	}

	@Test
	void handlersAnnotations() {
		ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CodecsAutoConfiguration.class, WebFluxAutoConfiguration.class,
					HttpHandlerAutoConfiguration.class, StarletAutoConfiguration.class))
			.withUserConfiguration(Endpoints.class);
		for (Class<?> handlers : List.of(SyncCatchAllHandler.class, AsyncCatchAllHandler.class,
				CatchAllFunction.class)) {
			runner.withUserConfiguration(handlers).run((context) -> {
				assertThat(context).hasNotFailed();
				WebTestClient.bindToApplicationContext(context)
					.build()
					.get()
					.uri("/runtime-error")
					.exchange()
					.expectStatus()
					.isEqualTo(500)
					.expectBody(String.class)
					.isEqualTo("caught Yikes");
			});
		}
	}

	private static WebTestClient mockClient(TestApplication application) {
		return WebTestClient.bindToApplicationContext(application.bean(Endpoints.class).context).build();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

		@Bean
		WebFilter threadFilter(Endpoints endpoints) {
			return (exchange, chain) -> chain.filter(exchange).doOnSuccess((done) -> endpoints.noteThread());
		}

	}

	@RestController
	static class Endpoints {

		final ApplicationContext context;

		final AtomicInteger runtimeErrors = new AtomicInteger();

		final Queue<String> threads = new ConcurrentLinkedQueue<>();

		Endpoints(ApplicationContext context) {
			this.context = context;
		}

		void noteThread() {
			this.threads.add(Thread.currentThread().getName());
		}

		@GetMapping("/runtime-error")
		String runtimeError() {
			this.runtimeErrors.incrementAndGet();
			throw new IllegalStateException("Yikes");
		}

		@GetMapping("/not-acceptable")
		String notAcceptable() {
			noteThread();
			throw new HttpException(406);
		}

		@GetMapping("/no-content")
		Mono<String> noContent() {
			return Mono.error(new HttpException(204));
		}

		@GetMapping("/not-modified")
		Mono<String> notModified() {
			return Mono.error(new HttpException(304));
		}

		@GetMapping("/with-headers")
		Mono<String> withHeaders() {
			HttpHeaders headers = new HttpHeaders();
			headers.set("x-potato", "always");
			return Mono.error(new HttpException(200, null, headers));
		}

		@GetMapping("/handled-exc-after-response")
		Mono<Void> handledExcAfterResponse(ServerHttpResponse response) {
			byte[] body = { 'O', 'K' };
			return response.writeWith(Mono.just(response.bufferFactory().wrap(body)))
				.then(Mono.error(new HttpException(406)));
		}

		@PostMapping("/consume-body-in-endpoint-and-handler")
		Mono<String> readBodyAndRaiseExc(ServerWebExchange exchange) {
			exchange.getAttributes().put("endpoint", exchange.getRequest());
			return exchange.getFormData().flatMap((form) -> Mono.error(new BadBodyException()));
		}

	}

	static class Handlers {

		@ExceptionHandlerFor
		Mono<ServerResponse> handlerThatReadsBody(ServerRequest request, BadBodyException ex) {
			assertThat(request.exchange().getRequest()).isSameAs(request.attributes().get("endpoint"));
			return request.formData()
				.flatMap((form) -> ServerResponse.status(422).bodyValue(Map.of("body", form.getFirst("greeting"))));
		}

	}

	static class SyncCatchAllHandler {

		@ExceptionHandlerFor(Exception.class)
		String handle(Exception ex) {
			return "caught " + ex.getMessage();
		}

	}

	static class AsyncCatchAllHandler {

		@ExceptionHandlerFor(Exception.class)
		Mono<String> handle(Exception ex) {
			return Mono.fromSupplier(() -> "caught " + ex.getMessage());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CatchAllFunction {

		@Bean
		ExceptionHandlerConfigurer handlers() {
			HttpExceptionHandler<Exception> handler = (request, ex) -> ServerResponse.status(500)
				.bodyValue("caught " + ex.getMessage());
			return (registry) -> registry.exception(Exception.class, handler);
		}

	}

	static class BadBodyException extends HttpException {

		BadBodyException() {
			super(422);
		}

	}

	static class CustomHttpException extends HttpException {

		CustomHttpException(String detail) {
			super(HttpStatus.INTERNAL_SERVER_ERROR, detail);
		}

	}

}
