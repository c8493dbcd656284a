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

package io.starlet.websocket;

import java.util.Objects;
import java.util.stream.Stream;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.StatusHandler;
import io.starlet.WebSocketExceptionHandler;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R8 and R26: what stops an application at start-up because of a handler of
 * sessions.
 */
@Timeout(60)
class WebSocketHandlerRegistrationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpHandlerAutoConfiguration.class, JacksonAutoConfiguration.class,
				CodecsAutoConfiguration.class, WebFluxAutoConfiguration.class, StarletAutoConfiguration.class));

	@ParameterizedTest
	@MethodSource
	void aHandlerThatCannotWorkStopsTheApplication(Class<?> handlers, String description, String action) {
		FailureAnalysis analysis = startAndFail(handlers);
		assertThat(analysis.getDescription()).contains(handlers.getSimpleName(), description);
		assertThat(analysis.getAction()).contains(action);
	}

	static Stream<Arguments> aHandlerThatCannotWorkStopsTheApplication() {
		return Stream.of(Arguments.of(TakesExchange.class, "ServerWebExchange", "WebSocketSession"),
				Arguments.of(TakesRequest.class, "ServerRequest", "WebSocketSession"),
				Arguments.of(ReturnsText.class, "java.lang.String", "Mono<Void>"),
				Arguments.of(ReturnsMonoOfText.class, "java.lang.String", "Mono<Void>"),
				Arguments.of(ReturnsFlux.class, "Flux", "Mono<Void>"),
				Arguments.of(ForStatus.class, "registered for a status", "@ExceptionHandlerFor"),
				Arguments.of(BeanForStatus.class, "registered for a status", "@ExceptionHandlerFor"),
				Arguments.of(TwoForOneClass.class, "Ambiguous handlers", "@Order"),
				Arguments.of(TakesAnotherException.class, "java.lang.IllegalStateException", "Let it take"));
	}

	@ParameterizedTest
	@ValueSource(classes = { Ordered.class, Allowed.class, OneOfEachKind.class, Configured.class })
	void aHandlerThatCanWorkDoesNot(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aHandshakeAloneMakesNoHandlerOfSessions() {
		FailureAnalysis analysis = startAndFail(TakesHandshakeOnly.class);
		assertThat(analysis.getDescription()).contains("HandshakeInfo");
	}

	private FailureAnalysis startAndFail(Class<?> handlers) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		this.runner.withBean("handlers", handlers).run((context) -> {
			assertThat(context).hasFailed();
			analysis[0] = SpringFactoriesLoader.forDefaultResourceLocation()
				.load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(getClass())))
				.stream()
				.map((analyzer) -> analyzer.analyze(Objects.requireNonNull(context.getStartupFailure())))
				.filter(Objects::nonNull)
				.findFirst()
				.orElseThrow();
		});
		return analysis[0];
	}

	static class TakesExchange {

		@ExceptionHandlerFor(IllegalStateException.class)
		void handle(WebSocketSession session, ServerWebExchange exchange) {
		}

	}

	static class TakesRequest {

		@ExceptionHandlerFor(IllegalStateException.class)
		void handle(WebSocketSession session, ServerRequest request) {
		}

	}

	static class ReturnsText {

		@ExceptionHandlerFor(IllegalStateException.class)
		String handle(WebSocketSession session) {
			return "text";
		}

	}

	static class ReturnsMonoOfText {

		@ExceptionHandlerFor(IllegalStateException.class)
		Mono<String> handle(WebSocketSession session) {
			return Mono.just("text");
		}

	}

	static class ReturnsFlux {

		@ExceptionHandlerFor(IllegalStateException.class)
		Flux<String> handle(WebSocketSession session) {
			return Flux.just("text");
		}

	}

	static class ForStatus {

		@StatusHandler(404)
		Mono<Void> handle(WebSocketSession session) {
			return session.close();
		}

	}

	static class BeanForStatus {

		@Bean
		@StatusHandler(404)
		WebSocketExceptionHandler<IllegalStateException> bean() {
			return (session, ex) -> session.close();
		}

	}

	static class TwoForOneClass {

		@ExceptionHandlerFor
		Mono<Void> one(WebSocketSession session, IllegalStateException ex) {
			return session.close();
		}

		@ExceptionHandlerFor
		Mono<Void> two(WebSocketSession session, IllegalStateException ex) {
			return session.close();
		}

	}

	static class TakesAnotherException {

		@ExceptionHandlerFor(IllegalStateException.class)
		Mono<Void> handle(WebSocketSession session, IllegalArgumentException ex) {
			return session.close();
		}

	}

	static class TakesHandshakeOnly {

		@ExceptionHandlerFor
		void handle(HandshakeInfo info, IllegalStateException ex) {
		}

	}

	static class Ordered extends TwoForOneClass {

		@Override
		@Order(1)
		@ExceptionHandlerFor
		Mono<Void> one(WebSocketSession session, IllegalStateException ex) {
			return session.close();
		}

	}

	static class Allowed {

		@ExceptionHandlerFor
		Mono<Void> all(WebSocketSession session, HandshakeInfo info, IllegalStateException ex, Error cause) {
			return session.close();
		}

	}

	static class OneOfEachKind {

		@ExceptionHandlerFor(IllegalStateException.class)
		void session(WebSocketSession session) {
		}

		@ExceptionHandlerFor(IllegalStateException.class)
		String request() {
			return "text";
		}

	}

	static class Configured {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.webSocket(IllegalStateException.class, (session, ex) -> session.close());
		}

	}

}
