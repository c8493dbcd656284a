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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What Starlette's {@code tests/middleware/test_errors.py} says, of Starlet, under the
 * same names; and what its test client's {@code raise_server_exceptions} does.
 */
@OnEachServer
@Timeout(60)
class StarletteErrorsTests {

	private @Nullable TestApplication application;

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void handler() {
		TestApplication application = start(AppWithHandler.class);
		AtomicInteger calls = application.bean(ErrorHandler.class).calls;
		RawHttpResponse response = application.get("/");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("{\"detail\":\"Server Error\"}");
		assertThat(response.header("Content-Type")).isEqualTo("application/json");
		assertThat(calls).hasValue(1);
	}

	@Test
	void debugText() {
		RawHttpResponse response = start(App.class, "starlet.debug=true").get("/");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("Content-Type")).startsWith("text/plain");
		assertThat(response.body()).contains("IllegalStateException: Something went wrong",
				"StarletteErrorsTests$Endpoints.somethingWentWrong(");
	}

	@Test
	void debugTextComesBeforeAHandler() {
		TestApplication application = start(AppWithHandler.class, "starlet.debug=true");
		assertThat(application.get("/").body()).contains("IllegalStateException: Something went wrong");
		assertThat(application.bean(ErrorHandler.class).calls).hasValue(0);
	}

	@Test
	void withoutDebugNothingOfTheErrorIsShown() {
		RawHttpResponse response = start(App.class).get("/");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.body()).isEqualTo("Internal Server Error");
	}

	@Test
	void debugAfterResponseSent() {
		TestApplication application = start(App.class, "starlet.debug=true", "starlet.raise-server-exceptions=true");
		WebTestClient client = mockClient(application);
		assertThatException().isThrownBy(() -> client.get().uri("/after-response-sent").exchange())
			.havingRootCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessage("Something went wrong");
	}

	@Test
	void debugAfterResponseSentLeavesTheConnectionUsable() {
		TestApplication application = start(App.class, "starlet.debug=true");
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/after-response-sent");
			assertThat(response.status()).isEqualTo(204);
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			log.awaitOne(Level.ERROR);
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage())
					.isEqualTo("Something went wrong"));
		}
	}

	@Test
	void raiseServerExceptionsLetsTheErrorReachTheTest() {
		TestApplication application = start(AppWithHandler.class, "starlet.raise-server-exceptions=true");
		WebTestClient client = mockClient(application);
		assertThatException().isThrownBy(() -> client.get().uri("/").exchange())
			.havingRootCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessage("Something went wrong");
		assertThat(application.bean(ErrorHandler.class).calls).hasValue(1);
		client.get().uri("/handled").exchange().expectStatus().isEqualTo(409);
		client.get().uri("/nope").exchange().expectStatus().isNotFound();
	}

	@Test
	void withoutRaiseServerExceptionsTheTestSeesTheResponse() {
		TestApplication application = start(AppWithHandler.class, "starlet.raise-server-exceptions=false");
		mockClient(application).get()
			.uri("/")
			.exchange()
			.expectStatus()
			.isEqualTo(500)
			.expectBody(String.class)
			.isEqualTo("{\"detail\":\"Server Error\"}");
		mockClient(application).get().uri("/after-response-sent").exchange().expectStatus().isNoContent();
	}

	private TestApplication start(Class<?> configuration, String... properties) {
		this.application = TestApplication.start(configuration, properties);
		return Objects.requireNonNull(this.application);
	}

	private static WebTestClient mockClient(TestApplication application) {
		return WebTestClient.bindToApplicationContext(application.bean(Endpoints.class).context).build();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, ErrorHandler.class })
	static class AppWithHandler {

	}

	static class ErrorHandler {

		final AtomicInteger calls = new AtomicInteger();

		@ExceptionHandlerFor(Exception.class)
		Map<String, Object> error500(Exception ex) {
			this.calls.incrementAndGet();
			return Map.of("detail", "Server Error");
		}

	}

	@RestController
	static class Endpoints {

		final ApplicationContext context;

		Endpoints(ApplicationContext context) {
			this.context = context;
		}

		@GetMapping("/")
		String somethingWentWrong() {
			throw new IllegalStateException("Something went wrong");
		}

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/handled")
		String handled() {
			throw new HttpException(409);
		}

		@GetMapping("/after-response-sent")
		Mono<Void> afterResponseSent(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.NO_CONTENT);
			return response.setComplete().then(Mono.error(new IllegalStateException("Something went wrong")));
		}

	}

}
