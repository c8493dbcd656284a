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

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;

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
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a filter in the place of Spring Security's refuses, over a real server.
 */
@OnEachServer
@Timeout(60)
class SecurityResponseTests {

	private static TestApplication application;

	private static TestApplication withoutHandlers;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
		withoutHandlers = TestApplication.start(Security.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		withoutHandlers.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/refused-without-body", "/refused-in-plain-text", "/unsent" })
	void aRefusalIsGivenToTheHandlerOfItsStatusWhoeverWasRefused(String path) {
		for (int status : new int[] { 401, 403 }) {
			RawHttpResponse response = application.get(path + "/" + status);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo("no entry for jane: " + status);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/refused-in-html/403", "/refused-in-json/403", "/refused-without-body/404",
			"/refused-in-plain-text/404" })
	void whatElseAnEntryPointAnswersStays(String path) {
		RawHttpResponse response = application.get(path);
		assertThat(response.status()).isEqualTo(path.endsWith("404") ? 404 : 403);
		assertThat(response.body()).isEqualTo(withoutHandlers.get(path).body()).doesNotContain("no entry");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/refused-in-html/403", "/refused-in-json/403" })
	void whatElseAnEntryPointAnswersToHeadStays(String path) {
		RawHttpResponse response = application.send("HEAD", path);
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.headers()).isEqualTo(withoutHandlers.send("HEAD", path).headers());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/refused-without-body/403", "/refused-in-plain-text/401" })
	void withoutAHandlerEveryRefusalStays(String path) {
		assertThat(withoutHandlers.get(path).body()).isEqualTo(path.contains("text") ? "Refused" : "");
	}

	@Test
	void aHandlerOfOneOfTheTwoStatusesIsEnough() {
		try (TestApplication other = TestApplication.start(OnlyForbidden.class)) {
			assertThat(other.get("/refused-without-body/403").body()).isEqualTo("forbidden");
			assertThat(other.get("/refused-without-body/401").body()).isEmpty();
		}
	}

	@Test
	void whatTheApplicationItselfAnswersIsNoRefusal() {
		RawHttpResponse response = application.get("/own/403");
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void whatTheApplicationRaisesForSecurityToRefuseIs() {
		assertThat(application.get("/raised").body()).isEqualTo("no entry for jane: 403");
		assertThat(withoutHandlers.get("/raised").body()).isEmpty();
	}

	@Test
	void theFiltersAreAroundSecuritysAndNamed() {
		SecurityResponseWebFilter outer = application.bean(SecurityResponseWebFilter.class);
		SecurityResponseWebFilter.Passed inner = application.bean(SecurityResponseWebFilter.Passed.class);
		assertThat(outer.getOrder()).isEqualTo(-101);
		assertThat(inner.getOrder()).isEqualTo(-99);
		assertThat(outer).hasToString("SecurityResponseWebFilter");
		assertThat(inner).hasToString("SecurityResponseWebFilter.Passed");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Controller.class)
	static class Security {

		@Bean
		SecurityResponseWebFilter responses(ExceptionResponder responder) {
			return new SecurityResponseWebFilter(responder, Mono.just(() -> "jane"));
		}

		@Bean
		SecurityResponseWebFilter.Passed passed(ExceptionResponder responder) {
			return new SecurityResponseWebFilter.Passed(responder);
		}

		@Bean
		@Order(-100)
		WebFilter refusing() {
			return (exchange, chain) -> {
				List<PathSegment> path = exchange.getRequest()
					.getPath()
					.elements()
					.stream()
					.filter(PathSegment.class::isInstance)
					.map(PathSegment.class::cast)
					.toList();
				String how = path.get(0).value();
				if (how.startsWith("refused") || how.equals("unsent")) {
					return refuse(exchange, how, HttpStatus.valueOf(Integer.parseInt(path.get(1).value())));
				}
				return chain.filter(exchange)
					.onErrorResume(AccessDeniedException.class,
							(ex) -> refuse(exchange, "refused-without-body", HttpStatus.FORBIDDEN));
			};
		}

		private static Mono<Void> refuse(ServerWebExchange exchange, String how, HttpStatus status) {
			ServerHttpResponse response = exchange.getResponse();
			response.setStatusCode(status);
			return switch (how) {
				case "unsent" -> Mono.empty();
				case "refused-without-body" -> response.setComplete();
				case "refused-in-plain-text" -> write(response, MediaType.TEXT_PLAIN);
				case "refused-in-html" -> write(response, MediaType.TEXT_HTML);
				default -> write(response, MediaType.APPLICATION_JSON);
			};
		}

		private static Mono<Void> write(ServerHttpResponse response, MediaType type) {
			response.getHeaders().setContentType(type);
			return response.writeWith(
					Mono.fromSupplier(() -> response.bufferFactory().wrap("Refused".getBytes(StandardCharsets.UTF_8))));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class App extends Security {

		@StatusHandler({ 401, 403, 404 })
		String refused(Principal principal, HttpException ex) {
			return "no entry for %s: %d".formatted(principal.getName(), ex.getStatusCode().value());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnlyForbidden extends Security {

		@StatusHandler(403)
		String forbidden() {
			return "forbidden";
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/own/{status}")
		ResponseEntity<Void> own(@PathVariable int status) {
			return ResponseEntity.status(status).build();
		}

		@GetMapping("/raised")
		Mono<Void> raised() {
			return Mono.error(new AccessDeniedException("no"));
		}

	}

}
