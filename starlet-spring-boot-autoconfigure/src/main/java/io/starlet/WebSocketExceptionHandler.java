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

package io.starlet;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A handler that closes a WebSocket session because of an exception. Registered as a bean
 * that is annotated with {@link ExceptionHandlerFor}, or through an
 * {@link ExceptionHandlerConfigurer}.
 *
 * @param <E> the exception that it takes
 * @since 0.1.0
 */
@FunctionalInterface
public interface WebSocketExceptionHandler<E extends Throwable> {

	/**
	 * Handle an exception. The handler may send a last message, and has to close the
	 * session.
	 * @param session the session, whose handler has ended
	 * @param exception the exception. Where the handler takes an {@link HttpException}
	 * and the exception is another HTTP exception, this is an {@code HttpException} with
	 * its status and detail, and the exception as cause
	 * @return completes when the session has been closed. The session is closed with 1011
	 * for one that completes without having closed it, and for one that does not complete
	 * in the time that {@code starlet.websocket.close-timeout} sets. An error is looked
	 * up again, as a translation of the exception
	 */
	Mono<Void> handle(WebSocketSession session, E exception);

}
