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

package io.starlet.reliability.application;

import java.time.Duration;
import java.util.Map;

import io.starlet.HttpException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What is asked for. Whoever reads a path knows what the client expects: the first
 * segment says it, the second one is the request's own number.
 */
@RestController
class Endpoints {

	private static final Duration SHORTLY = Duration.ofMillis(10);

	private static final Duration MAX_DELAY = Duration.ofMillis(2);

	private static final Duration PATIENTLY = Duration.ofSeconds(3);

	@PostMapping("/success/{id}")
	Mono<String> succeed(@PathVariable String id, @RequestBody Mono<String> body) {
		return body.map((text) -> "Got " + text + " for " + id);
	}

	@GetMapping("/not-found/{id}")
	Mono<String> findNothing(@PathVariable String id) {
		return Mono.error(() -> new HttpException(404, "No book " + id));
	}

	/** Does not read the body. */
	@PostMapping("/mapped/{id}")
	Map<String, String> fail(@PathVariable String id) {
		throw new TakenException(id);
	}

	/** Does not read the body. */
	@PostMapping("/unhandled/{id}")
	Mono<String> failUnhandled(@PathVariable String id) {
		throw new UnhandledException(id);
	}

	@GetMapping("/failing-handler/{id}")
	Mono<String> failWithFailingHandler(@PathVariable String id) {
		return Mono.error(() -> new FragileException(id));
	}

	@GetMapping("/slow-handler/{id}")
	Mono<String> failWithSlowHandler(@PathVariable String id) {
		return Mono.error(() -> new LateException(id));
	}

	/**
	 * An event stream, as its chunks are sent one by one. Another thread raises the error
	 * while the first is just being sent.
	 */
	@GetMapping(path = "/cut-stream/{id}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> streamAndFail(@PathVariable String id) {
		Duration delay = Duration.ofNanos(Long.parseLong(id) * 1_000 % MAX_DELAY.toNanos());
		return Flux.just(id).concatWith(Mono.delay(delay).then(Mono.error(() -> new CutException(id))));
	}

	@GetMapping(path = "/leaving/{id}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> streamForEver(@PathVariable String id) {
		return Flux.interval(Duration.ZERO, SHORTLY).onBackpressureDrop().map((number) -> id);
	}

	@GetMapping("/leaving/{id}/early")
	Mono<String> failForNobody(@PathVariable String id) {
		return failWithSlowHandler(id);
	}

	/** Does not wait for ever, as the server may not tell that the client has left. */
	@PostMapping("/upload-cut/{id}")
	Mono<String> receive(@PathVariable String id, @RequestBody Mono<String> body) {
		return succeed(id, body.timeout(PATIENTLY, Mono.error(() -> new HttpException(408))));
	}

}
