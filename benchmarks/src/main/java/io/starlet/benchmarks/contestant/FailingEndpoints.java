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

import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Endpoints that raise their failures.
 */
@Configuration(proxyBeanMethods = false)
@RestController
class FailingEndpoints {

	private final Failures failures;

	FailingEndpoints(Failures failures) {
		this.failures = failures;
	}

	@GetMapping("/annotated/ok")
	ResponseEntity<String> ok() {
		return ResponseEntity.ok("Emma");
	}

	@GetMapping("/annotated/thrown")
	ResponseEntity<String> thrown() {
		throw this.failures.notFound();
	}

	@GetMapping("/annotated/signalled")
	Mono<ResponseEntity<String>> signalled() {
		return Mono.error(this.failures.notFound());
	}

	@GetMapping("/annotated/conflict")
	ResponseEntity<Object> conflict() {
		throw this.failures.conflict();
	}

	@GetMapping("/annotated/conflict/signalled")
	Mono<ResponseEntity<Object>> signalledConflict() {
		return Mono.error(this.failures.conflict());
	}

	@GetMapping("/annotated/error")
	ResponseEntity<String> error() {
		throw new IllegalStateException("Out of ink");
	}

	@Bean
	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET("/functional/ok", (request) -> ServerResponse.ok().bodyValue("Emma"))
			.GET("/functional/signalled", (request) -> Mono.error(this.failures.notFound()))
			.GET("/functional/conflict", (request) -> Mono.error(this.failures.conflict()))
			.GET("/functional/error", (request) -> Mono.error(new IllegalStateException("Out of ink")))
			.build();
	}

}
