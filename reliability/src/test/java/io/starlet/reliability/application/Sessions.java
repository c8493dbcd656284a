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

import java.util.concurrent.atomic.AtomicLong;

import io.starlet.WebSocketException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * Sessions that send a message back, and then fail as the message says.
 */
@Component
class Sessions implements WebSocketHandler {

	private final AtomicLong open = new AtomicLong();

	long open() {
		return this.open.get();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		this.open.incrementAndGet();
		return session
			.send(session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.concatMap((text) -> Flux.just(text).concatWith(Mono.error(() -> failure(text))))
				.map(session::textMessage))
			.doFinally((signal) -> this.open.decrementAndGet());
	}

	private static RuntimeException failure(String text) {
		String id = text.substring(text.indexOf(' ') + 1);
		return switch (text.substring(0, text.indexOf(' '))) {
			case "1008" -> new WebSocketException(1008, id);
			case "4001" -> new ShelfClosedException(id);
			default -> new UnhandledException(id);
		};
	}

}
