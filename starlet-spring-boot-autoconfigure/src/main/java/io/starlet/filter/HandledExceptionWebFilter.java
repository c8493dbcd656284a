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

import io.starlet.response.ErrorResumingMono;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The inner layer: exceptions that have a handler become responses, which pass back
 * through the application's filters; errors go on.
 *
 * @since 0.1.0
 */
public final class HandledExceptionWebFilter implements WebFilter, Ordered {

	private static final String CONTEXT_ATTRIBUTE = HandledExceptionWebFilter.class.getName() + ".context";

	private static final String SNAPSHOT_ATTRIBUTE = HandledExceptionWebFilter.class.getName() + ".snapshot";

	private final ExceptionResponder responder;

	/**
	 * Create the inner layer.
	 * @param responder answers handled exceptions
	 */
	public HandledExceptionWebFilter(ExceptionResponder responder) {
		this.responder = responder;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ReplaceableResponse.noteExchange(exchange);
		ResponseSnapshot before = ResponseSnapshot.of(exchange);
		return new ErrorResumingMono(chain.filter(exchange)) {
			@Override
			protected Mono<Void> resume(Throwable error) {
				return HandledExceptionWebFilter.this.handle(exchange, error, before);
			}

			@Override
			protected void beforeError(Throwable error) {
				// An answer that could not be sent leaves its headers
				restore(exchange, before, error);
				ReactorTraceback.addTo(error);
			}

			@Override
			protected void onCancel() {
				try {
					restore(exchange, before, null);
				}
				catch (RuntimeException ex) {
					// Of headers that the endpoint is still setting on a thread of its
					// own
				}
			}

			@Override
			protected void beforeSubscription(ContextView context) {
				keepContext(exchange, context);
				exchange.getAttributes().put(SNAPSHOT_ATTRIBUTE, before);
			}
		};
	}

	private Mono<Void> handle(ServerWebExchange exchange, Throwable exception, ResponseSnapshot before) {
		restore(exchange, before, exception);
		return this.responder.respondWithinFilters(exchange, exception, before);
	}

	/**
	 * Go back to what was before the endpoint, unless its client left while it got the
	 * response.
	 */
	private static void restore(ServerWebExchange exchange, ResponseSnapshot before, @Nullable Throwable exception) {
		boolean left = exchange.getResponse().isCommitted()
				&& (exception == null || DisconnectedClient.isSuspected(exception));
		if (!left) {
			before.restore(exchange);
		}
	}

	/** Go back to that where what the endpoint left could not be sent. */
	static void restore(ServerWebExchange exchange) {
		ResponseSnapshot before = exchange.getAttribute(SNAPSHOT_ATTRIBUTE);
		if (before != null) {
			restore(exchange, before, null);
		}
	}

	static void keepContext(ServerWebExchange exchange, ContextView context) {
		exchange.getAttributes().put(CONTEXT_ATTRIBUTE, context);
	}

	/**
	 * Return what filters have put into the Reactor context, for those who act after this
	 * layer (rules R25 and R32).
	 * @param exchange the exchange
	 * @param defaultContext what to return if no layer was reached
	 * @return the context
	 */
	public static ContextView getContext(ServerWebExchange exchange, ContextView defaultContext) {
		return exchange.getAttributeOrDefault(CONTEXT_ATTRIBUTE, defaultContext);
	}

}
