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

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Gives responses of 400 to 599 that end without a body to the handler of their status.
 *
 * @since 0.1.0
 */
public final class StatusPagesWebFilter implements WebFilter, Ordered {

	private final ExceptionResponder responder;

	/**
	 * Create a filter.
	 * @param responder calls the handlers
	 */
	public StatusPagesWebFilter(ExceptionResponder responder) {
		this.responder = responder;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
			return chain.filter(exchange);
		}
		ReplaceableResponse response = ReplaceableResponse.of(exchange, this.responder, HttpStatusCode::isError, false);
		return chain.filter(exchange.mutate().response(response).build()).then(response.replaceUnsent());
	}

}
