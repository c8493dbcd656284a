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

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * A handler that turns an exception into a response. Registered as a bean that is
 * annotated with {@link StatusHandler} or {@link ExceptionHandlerFor}, or through an
 * {@link ExceptionHandlerConfigurer}.
 *
 * @param <E> the exception that it takes
 * @since 0.1.0
 */
@FunctionalInterface
public interface HttpExceptionHandler<E extends Throwable> {

	/**
	 * Handle an exception.
	 * @param request the request that failed; its body may have been read
	 * @param exception the exception. Where the handler takes an {@link HttpException}
	 * and the exception is another one, this is an {@code HttpException} with its status,
	 * detail and headers, and the exception as cause
	 * @return the response; if empty, the exception's status is sent without a body. An
	 * error is looked up again, as a translation of the exception
	 */
	Mono<ServerResponse> handle(ServerRequest request, E exception);

}
