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
import java.util.List;

import io.starlet.response.ExceptionLog;

import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.boot.webflux.autoconfigure.error.DefaultErrorWebExceptionHandler;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.handler.WebFluxResponseStatusExceptionHandler;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * Puts the outer layer first, status pages next to it, the inner layer last and the last
 * step last, where orders alone would tie with those of an application's filters, and
 * takes out the exception handlers that have nothing left to do. Those of the application
 * can't lose an error.
 *
 * @since 0.1.0
 */
@Order(Ordered.LOWEST_PRECEDENCE)
public final class LayerOrderCustomizer implements WebHttpHandlerBuilderCustomizer {

	private final Duration handlerTimeout;

	private final ExceptionLog exceptionLog;

	/**
	 * Create a customizer.
	 * @param handlerTimeout how long an exception handler of the application's may take;
	 * zero if there is no limit
	 * @param exceptionLog logs what can't be suppressed by another error
	 */
	public LayerOrderCustomizer(Duration handlerTimeout, ExceptionLog exceptionLog) {
		this.handlerTimeout = handlerTimeout;
		this.exceptionLog = exceptionLog;
	}

	/**
	 * The handlers of Boot and Spring that answer what the outer layer has answered
	 * already. Each costs every request two operators, with and without an error.
	 */
	private static boolean isIdle(WebExceptionHandler handler) {
		return handler.getClass() == DefaultErrorWebExceptionHandler.class
				|| handler.getClass() == WebFluxResponseStatusExceptionHandler.class;
	}

	@Override
	public void customize(WebHttpHandlerBuilder builder) {
		builder.filters((filters) -> {
			List<WebFilter> outer = filters.stream().filter(ServerErrorWebFilter.class::isInstance).toList();
			List<WebFilter> statusPages = filters.stream().filter(StatusPagesWebFilter.class::isInstance).toList();
			List<WebFilter> inner = filters.stream().filter(HandledExceptionWebFilter.class::isInstance).toList();
			filters.removeAll(outer);
			filters.removeAll(inner);
			filters.removeAll(statusPages);
			filters.addAll(0, statusPages);
			filters.addAll(0, outer);
			filters.addAll(inner);
		});
		builder.exceptionHandlers((handlers) -> {
			List<WebExceptionHandler> last = handlers.stream()
				.filter(ServerErrorWebExceptionHandler.class::isInstance)
				.toList();
			handlers.removeAll(last);
			handlers.removeIf(LayerOrderCustomizer::isIdle);
			handlers.replaceAll(
					(handler) -> new ErrorKeepingWebExceptionHandler(handler, this.handlerTimeout, this.exceptionLog));
			handlers.addAll(last);
		});
	}

}
