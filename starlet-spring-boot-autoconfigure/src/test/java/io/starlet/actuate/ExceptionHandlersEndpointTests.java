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

package io.starlet.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.WebSocketException;
import io.starlet.registry.HandlerDescription;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint over a real server.
 */
@Timeout(60)
class ExceptionHandlersEndpointTests {

	private static final String PATH = "/actuator/exceptionhandlers";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=exceptionhandlers";

	private static final String ERRORS = Errors.class.getName() + "#";

	private static final List<Map<String, Object>> HANDLERS = List.of(
			handler("404", "errors", "page(HttpException)", "inner", 1, List.of("/api/**"), List.of("text/html")),
			handler("410", "errors", "page(HttpException)", "inner", 1, List.of("/api/**"), List.of("text/html")),
			handler("500", "errors", "error(Throwable)", "outer", null, List.of(), List.of()),
			handler("java.lang.IllegalStateException", "errors", "conflict(IllegalStateException)", "inner", null,
					List.of(), List.of()),
			handler("io.starlet.WebSocketException", "errors", "closing(WebSocketSession, WebSocketException)",
					"webSocket", null, List.of(), List.of()),
			handler("409", "taken", null, "inner", 2, List.of(), List.of()),
			handler("410", "gone", null, "inner", null, List.of(), List.of()),
			handler("418", "configurer", null, "inner", 3, List.of("/tea"), List.of("text/plain")),
			handler("java.lang.Exception", "configurer", null, "webSocket", 3, List.of(), List.of()));

	@Test
	void isNotExposedByDefault() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, Handlers.class)) {
			assertThat(application.get(PATH).status()).isEqualTo(404);
			assertThat(application.get("/actuator/health").status()).isEqualTo(200);
		}
	}

	@Test
	void listsWhatIsKnownOfEachHandler() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, Handlers.class, EXPOSED)) {
			RawHttpResponse response = application.get(PATH);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Content-Type")).startsWith("application/vnd.spring-boot.actuator.v3+json");
			assertThat(handlers(response.body())).containsExactlyInAnyOrderElementsOf(HANDLERS);
		}
	}

	@Test
	void isSwitchedOffByItsAccess() {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, Handlers.class, EXPOSED,
				"management.endpoint.exceptionhandlers.access=none")) {
			assertThat(application.get(PATH).status()).isEqualTo(404);
			assertThat(application.bean(RegisteredHandlers.class).getDescriptions()).isNotEmpty();
		}
	}

	@Test
	void worksOnAPortOfItsOwn() throws Exception {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, Handlers.class, EXPOSED,
				"management.server.port=0", "management.server.address=127.0.0.1")) {
			assertThat(application.get(PATH).status()).isEqualTo(404);
			int port = application.bean(Environment.class).getRequiredProperty("local.management.port", Integer.class);
			assertThat(port).isNotEqualTo(application.port());
			HttpResponse<String> response = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + PATH)).build(),
						BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(handlers(response.body())).containsExactlyInAnyOrderElementsOf(HANDLERS);
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void theLogSaysTheSameAtStartUp(CapturedOutput output) {
		try (TestApplication application = TestApplication.start(Server.REACTOR_NETTY, Handlers.class)) {
			List<HandlerDescription> descriptions = application.bean(RegisteredHandlers.class).getDescriptions();
			assertThat(descriptions).hasSameSizeAs(HANDLERS);
			assertThat(output.getOut().lines().filter((line) -> line.contains(" Registered ")))
				.allMatch((line) -> line.contains("DEBUG") && line.contains(RegisteredHandlers.class.getName()))
				.map((line) -> line.substring(line.indexOf("Registered ") + "Registered ".length()))
				.containsExactlyElementsOf(descriptions.stream().map(HandlerDescription::toString).toList())
				.contains(
						"404 of paths [/api/**] as [text/html]: bean 'errors', " + ERRORS
								+ "page(HttpException), layer inner, order 1",
						"410: bean 'gone', layer inner",
						"java.lang.Exception: bean 'configurer', layer webSocket, order 3");
		}
	}

	private static List<Map<String, Object>> handlers(String body) {
		return JsonPath.read(body, "$.handlers");
	}

	private static Map<String, Object> handler(String key, String bean, @Nullable String method, String layer,
			@Nullable Integer order, List<String> paths, List<String> produces) {
		Map<String, Object> handler = new HashMap<>(
				Map.of("key", key, "bean", bean, "layer", layer, "paths", paths, "produces", produces));
		if (method != null) {
			handler.put("method", ERRORS + method);
		}
		if (order != null) {
			handler.put("order", order);
		}
		return handler;
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Errors errors() {
			return new Errors();
		}

		@Bean
		Taken taken() {
			return new Taken();
		}

		@Bean
		@StatusHandler(410)
		HttpExceptionHandler<HttpException> gone() {
			return (request, ex) -> ServerResponse.status(410).build();
		}

		@Bean
		@Order(3)
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> {
				registry.webSocket(Exception.class, (session, ex) -> session.close());
				registry.paths("/tea")
					.produces("text/plain")
					.status(418, (request, ex) -> ServerResponse.status(418).build());
			};
		}

	}

	static class Errors {

		@Order(1)
		@StatusHandler(value = { 404, 410 }, paths = "/api/**", produces = "text/html")
		String page(HttpException ex) {
			return ex.getDetail();
		}

		@StatusHandler(500)
		String error(Throwable error) {
			return "error";
		}

		@ExceptionHandlerFor
		ServerResponse conflict(IllegalStateException ex) {
			throw ex;
		}

		@ExceptionHandlerFor
		Mono<Void> closing(WebSocketSession session, WebSocketException ex) {
			return session.close();
		}

	}

	@Order(2)
	@StatusHandler(409)
	static class Taken implements HttpExceptionHandler<HttpException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, HttpException ex) {
			return ServerResponse.status(409).build();
		}

	}

}
