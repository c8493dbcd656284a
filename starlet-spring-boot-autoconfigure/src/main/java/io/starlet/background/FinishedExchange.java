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

package io.starlet.background;

import io.starlet.response.UnconditionalExchange;
import reactor.core.publisher.Mono;

import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

/**
 * An exchange whose response has been sent, and may be another request's by now, as the
 * server-error handler sees it when a task fails (rule R31).
 */
final class FinishedExchange extends UnconditionalExchange {

	private final ServerHttpRequest request;

	FinishedExchange(ServerWebExchange exchange) {
		super(exchange);
		this.request = new FinishedRequest(exchange.getRequest());
	}

	@Override
	public ServerHttpRequest getRequest() {
		return this.request;
	}

	@Override
	public Mono<MultiValueMap<String, String>> getFormData() {
		return Mono.just(new LinkedMultiValueMap<>());
	}

	@Override
	public Mono<MultiValueMap<String, Part>> getMultipartData() {
		return Mono.just(new LinkedMultiValueMap<>());
	}

}
