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

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.Assert;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is to be done after a response, and is dropped with it when another takes its
 * place.
 *
 * @since 0.1.0
 */
public interface AfterResponse {

	/** The exchange's attribute that holds it, if there is anything to be done. */
	String ATTRIBUTE = AfterResponse.class.getName();

	/**
	 * Return how much there is to be done.
	 * @return the number of things
	 */
	int size();

	/**
	 * Drop what was added last.
	 * @param size how many things to keep
	 */
	void keepFirst(int size);

	/**
	 * Have something done when a response is complete, where there is no server that
	 * could tell when it has been sent.
	 * @param response the response
	 * @param action what to do
	 * @throws IllegalStateException if the response is not tracked
	 */
	static void onComplete(ServerHttpResponse response, Runnable action) {
		TrackedResponse tracked = TrackedResponse.find(response);
		Assert.state(tracked != null, "The response is not tracked, so nothing can be done after it");
		tracked.onComplete(action);
	}

	/**
	 * Return how much there is to be done after the response of an exchange.
	 * @param exchange the exchange
	 * @return the number of things
	 */
	static int size(ServerWebExchange exchange) {
		AfterResponse after = find(exchange);
		return (after != null) ? after.size() : 0;
	}

	/**
	 * Drop what was added last to the response of an exchange.
	 * @param exchange the exchange
	 * @param size how many things to keep
	 */
	static void keepFirst(ServerWebExchange exchange, int size) {
		AfterResponse after = find(exchange);
		if (after != null) {
			after.keepFirst(size);
		}
	}

	private static @Nullable AfterResponse find(ServerWebExchange exchange) {
		return exchange.getAttribute(ATTRIBUTE);
	}

}
