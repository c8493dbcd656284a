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

import java.time.Duration;

import io.starlet.response.ErrorResumingMono;
import io.starlet.response.ExceptionLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Sees that an exception handler of the application passes on an error that it fails to
 * handle, or does not end to. The client has its answer, and the log is yet to come.
 */
final class ErrorKeepingWebExceptionHandler implements WebExceptionHandler {

	private static final Log logger = LogFactory.getLog(ErrorKeepingWebExceptionHandler.class);

	private final WebExceptionHandler delegate;

	private final Duration timeout;

	private final ExceptionLog exceptionLog;

	ErrorKeepingWebExceptionHandler(WebExceptionHandler delegate, Duration timeout, ExceptionLog exceptionLog) {
		this.delegate = delegate;
		this.timeout = timeout;
		this.exceptionLog = exceptionLog;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
		Mono<Void> handled = TimeLimitedMono.of(Mono.defer(() -> this.delegate.handle(exchange, error)),
				exchange.getResponse(), this.timeout, () -> this.delegate.getClass().getName(), error);
		return ErrorResumingMono.of(handled, (failure) -> {
			if (failure instanceof ResponseTimeoutException) {
				this.exceptionLog.addSuppressed(logger, error, failure);
				return Mono.error(error);
			}
			this.exceptionLog.addSuppressed(logger, failure, error);
			return Mono.error(failure);
		});
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
