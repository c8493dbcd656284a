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

package io.starlet.filter;

import java.util.ArrayList;
import java.util.List;

import io.starlet.HttpException;
import io.starlet.registry.RegisteredHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.registry.TriedHandlers;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.traceback.TracebackContributor;

import org.springframework.web.server.ServerWebExchange;

/**
 * Tells a traceback which handlers there are for an error, and what made an HTTP
 * exception one.
 *
 * @since 0.1.0
 */
public final class HandlerContributor implements TracebackContributor {

	private final RegisteredHandlers handlers;

	private final HttpExceptionResolver httpExceptionResolver;

	private final FilterExceptions filterExceptions;

	/**
	 * Create a contributor.
	 * @param handlers the registered handlers
	 * @param httpExceptionResolver tells HTTP exceptions from errors
	 * @param filterExceptions what becomes of HTTP exceptions that filters raise
	 */
	public HandlerContributor(RegisteredHandlers handlers, HttpExceptionResolver httpExceptionResolver,
			FilterExceptions filterExceptions) {
		this.handlers = handlers;
		this.httpExceptionResolver = httpExceptionResolver;
		this.filterExceptions = filterExceptions;
	}

	@Override
	public List<String> handlers(ServerWebExchange exchange, Throwable error) {
		Throwable exception = HttpExceptionResolver.unwrap(error);
		HttpException httpException = this.httpExceptionResolver.resolve(exception);
		List<RegisteredHandler> found = new ArrayList<>();
		TriedHandlers tried = TriedHandlers.NONE;
		RegisteredHandler next = this.handlers.find(exchange, exception, httpException, tried);
		while (next != null) {
			found.add(next);
			tried = tried.with(next);
			next = this.handlers.find(exchange, exception, httpException, tried);
		}
		RegisteredHandler serverError = this.handlers.findServerErrorHandler(exchange);
		if (serverError != null && !found.contains(serverError)) {
			found.add(serverError);
		}
		return found.stream().map(RegisteredHandler::toString).toList();
	}

	@Override
	public List<String> hints(ServerWebExchange exchange, Throwable error) {
		HttpException httpException = this.httpExceptionResolver.resolve(HttpExceptionResolver.unwrap(error));
		if (httpException == null || this.filterExceptions == FilterExceptions.HANDLE) {
			return List.of();
		}
		return List.of("This HTTP exception was raised by a filter, and starlet.filter-exceptions=error makes it an "
				+ "error there. Set starlet.filter-exceptions=handle to have it answered with status %d."
					.formatted(httpException.getStatusCode().value()));
	}

}
