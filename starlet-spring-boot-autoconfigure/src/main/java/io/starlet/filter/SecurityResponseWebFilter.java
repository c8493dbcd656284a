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

import java.security.Principal;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Gives what Spring Security's filters answer with 401 or 403, without a body or in plain
 * text without a charset, to the handler of that status. Headers stay, as do redirects
 * and what else an application's own entry points answer.
 *
 * @since 0.1.0
 */
public final class SecurityResponseWebFilter implements WebFilter, Ordered {

	/** What Spring Security itself gives its filter. */
	private static final int SECURITY_FILTER_ORDER = -100;

	private static final String PASSED_ATTRIBUTE = SecurityResponseWebFilter.class.getName() + ".passed";

	private final ExceptionResponder responder;

	private final Mono<Principal> principal;

	/**
	 * Create a filter.
	 * @param responder calls the handlers
	 * @param principal who has been refused, taken from the Reactor context
	 */
	public SecurityResponseWebFilter(ExceptionResponder responder, Mono<Principal> principal) {
		this.responder = responder;
		this.principal = principal;
	}

	@Override
	public int getOrder() {
		return SECURITY_FILTER_ORDER - 1;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!hasHandler(this.responder)) {
			return chain.filter(exchange);
		}
		ServerWebExchange refused = exchange.mutate().principal(this.principal).build();
		ReplaceableResponse response = ReplaceableResponse.of(refused, this.responder,
				(status) -> isRefusal(status) && exchange.getAttribute(PASSED_ATTRIBUTE) == null, true);
		return chain.filter(exchange.mutate().response(response).build()).then(response.replaceUnsent());
	}

	private static boolean hasHandler(ExceptionResponder responder) {
		return responder.hasHandler(HttpStatus.UNAUTHORIZED) || responder.hasHandler(HttpStatus.FORBIDDEN);
	}

	private static boolean isRefusal(HttpStatusCode status) {
		return HttpStatus.UNAUTHORIZED.equals(status) || HttpStatus.FORBIDDEN.equals(status);
	}

	/**
	 * Follows Spring Security's filters: what is answered from here on is the
	 * application's, but for exceptions that go back to them.
	 *
	 * @since 0.1.0
	 */
	public static final class Passed implements WebFilter, Ordered {

		private final ExceptionResponder responder;

		/**
		 * Create a filter.
		 * @param responder knows whether there is a handler
		 */
		public Passed(ExceptionResponder responder) {
			this.responder = responder;
		}

		@Override
		public int getOrder() {
			return SECURITY_FILTER_ORDER + 1;
		}

		@Override
		public String toString() {
			return "SecurityResponseWebFilter.Passed";
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			if (!hasHandler(this.responder)) {
				return chain.filter(exchange);
			}
			exchange.getAttributes().put(PASSED_ATTRIBUTE, true);
			return chain.filter(exchange).doOnError((error) -> exchange.getAttributes().remove(PASSED_ATTRIBUTE));
		}

	}

}
