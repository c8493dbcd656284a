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

package io.starlet.traceback;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

/**
 * Finds what a request tells in secret, so that it can be masked where it comes back: in
 * an exception's message, in another header, in the path.
 */
final class RequestSecrets {

	private final Redaction redaction;

	private final Set<String> values = new TreeSet<>();

	RequestSecrets(Redaction redaction) {
		this.redaction = redaction;
	}

	/**
	 * Return a redaction that knows the secrets of a request.
	 * @param exchange the exchange
	 * @param pathVariables the variables of its path
	 * @param session its session, if any
	 * @return the redaction
	 */
	Redaction redaction(ServerWebExchange exchange, Map<String, String> pathVariables, @Nullable WebSession session) {
		collect(() -> exchange.getRequest().getHeaders().forEach(this::addHeader));
		collect(() -> exchange.getRequest()
			.getCookies()
			.values()
			.forEach((cookies) -> cookies.stream().map(HttpCookie::getValue).forEach(this.values::add)));
		collect(() -> addUrl(exchange));
		collect(() -> pathVariables.forEach(this::addSensitive));
		collect(() -> addForm(exchange));
		collect(() -> exchange.getAttributes().forEach(this::addSensitive));
		if (session != null) {
			collect(() -> this.values.add(session.getId()));
			collect(() -> session.getAttributes().forEach(this::addSensitive));
		}
		return this.redaction.withSecrets(this.values);
	}

	/** What can't be read can't be shown either. */
	private void collect(Runnable source) {
		try {
			source.run();
		}
		catch (Throwable ex) {
			// The section that shows it says so
		}
	}

	private void addHeader(String name, List<String> values) {
		if (!this.redaction.isSensitive(name)) {
			return;
		}
		this.values.addAll(values);
		for (String value : values) {
			if (name.equalsIgnoreCase(HttpHeaders.COOKIE)) {
				for (String cookie : StringUtils.delimitedListToStringArray(value, ";")) {
					this.values.add(cookie.substring(cookie.indexOf('=') + 1).strip());
				}
			}
			else {
				addCredentials(value);
			}
		}
	}

	private void addCredentials(String value) {
		String credentials = value.substring(value.indexOf(' ') + 1).strip();
		this.values.add(credentials);
		if (StringUtils.startsWithIgnoreCase(value, "Basic ")) {
			try {
				String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
				this.values.add(decoded);
				this.values.add(decoded.substring(decoded.indexOf(':') + 1));
			}
			catch (IllegalArgumentException ex) {
				// Not Base64
			}
		}
	}

	private void addUrl(ServerWebExchange exchange) {
		exchange.getRequest().getQueryParams().forEach((name, values) -> {
			if (this.redaction.isSensitive(name)) {
				values.forEach(this::addValue);
			}
		});
		String userInfo = exchange.getRequest().getURI().getRawUserInfo();
		if (userInfo != null) {
			this.values.add(userInfo.substring(userInfo.indexOf(':') + 1));
		}
	}

	private void addForm(ServerWebExchange exchange) {
		ObservedExchange observed = ObservedExchange.of(exchange);
		MultiValueMap<String, String> form = (observed != null) ? observed.form() : null;
		if (form != null) {
			form.forEach((name, values) -> values.forEach((value) -> addSensitive(name, value)));
		}
		MultiValueMap<String, Part> parts = (observed != null) ? observed.parts() : null;
		if (parts != null) {
			parts.values().forEach((list) -> list.forEach((part) -> {
				if (part instanceof FormFieldPart field) {
					addSensitive(field.name(), field.value());
				}
			}));
		}
	}

	private void addSensitive(String name, @Nullable Object value) {
		if (value instanceof String text && this.redaction.isSensitive(name)) {
			addValue(text);
		}
	}

	private void addValue(@Nullable String value) {
		if (value != null) {
			this.values.add(value);
		}
	}

}
