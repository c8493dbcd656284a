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

import org.springframework.http.MediaType;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a client accepts, best first. What it says wrongly or at too great a length, and
 * an event stream, count as anything (rule R40).
 */
class AcceptedMediaTypes {

	private static final List<MediaType> ANYTHING = List.of(MediaType.ALL);

	/**
	 * More than any browser sends, as each is compared with what each handler produces.
	 */
	private static final int MAX_TYPES = 16;

	private final RequestedContentTypeResolver contentTypeResolver;

	AcceptedMediaTypes(RequestedContentTypeResolver contentTypeResolver) {
		this.contentTypeResolver = contentTypeResolver;
	}

	List<MediaType> resolve(ServerWebExchange exchange) {
		List<MediaType> requested;
		try {
			requested = this.contentTypeResolver.resolveMediaTypes(exchange);
		}
		catch (RuntimeException ex) {
			// The application's own resolver may raise anything
			return ANYTHING;
		}
		return (requested.size() > MAX_TYPES) ? ANYTHING
				: requested.stream()
					.filter((type) -> type.getQualityValue() > 0)
					.map((type) -> type.equalsTypeAndSubtype(MediaType.TEXT_EVENT_STREAM) ? MediaType.ALL : type)
					.toList();
	}

}
