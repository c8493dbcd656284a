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

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import io.starlet.HttpException;
import reactor.core.publisher.Mono;

import org.springframework.context.MessageSource;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.util.StringUtils;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes problem details as RFC 9457 has them, with the texts of the application's
 * {@code MessageSource} and what its {@code ErrorResponse.Interceptor}s make of them
 * (rule R35).
 *
 * @since 0.1.0
 */
public final class ProblemDetailWriter {

	private static final Pattern LEADING_SLASHES = Pattern.compile("^/{2,}");

	private final MessageSource messageSource;

	private final List<ErrorResponse.Interceptor> interceptors;

	private final ServerResponse.Context context;

	/**
	 * Create a writer.
	 * @param messageSource has the texts
	 * @param interceptors change what is written
	 * @param context has the codecs
	 */
	public ProblemDetailWriter(MessageSource messageSource, List<ErrorResponse.Interceptor> interceptors,
			ServerResponse.Context context) {
		this.messageSource = messageSource;
		this.interceptors = interceptors;
		this.context = context;
	}

	Mono<Void> write(ServerWebExchange exchange, HttpException exception, ErrorResponse error) {
		return Mono.defer(() -> {
			ProblemDetail detail = createBody(exchange, exception, error);
			this.interceptors.forEach((interceptor) -> interceptor.handleError(detail, error));
			return ServerResponse.status(exception.getStatusCode())
				.contentType(MediaType.APPLICATION_PROBLEM_JSON)
				.bodyValue(detail);
		}).flatMap((response) -> response.writeTo(exchange, this.context));
	}

	private ProblemDetail createBody(ServerWebExchange exchange, HttpException exception, ErrorResponse error) {
		Locale locale = Objects.requireNonNullElseGet(exchange.getLocaleContext().getLocale(), Locale::getDefault);
		ProblemDetail body = error.updateAndGetBody(this.messageSource, locale);
		ProblemDetail detail = (body.getClass() == ProblemDetail.class) ? copy(body) : body;
		if (!StringUtils.hasLength(detail.getDetail())) {
			detail.setDetail(exception.getDetail());
		}
		if (detail.getInstance() == null) {
			// As Spring does, which fails if a client's path starts with two slashes
			String path = exchange.getRequest().getPath().value();
			detail.setInstance(URI.create(LEADING_SLASHES.matcher(path).replaceFirst("/")));
		}
		return detail;
	}

	/** An exception may be raised more than once, for different requests. */
	private static ProblemDetail copy(ProblemDetail original) {
		ProblemDetail copy = ProblemDetail.forStatus(original.getStatus());
		copy.setType(original.getType());
		copy.setTitle(original.getTitle());
		copy.setDetail(original.getDetail());
		copy.setInstance(original.getInstance());
		Map<String, Object> properties = original.getProperties();
		copy.setProperties((properties != null) ? new LinkedHashMap<>(properties) : null);
		return copy;
	}

}
