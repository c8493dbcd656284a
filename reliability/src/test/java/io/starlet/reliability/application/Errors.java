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

import io.starlet.ExceptionHandlerFor;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * The application's exception handlers.
 */
@Component
class Errors {

	private static final Duration SLOWLY = Duration.ofMillis(50);

	@ExceptionHandlerFor
	@ResponseStatus(HttpStatus.CONFLICT)
	Map<String, String> taken(TakenException ex) {
		return Map.of("taken", String.valueOf(ex.getMessage()));
	}

	@ExceptionHandlerFor
	@ResponseStatus(HttpStatus.UNPROCESSABLE_CONTENT)
	Mono<String> answerSlowly(LateException ex) {
		return Mono.delay(SLOWLY).thenReturn("At last " + ex.getMessage());
	}

	@ExceptionHandlerFor
	Mono<String> fail(FragileException ex) {
		return Mono.error(new HandlerFailedException(ex.getMessage()));
	}

	@ExceptionHandlerFor
	Mono<Void> close(WebSocketSession session, ShelfClosedException ex) {
		return session.close(new CloseStatus(4001, ex.getMessage()));
	}

}
