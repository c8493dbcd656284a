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

package io.starlet.aot;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.ExceptionHandlers;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.WebSocketException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * An application with handlers of each kind.
 */
final class Handlers {

	private Handlers() {
	}

	@Configuration
	@EnableAutoConfiguration
	@Import({ Failures.class, WebErrors.class, Inheriting.class, Implementing.class, Scoped.class, OfAClass.class })
	static class App {

		@Bean
		@StatusHandler(421)
		@Order(1)
		HttpExceptionHandler<HttpException> first() {
			return (request, ex) -> ServerResponse.status(421).bodyValue("the first");
		}

		@Bean
		@StatusHandler(421)
		@Order(2)
		HttpExceptionHandler<HttpException> second() {
			return (request, ex) -> ServerResponse.status(421).bodyValue("the second");
		}

		@Bean
		@ExceptionHandlerFor
		HttpExceptionHandler<IllegalArgumentException> derived() {
			return (request, ex) -> ServerResponse.status(400).bodyValue("class of the generic");
		}

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(422,
					(request, ex) -> ServerResponse.status(422).bodyValue("configured"));
		}

		@StatusHandler(423)
		String ofTheConfiguration() {
			return "of the configuration";
		}

	}

	@RestController
	static class Failures {

		@GetMapping("/status/{status}")
		Mono<String> status(@PathVariable int status) {
			return Mono.error(() -> new HttpException(status));
		}

		@GetMapping("/argument")
		Mono<String> argument() {
			return Mono.error(IllegalArgumentException::new);
		}

		@GetMapping("/error")
		Mono<String> error() {
			throw new IllegalStateException();
		}

	}

	@ExceptionHandlers
	@Lazy
	static class WebErrors {

		@StatusHandler(404)
		Plain notFound() {
			return new Plain("plain");
		}

		@StatusHandler(410)
		Mono<InMono> gone() {
			return Mono.just(new InMono("in a Mono"));
		}

		@StatusHandler(411)
		ResponseEntity<InEntity> lengthRequired() {
			return ResponseEntity.status(411).body(new InEntity("in an entity"));
		}

		@StatusHandler(412)
		CompletionStage<ResponseEntity<Flux<InFlux>>> preconditionFailed() {
			return CompletableFuture
				.completedFuture(ResponseEntity.status(412).body(Flux.just(new InFlux("in a Flux"))));
		}

		@StatusHandler(413)
		Mono<List<InList>> contentTooLarge() {
			return Mono.just(List.of(new InList("in a List")));
		}

		@StatusHandler(414)
		Mono<ServerResponse> uriTooLong(ServerRequest request) {
			return ServerResponse.status(414).bodyValue("response");
		}

		@StatusHandler(500)
		ResponseEntity<?> serverError(Throwable error) {
			return ResponseEntity.internalServerError().body("server error");
		}

		@NotAcceptable
		String notAcceptable() {
			return "own annotation";
		}

		@ExceptionHandlerFor
		Mono<Void> closing(WebSocketSession session, WebSocketException ex) {
			return session.close();
		}

	}

	@StatusHandler(406)
	@Retention(RetentionPolicy.RUNTIME)
	@interface NotAcceptable {

	}

	abstract static class Inherited<T> {

		@StatusHandler(415)
		T inherited() {
			return body();
		}

		abstract T body();

	}

	static class Inheriting extends Inherited<String> {

		@Override
		String body() {
			return "inherited";
		}

	}

	interface Declaring {

		@StatusHandler(416)
		String declared();

	}

	static class Implementing implements Declaring {

		@Override
		public String declared() {
			return "declared by an interface";
		}

	}

	@Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class Scoped {

		@StatusHandler(417)
		String scoped() {
			return "scoped";
		}

	}

	@StatusHandler(418)
	static class OfAClass implements HttpExceptionHandler<HttpException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, HttpException exception) {
			return ServerResponse.status(418).bodyValue("of a class");
		}

	}

	record Plain(String text) {

	}

	record InMono(String text) {

	}

	record InEntity(String text) {

	}

	record InFlux(String text) {

	}

	record InList(String text) {

	}

}
