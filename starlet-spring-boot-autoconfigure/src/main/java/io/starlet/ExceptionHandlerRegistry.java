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

/**
 * Takes handlers that are registered by code instead of annotations.
 *
 * @since 0.1.0
 * @see ExceptionHandlerConfigurer
 */
public interface ExceptionHandlerRegistry {

	/**
	 * Register a handler of the HTTP exceptions of exactly one status.
	 * @param status the status, 100 to 999; 500 names the server-error handler
	 * @param handler the handler; gets an {@code HttpException} even where another HTTP
	 * exception was raised
	 * @return this registry
	 * @throws IllegalArgumentException if the status is outside of that range
	 * @see StatusHandler
	 */
	ExceptionHandlerRegistry status(int status, HttpExceptionHandler<? super HttpException> handler);

	/**
	 * Register a handler of the exceptions of a class and its subclasses.
	 * @param <E> the class of exceptions
	 * @param type the class; {@code HttpException.class} serves all HTTP exceptions, and
	 * {@code Exception.class} and {@code Throwable.class} name the server-error handler
	 * @param handler the handler
	 * @return this registry
	 * @see ExceptionHandlerFor
	 */
	<E extends Throwable> ExceptionHandlerRegistry exception(Class<E> type, HttpExceptionHandler<? super E> handler);

	/**
	 * Register a handler of the exceptions of a class and its subclasses that end a
	 * WebSocket session.
	 * @param <E> the class of exceptions
	 * @param type the class; {@code HttpException.class} serves all HTTP exceptions
	 * @param handler the handler
	 * @return this registry
	 * @see ExceptionHandlerFor
	 */
	<E extends Throwable> ExceptionHandlerRegistry webSocket(Class<E> type,
			WebSocketExceptionHandler<? super E> handler);

	/**
	 * Narrow handlers to requests of some paths.
	 * @param patterns patterns such as {@code "/api/**"}; none means all paths
	 * @return a registry for such handlers, while this one stays as it is
	 * @see StatusHandler#paths()
	 */
	ExceptionHandlerRegistry paths(String... patterns);

	/**
	 * Tell what media types handlers answer with.
	 * @param mediaTypes media types such as {@code "text/html"}; none means anything
	 * @return a registry for such handlers, while this one stays as it is
	 * @see StatusHandler#produces()
	 */
	ExceptionHandlerRegistry produces(String... mediaTypes);

}
