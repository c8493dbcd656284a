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

import io.starlet.response.ExceptionLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * The last step of an error, after the application's own {@code WebExceptionHandler}s: it
 * is logged, once, and ends here (rules R19 and R20).
 *
 * @since 0.1.0
 */
public final class ServerErrorWebExceptionHandler implements WebExceptionHandler, Ordered {

	private static final Log logger = LogFactory.getLog(ServerErrorWebExceptionHandler.class);

	private final boolean raiseServerExceptions;

	private final ExceptionLog exceptionLog;

	/**
	 * Create the last step.
	 * @param raiseServerExceptions whether to pass errors on to the server
	 * @param exceptionLog logs errors
	 */
	public ServerErrorWebExceptionHandler(boolean raiseServerExceptions, ExceptionLog exceptionLog) {
		this.raiseServerExceptions = raiseServerExceptions;
		this.exceptionLog = exceptionLog;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
		this.exceptionLog.error(logger, describe(exchange), error);
		if (this.raiseServerExceptions) {
			return Mono.error(error);
		}
		ServerHttpResponse response = exchange.getResponse();
		if (!response.isCommitted()) {
			response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
			return response.setComplete();
		}
		// What is tracked was sent whole, or is ended by the outer layer's doing
		return (TrackedResponse.find(response) != null) ? Mono.empty() : Mono.error(error);
	}

	private static String describe(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		ServerHttpResponse response = exchange.getResponse();
		boolean answered = HttpStatus.INTERNAL_SERVER_ERROR.equals(response.getStatusCode());
		return "%s%s for HTTP %s \"%s\"".formatted(exchange.getLogPrefix(),
				answered ? "500 Server Error" : "Error after response " + response.getStatusCode() + " had started",
				request.getMethod(), request.getURI().getRawPath());
	}

}
