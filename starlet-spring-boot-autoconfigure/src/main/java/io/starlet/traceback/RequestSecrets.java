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
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

/**
 * Finds what a request tells in secret, so that it can be masked where it comes back: in
 * an exception's message, in another header, in the path.
 */
final class RequestSecrets {

	/** Such as that of a theme, which may be anywhere by chance. */
	private static final Pattern WORD = Pattern.compile("\\p{L}{0,15}|.{0,7}");

	private final Redaction redaction;

	private final Set<String> values = new TreeSet<>();

	RequestSecrets(Redaction redaction) {
		this.redaction = redaction;
	}

	/** Return a redaction that knows the secrets of a request. */
	Redaction redaction(ServerWebExchange exchange, Map<String, String> pathVariables, @Nullable WebSession session) {
		collect(() -> exchange.getRequest()
			.getHeaders()
			.forEach((name, values) -> values.forEach((value) -> addHeader(name, value))));
		collect(() -> exchange.getRequest()
			.getCookies()
			.forEach((name, cookies) -> cookies.forEach((cookie) -> addCookie(name, cookie.getValue()))));
		collect(() -> addAll(exchange.getRequest().getQueryParams()));
		collect(() -> addCredentials(exchange.getRequest().getURI().getRawUserInfo()));
		collect(() -> pathVariables.forEach(this::add));
		collect(() -> exchange.getAttributes().forEach(this::add));
		collect(() -> addForm(ObservedExchange.of(exchange)));
		if (session != null) {
			collect(() -> this.values.add(session.getId()));
			collect(() -> session.getAttributes().forEach(this::add));
		}
		return this.redaction.withSecrets(this.values);
	}

	private void collect(Runnable source) {
		try {
			source.run();
		}
		catch (Throwable ex) {
			// What can't be read can't be shown either, and its section says so
		}
	}

	private void addForm(@Nullable ObservedExchange observed) {
		if (observed != null) {
			addAll(observed.form());
			addAll(observed.parts());
		}
	}

	private void addAll(@Nullable MultiValueMap<String, ?> parameters) {
		if (parameters != null) {
			parameters.forEach((name, values) -> values.forEach((value) -> add(name, value)));
		}
	}

	private void add(String name, @Nullable Object value) {
		Object content = (value instanceof FormFieldPart part) ? part.value() : value;
		if (content instanceof String text && this.redaction.isSensitive(name)) {
			this.values.add(text);
		}
	}

	private void addHeader(String name, String value) {
		if (!this.redaction.isSensitive(name)) {
			return;
		}
		if (name.equalsIgnoreCase("Cookie")) {
			for (String cookie : value.split(";", -1)) {
				int separator = Math.max(0, cookie.indexOf('='));
				addCookie(cookie.substring(0, separator), cookie.substring(separator).replaceFirst("^=", "").strip());
			}
			return;
		}
		this.values.add(value);
		String credentials = value.substring(value.indexOf(' ') + 1).strip();
		this.values.add(credentials);
		if (StringUtils.startsWithIgnoreCase(value, "Basic ")) {
			collect(() -> addCredentials(new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8)));
		}
	}

	private void addCookie(String name, String value) {
		if (this.redaction.isSensitive(name) || !WORD.matcher(value).matches()) {
			this.values.add(value);
		}
	}

	private void addCredentials(@Nullable String credentials) {
		if (credentials != null) {
			this.values.addAll(List.of(credentials, credentials.substring(credentials.indexOf(':') + 1)));
		}
	}

}
