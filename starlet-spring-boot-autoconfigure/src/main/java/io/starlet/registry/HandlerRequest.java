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

package io.starlet.registry;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a handler is looked up for, besides the exception. Read when a handler depends on
 * it.
 */
class HandlerRequest {

	private final ServerWebExchange exchange;

	private final AcceptedMediaTypes acceptedMediaTypes;

	private final TriedHandlers tried;

	private @Nullable List<MediaType> accepted;

	HandlerRequest(ServerWebExchange exchange, AcceptedMediaTypes acceptedMediaTypes, TriedHandlers tried) {
		this.exchange = exchange;
		this.acceptedMediaTypes = acceptedMediaTypes;
		this.tried = tried;
	}

	boolean isTried(RegisteredHandler handler) {
		return this.tried.contains(handler);
	}

	PathContainer getPath() {
		return this.exchange.getRequest().getPath().pathWithinApplication();
	}

	List<MediaType> getAccepted() {
		List<MediaType> accepted = this.accepted;
		if (accepted == null) {
			accepted = this.acceptedMediaTypes.resolve(this.exchange);
			this.accepted = accepted;
		}
		return accepted;
	}

	/** Whether what is answered without a handler is accepted. */
	boolean accepts(List<MediaType> types) {
		return getAccepted().stream().anyMatch((accepted) -> types.stream().anyMatch(accepted::isCompatibleWith));
	}

}
