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

package io.starlet.invocation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Takes what the client asks for as a preference: an {@code Accept} that is malformed or
 * longer than any browser's and an event stream count as anything, and anything is the
 * last choice.
 */
class LenientContentTypeResolver implements RequestedContentTypeResolver {

	private static final MediaType LAST_CHOICE = new MediaType("*", "*", 0.001);

	/** Spring refuses to sort more than 50 combinations with what can be written. */
	private static final int MAX_TYPES = 16;

	private final RequestedContentTypeResolver delegate;

	LenientContentTypeResolver(RequestedContentTypeResolver delegate) {
		this.delegate = delegate;
	}

	@Override
	public List<MediaType> resolveMediaTypes(ServerWebExchange exchange) {
		List<MediaType> requested;
		try {
			requested = this.delegate.resolveMediaTypes(exchange);
		}
		catch (NotAcceptableStatusException | InvalidMimeTypeException ex) {
			return MEDIA_TYPE_ALL_LIST;
		}
		if (requested.equals(MEDIA_TYPE_ALL_LIST) || requested.size() > MAX_TYPES) {
			return MEDIA_TYPE_ALL_LIST;
		}
		Map<String, MediaType> lenient = new LinkedHashMap<>();
		requested.stream()
			.filter((mediaType) -> mediaType.isWildcardType() || !mediaType.includes(MediaType.TEXT_EVENT_STREAM))
			.forEach((mediaType) -> lenient.putIfAbsent(mediaType.getType() + "/" + mediaType.getSubtype(), mediaType));
		lenient.put(LAST_CHOICE.toString(), LAST_CHOICE);
		return List.copyOf(lenient.values());
	}

}
