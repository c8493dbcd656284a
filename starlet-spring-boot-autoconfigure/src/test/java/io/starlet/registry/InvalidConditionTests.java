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

import java.util.stream.Stream;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.WebSocketException;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Rule R8 for handlers with paths and media types: what stops an application at start-up.
 */
@Timeout(60)
class InvalidConditionTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpHandlerAutoConfiguration.class, CodecsAutoConfiguration.class,
				WebFluxAutoConfiguration.class, StarletAutoConfiguration.class));

	@ParameterizedTest
	@MethodSource
	void aDeclarationThatCannotWorkNamesHandlerAndRemedy(Class<?> handlers, String description, String action) {
		InvalidExceptionHandlerException failure = startAndFail(handlers);
		assertThat(failure.getMessage()).startsWith(description.replace("$", handlers.getName()));
		assertThat(failure.getAction()).isEqualTo(action);
	}

	static Stream<Arguments> aDeclarationThatCannotWorkNamesHandlerAndRemedy() {
		String usePattern = "Use a pattern as in @RequestMapping, such as '/api/**'.";
		String useType = "Use a media type, such as 'text/html'.";
		return Stream.of(
				Arguments.of(BadPath.class,
						"method '$#handle()' of bean 'handlers' is registered for path '/api/{id', which is no path "
								+ "pattern: ",
						usePattern),
				Arguments.of(BadConfiguredPath.class,
						"configurer bean 'configurer' is registered for path '/**/{*rest}/x', which is no path "
								+ "pattern: ",
						usePattern),
				Arguments.of(BadMediaType.class,
						"method '$#handle()' of bean 'handlers' produces 'html', which is no media type: ", useType),
				Arguments.of(BadConfiguredMediaType.class,
						"configurer bean 'configurer' produces 'a/b/c', which is no media type: ", useType),
				Arguments.of(NegatedMediaType.class,
						"method '$#handle()' of bean 'handlers' produces '!text/html', but what a handler does not produce "
								+ "can't be said.",
						"Name the media types that it produces."),
				Arguments.of(WebSocketWithMediaType.class,
						"method '$#handle(WebSocketSession, WebSocketException)' of bean 'handlers' produces [text/html], "
								+ "but handles exceptions of WebSocket sessions, which are closed.",
						"Leave out 'produces'."),
				Arguments.of(ConfiguredWebSocketWithMediaType.class,
						"the handler for io.starlet.WebSocketException as [text/html] of configurer bean 'configurer' "
								+ "produces [text/html], but handles exceptions of WebSocket sessions, which are "
								+ "closed.",
						"Leave out 'produces'."));
	}

	@ParameterizedTest
	@ValueSource(classes = { SamePath.class, SameMediaType.class, OneOfThePathsIsTheSame.class,
			OneOfTheMediaTypesIsTheSame.class, SamePathAndMediaType.class, SameForAClass.class,
			SameForServerErrors.class, SameOfAConfigurer.class })
	void twoHandlersThatNoRequestCanTellApartAreAmbiguous(Class<?> handlers) {
		assertThat(startAndFail(handlers).getMessage()).startsWith("Ambiguous handlers for ")
			.contains("\t- ")
			.containsAnyOf("of paths [/api/**", "as [text/html");
	}

	@ParameterizedTest
	@ValueSource(classes = { DifferentPaths.class, DifferentMediaTypes.class, PathAndNone.class, Ordered.class })
	void handlersThatARequestCanTellApartAreNot(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void everyHandlerIsDescribedWithItsKeyPathsMediaTypesAndLayer() {
		this.runner.withBean("handlers", Described.class)
			.run((context) -> assertThat(context.getBean(RegisteredHandlers.class).getDescriptions())
				.extracting(HandlerDescription::key, HandlerDescription::layer,
						(description) -> description.paths() + " " + description.produces())
				.containsExactlyInAnyOrder(tuple("404", "inner", "[/api/**, /v2/**] [text/html]"),
						tuple("410", "inner", "[/api/**, /v2/**] [text/html]"),
						tuple(HttpException.class.getName(), "inner", "[] []"), tuple("500", "outer", "[] []"),
						tuple("java.lang.Exception", "outer", "[/api/**] []"),
						tuple(WebSocketException.class.getName(), "webSocket", "[/ws/**] []")));
	}

	private InvalidExceptionHandlerException startAndFail(Class<?> handlers) {
		InvalidExceptionHandlerException[] failure = new InvalidExceptionHandlerException[1];
		this.runner.withBean("handlers", handlers).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOfSatisfying(InvalidExceptionHandlerException.class,
					(ex) -> failure[0] = ex);
		});
		return failure[0];
	}

	static class BadPath {

		@StatusHandler(value = 404, paths = "/api/{id")
		void handle() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BadConfiguredPath {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.paths("/**/{*rest}/x")
				.status(404, (request, ex) -> ServerResponse.ok().build());
		}

	}

	static class BadMediaType {

		@StatusHandler(value = 404, produces = "html")
		void handle() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BadConfiguredMediaType {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.produces("a/b/c").status(404, (request, ex) -> ServerResponse.ok().build());
		}

	}

	static class NegatedMediaType {

		@StatusHandler(value = 404, produces = "!text/html")
		void handle() {
		}

	}

	static class WebSocketWithMediaType {

		@ExceptionHandlerFor(produces = "text/html")
		Mono<Void> handle(WebSocketSession session, WebSocketException ex) {
			return Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConfiguredWebSocketWithMediaType {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.produces("text/html")
				.webSocket(WebSocketException.class, (session, ex) -> Mono.empty());
		}

	}

	static class SamePath {

		@StatusHandler(value = 404, paths = "/api/**")
		void one() {
		}

		@StatusHandler(value = 404, paths = "/api/**")
		void two() {
		}

	}

	static class SameMediaType {

		@StatusHandler(value = 404, produces = "text/html")
		void one() {
		}

		@StatusHandler(value = 404, produces = "text/html")
		void two() {
		}

	}

	static class OneOfThePathsIsTheSame {

		@StatusHandler(value = 404, paths = { "/api/**", "/v2/**" })
		void one() {
		}

		@StatusHandler(value = 404, paths = { "/v1/**", "/api/**" })
		void two() {
		}

	}

	static class OneOfTheMediaTypesIsTheSame {

		@StatusHandler(value = 404, produces = { "text/html", "text/csv" })
		void one() {
		}

		@StatusHandler(value = 404, produces = "text/html")
		void two() {
		}

	}

	static class SamePathAndMediaType {

		@StatusHandler(value = 404, paths = "/api/**", produces = "text/html")
		void one() {
		}

		@StatusHandler(value = 404, paths = "/api/**", produces = "text/html")
		void two() {
		}

	}

	static class SameForAClass {

		@ExceptionHandlerFor(paths = "/api/**")
		void one(IllegalStateException ex) {
		}

		@ExceptionHandlerFor(paths = "/api/**")
		void two(IllegalStateException ex) {
		}

	}

	static class SameForServerErrors {

		@StatusHandler(value = 500, produces = "text/html")
		void one() {
		}

		@ExceptionHandlerFor(value = Exception.class, produces = "text/html")
		void two() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SameOfAConfigurer {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.paths("/api/**")
				.status(404, (request, ex) -> ServerResponse.ok().build())
				.status(404, (request, ex) -> ServerResponse.ok().build());
		}

	}

	static class DifferentPaths {

		@StatusHandler(value = 404, paths = "/api/**", produces = "text/html")
		void one() {
		}

		@StatusHandler(value = 404, paths = "/v2/**", produces = "text/html")
		void two() {
		}

	}

	static class DifferentMediaTypes {

		@StatusHandler(value = 404, produces = "text/html")
		void one() {
		}

		@StatusHandler(value = 404, produces = "application/json")
		void two() {
		}

		@StatusHandler(404)
		void three() {
		}

	}

	static class PathAndNone {

		@ExceptionHandlerFor(value = IllegalStateException.class, paths = "/api/**")
		void one() {
		}

		@ExceptionHandlerFor(IllegalStateException.class)
		void two() {
		}

	}

	static class Ordered {

		@StatusHandler(value = 404, paths = "/api/**")
		@Order(1)
		void one() {
		}

		@StatusHandler(value = 404, paths = "/api/**")
		void two() {
		}

	}

	static class Described {

		@StatusHandler(value = { 404, 410 }, paths = { "/api/**", "/v2/**" }, produces = "text/html")
		@ExceptionHandlerFor(HttpException.class)
		void http() {
		}

		@StatusHandler(500)
		@ExceptionHandlerFor(value = Exception.class, paths = "/api/**")
		String error() {
			return "error";
		}

		@ExceptionHandlerFor(paths = "/ws/**")
		Mono<Void> closing(WebSocketSession session, WebSocketException ex) {
			return session.close();
		}

	}

}
