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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

/**
 * What filters had set on a response, and left to be done after it, before the endpoint
 * ran, to go back to when the endpoint fails (rules R12 and R30).
 */
final class ResponseSnapshot {

	/** In lower case, as Spring would make it for each look-up. */
	private static final String TRANSFER_ENCODING = "transfer-encoding";

	private static final String CHUNKED = "chunked";

	private static final HttpHeaders NO_HEADERS = new HttpHeaders();

	/** What Reactor Netty's responses start with. */
	private static final HttpHeaders CHUNKED_ONLY = chunkedOnly();

	private static final MultiValueMap<String, ResponseCookie> NO_COOKIES = new LinkedMultiValueMap<>();

	private final @Nullable HttpStatusCode status;

	private final HttpHeaders headers;

	private final MultiValueMap<String, ResponseCookie> cookies;

	private final int tasks;

	private ResponseSnapshot(@Nullable HttpStatusCode status, HttpHeaders headers,
			MultiValueMap<String, ResponseCookie> cookies, int tasks) {
		this.status = status;
		this.headers = headers;
		this.cookies = cookies;
		this.tasks = tasks;
	}

	static ResponseSnapshot of(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		MultiValueMap<String, ResponseCookie> cookies = response.getCookies();
		return new ResponseSnapshot(response.getStatusCode(), copy(response.getHeaders()),
				cookies.isEmpty() ? NO_COOKIES : new LinkedMultiValueMap<>(cookies).deepCopy(),
				AfterResponse.size(exchange));
	}

	private static HttpHeaders copy(HttpHeaders headers) {
		return headers.isEmpty() ? NO_HEADERS : isChunkedOnly(headers) ? CHUNKED_ONLY : HttpHeaders.copyOf(headers);
	}

	private static boolean isChunkedOnly(HttpHeaders headers) {
		return headers.size() == 1 && CHUNKED.equals(headers.getFirst(TRANSFER_ENCODING));
	}

	private static HttpHeaders chunkedOnly() {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.TRANSFER_ENCODING, CHUNKED);
		return headers;
	}

	void restore(ServerWebExchange exchange) {
		AfterResponse.keepFirst(exchange, this.tasks);
		ServerHttpResponse response = exchange.getResponse();
		if (response.isCommitted()) {
			return;
		}
		restoreHeaders(response.getHeaders());
		response.getCookies().clear();
		this.cookies.forEach((name, values) -> response.getCookies().put(name, new ArrayList<>(values)));
		// Those who decorate a response may not expect that it has none
		if (!Objects.equals(response.getStatusCode(), this.status)) {
			response.setStatusCode(this.status);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void restoreHeaders(HttpHeaders headers) {
		boolean unchanged = (this.headers == CHUNKED_ONLY)
				? isChunkedOnly(headers) && headers.getOrEmpty(TRANSFER_ENCODING).size() == 1
				: this.headers.isEmpty() && headers.isEmpty();
		if (unchanged) {
			return;
		}
		List.copyOf(headers.headerNames())
			.stream()
			.filter((name) -> !this.headers.containsHeader(name) && !isCors(name))
			.forEach(headers::remove);
		this.headers.forEach((name, values) -> {
			if (!isCors(name)) {
				headers.put(name, new ArrayList<>(values));
			}
		});
	}

	/**
	 * Set on the way to the endpoint, by the handler mapping, where CORS is configured
	 * for the endpoint instead of by a filter.
	 */
	private static boolean isCors(String name) {
		return name.toLowerCase(Locale.ROOT).startsWith("access-control-") || HttpHeaders.VARY.equalsIgnoreCase(name);
	}

}
