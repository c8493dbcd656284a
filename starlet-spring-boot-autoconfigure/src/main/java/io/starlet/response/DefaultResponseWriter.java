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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.starlet.HttpException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes the answers that are given where no handler is registered (rules R10, R13 and
 * R18).
 *
 * @since 0.1.0
 */
public final class DefaultResponseWriter {

	private static final Log logger = LogFactory.getLog(DefaultResponseWriter.class);

	private static final MediaType TEXT_PLAIN_UTF8 = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final List<String> DETAIL_HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_LANGUAGE,
			HttpHeaders.CONTENT_DISPOSITION, HttpHeaders.CONTENT_LOCATION);

	/** With a length or coding that was meant for another body the connection breaks. */
	private static final Set<String> BODY_HEADERS = Set.of("content-type", "content-language", "content-disposition",
			"content-location", "content-length", "content-encoding", "content-range", "transfer-encoding");

	private final @Nullable ProblemDetailWriter problemDetailWriter;

	private final ExceptionLog exceptionLog;

	/**
	 * Create a writer.
	 * @param problemDetailWriter writes problem details; {@code null} to write text
	 * @param exceptionLog logs what keeps problem details from being written
	 */
	public DefaultResponseWriter(@Nullable ProblemDetailWriter problemDetailWriter, ExceptionLog exceptionLog) {
		this.problemDetailWriter = problemDetailWriter;
		this.exceptionLog = exceptionLog;
	}

	/**
	 * Return what is written.
	 * @return media types of clients that understand it
	 */
	public List<MediaType> getMediaTypes() {
		return (this.problemDetailWriter != null)
				? List.of(MediaType.APPLICATION_PROBLEM_JSON, MediaType.APPLICATION_JSON)
				: List.of(MediaType.TEXT_PLAIN);
	}

	/**
	 * Write an HTTP exception's status, headers and detail.
	 * @param exchange the exchange, its response not yet committed
	 * @param exception the HTTP exception
	 * @param original the exception that it stands for, or itself
	 * @param limit fails what does not end
	 * @return completes when the response has been written
	 */
	public Mono<Void> write(ServerWebExchange exchange, HttpException exception, Throwable original,
			UnaryOperator<Mono<Void>> limit) {
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(exception.getStatusCode());
		if (hasNoBody(exception.getStatusCode())) {
			return limit.apply(writeWithoutBody(response, exception));
		}
		addHeaders(response, exception);
		if (this.problemDetailWriter == null) {
			return limit.apply(writeDetail(response, exception));
		}
		return writeProblem(this.problemDetailWriter, exchange, exception,
				(original instanceof ErrorResponse errorResponse) ? errorResponse : exception,
				() -> writeDetail(response, exception), limit);
	}

	/**
	 * Whatever the application's interceptors, texts and codecs do, there is an answer.
	 */
	private Mono<Void> writeProblem(ProblemDetailWriter writer, ServerWebExchange exchange, HttpException exception,
			ErrorResponse error, Supplier<Mono<Void>> otherwise, UnaryOperator<Mono<Void>> limit) {
		ServerHttpResponse response = exchange.getResponse();
		Mono<Void> problem = limit.apply(writer.write(UnconditionalExchange.of(exchange), exception, error));
		return ErrorResumingMono.of(problem, (failure) -> {
			if (response.isCommitted()) {
				return Mono.error(failure);
			}
			this.exceptionLog.error(logger, exchange.getLogPrefix() + "Failed to write problem details", failure);
			response.getHeaders().clearContentHeaders();
			response.setStatusCode(exception.getStatusCode());
			return limit.apply(otherwise.get());
		});
	}

	private static Mono<Void> writeDetail(ServerHttpResponse response, HttpException exception) {
		for (String name : DETAIL_HEADERS) {
			if (exception.getHeaders().containsHeader(name)) {
				copyHeader(response.getHeaders(), name, exception.getHeaders().getOrEmpty(name));
			}
		}
		return writeText(response, exception.getDetail());
	}

	/**
	 * Write an HTTP exception's headers, but for those that describe a body, where there
	 * is none.
	 * @param response the response, its status set and not yet committed
	 * @param exception the exception
	 * @return completes when the response has been written
	 */
	public Mono<Void> writeWithoutBody(ServerHttpResponse response, HttpException exception) {
		addHeaders(response, exception);
		if (exception.getStatusCode().is1xxInformational()) {
			// No final answer: the client would wait for one
			response.getHeaders().set(HttpHeaders.CONNECTION, "close");
		}
		return response.setComplete();
	}

	/**
	 * Add an HTTP exception's headers to a response, over those of filters, but for those
	 * that describe the body that goes with the exception's detail.
	 * @param response the response, not yet committed
	 * @param exception the exception
	 */
	public static void addHeaders(ServerHttpResponse response, HttpException exception) {
		HttpHeaders headers = response.getHeaders();
		if (exception.getHeaders().isEmpty()) {
			return;
		}
		exception.getHeaders().forEach((name, values) -> {
			if (HttpHeaders.VARY.equalsIgnoreCase(name)) {
				headers.addAll(name, values);
			}
			else if (!BODY_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
				copyHeader(headers, name, values);
			}
		});
	}

	/** Filters may add to it when the response is committed. */
	private static void copyHeader(HttpHeaders headers, String name, List<String> values) {
		headers.put(name, new ArrayList<>(values));
	}

	/**
	 * Write the plain 500 that tells a client nothing about the error.
	 * @param exchange the exchange, its response not yet committed
	 * @param limit fails what does not end
	 * @return completes when the response has been written
	 */
	public Mono<Void> writeServerError(ServerWebExchange exchange, UnaryOperator<Mono<Void>> limit) {
		ServerHttpResponse response = exchange.getResponse();
		if (this.problemDetailWriter == null) {
			return limit.apply(writeServerErrorText(response));
		}
		response.getHeaders().clearContentHeaders();
		response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
		HttpException exception = new HttpException(HttpStatus.INTERNAL_SERVER_ERROR);
		return writeProblem(this.problemDetailWriter, exchange, exception, exception,
				() -> writeServerErrorText(response), limit);
	}

	private Mono<Void> writeServerErrorText(ServerHttpResponse response) {
		return writeServerError(response, HttpHeaders.EMPTY, HttpStatus.INTERNAL_SERVER_ERROR.getReasonPhrase());
	}

	/**
	 * Write a 500 with a body, over the content headers of what failed.
	 * @param response the response, not yet committed
	 * @param headers headers that replace those of the response and of filters
	 * @param body the body
	 * @return completes when the response has been written
	 */
	public Mono<Void> writeServerError(ServerHttpResponse response, HttpHeaders headers, String body) {
		response.getHeaders().clearContentHeaders();
		response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
		headers.forEach((name, values) -> copyHeader(response.getHeaders(), name, values));
		// Once more, over what filters set when the response is committed
		response.beforeCommit(() -> Mono
			.fromRunnable(() -> headers.forEach((name, values) -> copyHeader(response.getHeaders(), name, values))));
		return writeText(response, body);
	}

	private static Mono<Void> writeText(ServerHttpResponse response, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		HttpHeaders headers = response.getHeaders();
		if (headers.getFirst(HttpHeaders.CONTENT_TYPE) == null) {
			headers.setContentType(TEXT_PLAIN_UTF8);
		}
		headers.setContentLength(bytes.length);
		DataBuffer buffer = response.bufferFactory().wrap(bytes);
		return response.writeWith(Mono.just(buffer));
	}

	private static boolean hasNoBody(HttpStatusCode status) {
		return status.is1xxInformational() || status.isSameCodeAs(HttpStatus.NO_CONTENT)
				|| status.isSameCodeAs(HttpStatus.RESET_CONTENT) || status.isSameCodeAs(HttpStatus.NOT_MODIFIED);
	}

}
