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

	private static final List<String> CHUNKED = List.of("chunked");

	private static final ResponseSnapshot EMPTY = new ResponseSnapshot(null, new HttpHeaders(),
			new LinkedMultiValueMap<>(), 0);

	/** How Reactor Netty's responses start. */
	private static final ResponseSnapshot EMPTY_CHUNKED = new ResponseSnapshot(null, chunked(),
			new LinkedMultiValueMap<>(), 0);

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
		int tasks = AfterResponse.size(exchange);
		HttpStatusCode status = response.getStatusCode();
		HttpHeaders headers = response.getHeaders();
		if (response.getCookies().isEmpty() && (status == null || status.value() == 200) && tasks == 0) {
			if (headers.isEmpty()) {
				return EMPTY;
			}
			if (CHUNKED.equals(headers.get(HttpHeaders.TRANSFER_ENCODING)) && headers.size() == 1) {
				return EMPTY_CHUNKED;
			}
		}
		return new ResponseSnapshot(status, HttpHeaders.copyOf(headers),
				new LinkedMultiValueMap<>(response.getCookies()).deepCopy(), tasks);
	}

	private static HttpHeaders chunked() {
		HttpHeaders headers = new HttpHeaders();
		headers.put(HttpHeaders.TRANSFER_ENCODING, CHUNKED);
		return headers;
	}

	void restore(ServerWebExchange exchange) {
		AfterResponse.keepFirst(exchange, this.tasks);
		ServerHttpResponse response = exchange.getResponse();
		if (response.isCommitted()) {
			return;
		}
		HttpHeaders headers = response.getHeaders();
		if (!headers.isEmpty()) {
			List.copyOf(headers.headerNames())
				.stream()
				.filter((name) -> !this.headers.containsHeader(name) && !isCors(name))
				.forEach(headers::remove);
		}
		if (this != EMPTY) {
			this.headers.forEach((name, values) -> {
				if (!isCors(name)) {
					headers.put(name, new ArrayList<>(values));
				}
			});
		}
		response.getCookies().clear();
		response.getCookies().putAll(this.cookies);
		response.setStatusCode(this.status);
	}

	/**
	 * Set on the way to the endpoint, by the handler mapping, where CORS is configured
	 * for the endpoint instead of by a filter.
	 */
	private static boolean isCors(String name) {
		return name.toLowerCase(Locale.ROOT).startsWith("access-control-") || HttpHeaders.VARY.equalsIgnoreCase(name);
	}

}
