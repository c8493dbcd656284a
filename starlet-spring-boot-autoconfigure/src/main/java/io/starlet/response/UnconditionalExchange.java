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

package io.starlet.response;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * An exchange whose response depends on nothing that its client has already.
 *
 * @since 0.1.0
 */
public class UnconditionalExchange extends ServerWebExchangeDecorator {

	/**
	 * Decorate an exchange.
	 * @param delegate the exchange
	 */
	protected UnconditionalExchange(ServerWebExchange delegate) {
		super(delegate);
	}

	/**
	 * Return an exchange for the answer to an exception: that what was asked for has not
	 * been modified, as its endpoint may have found before it failed, is not true of the
	 * answer.
	 * @param exchange the exchange
	 * @return the exchange, decorated if need be
	 */
	public static ServerWebExchange of(ServerWebExchange exchange) {
		return exchange.isNotModified() ? new UnconditionalExchange(exchange) : exchange;
	}

	@Override
	public boolean isNotModified() {
		return false;
	}

	@Override
	public boolean checkNotModified(Instant lastModified) {
		return false;
	}

	@Override
	public boolean checkNotModified(String etag) {
		return false;
	}

	@Override
	public boolean checkNotModified(@Nullable String etag, Instant lastModified) {
		return false;
	}

}
