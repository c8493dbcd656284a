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

package io.starlet.benchmarks.contestant;

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Endpoints that return their failures.
 */
@Configuration(proxyBeanMethods = false)
@RestController
class DirectEndpoints {

	private static final Log logger = LogFactory.getLog(DirectEndpoints.class);

	@GetMapping("/annotated/ok")
	ResponseEntity<String> ok() {
		return ResponseEntity.ok("Emma");
	}

	@GetMapping("/annotated/thrown")
	ResponseEntity<String> returned() {
		return Answers.notFound();
	}

	@GetMapping("/annotated/signalled")
	Mono<ResponseEntity<String>> emitted() {
		return Mono.just(Answers.notFound());
	}

	@GetMapping("/annotated/conflict")
	@ResponseStatus(HttpStatus.CONFLICT)
	Map<String, String> conflict() {
		return Answers.BOOK_EXISTS;
	}

	@GetMapping("/annotated/conflict/signalled")
	@ResponseStatus(HttpStatus.CONFLICT)
	Mono<Map<String, String>> emittedConflict() {
		return Mono.just(Answers.BOOK_EXISTS);
	}

	@GetMapping("/annotated/error")
	ResponseEntity<String> error() {
		logger.error("500 Server Error for HTTP GET \"/annotated/error\"", new IllegalStateException("Out of ink"));
		return Answers.serverError();
	}

	@Bean
	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET("/functional/ok", (request) -> ServerResponse.ok().bodyValue("Emma"))
			.GET("/functional/signalled",
					(request) -> ServerResponse.status(HttpStatus.NOT_FOUND)
						.contentType(Answers.PLAIN_TEXT)
						.bodyValue(Answers.NO_BOOK))
			.GET("/functional/conflict",
					(request) -> ServerResponse.status(HttpStatus.CONFLICT)
						.contentType(MediaType.APPLICATION_JSON)
						.bodyValue(Answers.BOOK_EXISTS))
			.GET("/functional/error", (request) -> {
				logger.error("500 Server Error for HTTP GET \"/functional/error\"",
						new IllegalStateException("Out of ink"));
				return ServerResponse.status(HttpStatus.INTERNAL_SERVER_ERROR)
					.contentType(Answers.PLAIN_TEXT)
					.bodyValue(Answers.SERVER_ERROR);
			})
			.build();
	}

}
