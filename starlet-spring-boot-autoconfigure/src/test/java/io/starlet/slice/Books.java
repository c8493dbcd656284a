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

package io.starlet.slice;

import java.util.Map;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.ExceptionHandlerRegistry;
import io.starlet.ExceptionHandlers;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.WebSocketException;
import io.starlet.WebSocketExceptionHandler;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Controllers and every kind of handler bean, for component scanning to find. They are
 * not nested in the application's class, as what is nested in it is part of each slice.
 */
final class Books {

	private Books() {
	}

	@RestController
	static class BookController {

		@GetMapping("/books/{id}")
		Mono<String> book(@PathVariable int id) {
			return switch (id) {
				case 1 -> Mono.just("Emma");
				case 2 -> Mono.error(new IllegalStateException("out of memory cards"));
				default -> Mono.error(() -> new HttpException(404, "No book " + id));
			};
		}

	}

	@RestController
	static class OrderController {

		@GetMapping("/orders/{id}")
		Mono<String> order(@PathVariable int id) {
			return Mono.error(new SoldOutException());
		}

		@GetMapping("/failures/{status}")
		Mono<String> failure(@PathVariable int status) {
			return Mono.error(() -> new HttpException(status));
		}

	}

	@ExceptionHandlers
	static class WebErrors {

		@StatusHandler(404)
		Map<String, ?> notFound(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@StatusHandler(500)
		Map<String, ?> serverError() {
			return Map.of("detail", "Something went wrong");
		}

	}

	/** No part of a slice, as its class says nothing of handlers. */
	@Component
	static class OrderErrors {

		@ExceptionHandlerFor
		ResponseEntity<String> soldOut(SoldOutException ex) {
			return ResponseEntity.status(409).body("sold out");
		}

	}

	@Component
	@StatusHandler(429)
	static class TooManyRequests implements HttpExceptionHandler<HttpException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, HttpException exception) {
			return ServerResponse.status(429).bodyValue("slow down");
		}

	}

	@Component
	@ExceptionHandlerFor
	static class Closing implements WebSocketExceptionHandler<WebSocketException> {

		@Override
		public Mono<Void> handle(WebSocketSession session, WebSocketException exception) {
			return session.close(CloseStatus.NORMAL);
		}

	}

	@Component
	static class Handlers implements ExceptionHandlerConfigurer {

		@Override
		public void configureExceptionHandlers(ExceptionHandlerRegistry registry) {
			registry.status(410, (request, ex) -> ServerResponse.status(410).bodyValue("sold for good"));
		}

	}

	/** Would be the outermost filter if orders decided alone. */
	@Component
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Gate implements WebFilter {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			return exchange.getRequest().getPath().value().equals("/closed")
					? Mono.error(new HttpException(503, "Closed today")) : chain.filter(exchange);
		}

	}

	static class SoldOutException extends RuntimeException {

	}

}
