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

package io.starlet;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * A handled exception: raised by an endpoint to say with which HTTP status it ends, and
 * turned into a response before any {@code WebFilter} sees it. Modelled on Starlette's
 * {@code HTTPException}.
 * <p>
 * It is not an error, so it carries no stack trace unless a subclass asks for one. The
 * detail is meant for the client and becomes the body of the response where no handler is
 * registered. Raise a new instance each time: Reactor and Starlet attach suppressed
 * exceptions to the instance that they see.
 *
 * @since 0.1.0
 * @see StatusHandler
 * @see ExceptionHandlerFor
 */
public class HttpException extends RuntimeException implements ErrorResponse {

	/** The status of the response. */
	private final HttpStatusCode statusCode;

	/** What the client is told. */
	private final String detail;

	/** Headers of the response. */
	private final HttpHeaders headers;

	private transient @Nullable ProblemDetail body;

	/**
	 * Create an exception whose detail is the status's reason phrase.
	 * @param status the HTTP status, 100 to 999
	 * @throws IllegalArgumentException if the status is outside of that range
	 */
	public HttpException(int status) {
		this(status, null);
	}

	/**
	 * Create an exception with a detail for the client.
	 * @param status the HTTP status, 100 to 999
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @throws IllegalArgumentException if the status is outside of that range
	 */
	public HttpException(int status, @Nullable String detail) {
		this(status, detail, null);
	}

	/**
	 * Create an exception with a detail and headers for the response. Headers that HTTP
	 * does not allow, such as those with a line break, are left out.
	 * @param status the HTTP status, 100 to 999
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @param headers headers of the response, or {@code null} for none
	 * @throws IllegalArgumentException if the status is outside of that range
	 */
	public HttpException(int status, @Nullable String detail, @Nullable HttpHeaders headers) {
		this(status, detail, headers, null);
	}

	/**
	 * Create an exception with a detail, headers and a cause.
	 * @param status the HTTP status, 100 to 999
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @param headers headers of the response, or {@code null} for none
	 * @param cause what led to this exception, never told to the client; may be
	 * {@code null}
	 * @throws IllegalArgumentException if the status is outside of that range
	 */
	public HttpException(int status, @Nullable String detail, @Nullable HttpHeaders headers,
			@Nullable Throwable cause) {
		this(HttpStatusCode.valueOf(status), detail, headers, cause);
	}

	/**
	 * Create an exception whose detail is the status's reason phrase.
	 * @param status the HTTP status
	 */
	public HttpException(HttpStatusCode status) {
		this(status, null);
	}

	/**
	 * Create an exception with a detail for the client.
	 * @param status the HTTP status
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 */
	public HttpException(HttpStatusCode status, @Nullable String detail) {
		this(status, detail, null);
	}

	/**
	 * Create an exception with a detail and headers for the response. Headers that HTTP
	 * does not allow, such as those with a line break, are left out.
	 * @param status the HTTP status
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @param headers headers of the response, or {@code null} for none
	 */
	public HttpException(HttpStatusCode status, @Nullable String detail, @Nullable HttpHeaders headers) {
		this(status, detail, headers, null);
	}

	/**
	 * Create an exception with a detail, headers and a cause.
	 * @param status the HTTP status
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @param headers headers of the response, or {@code null} for none
	 * @param cause what led to this exception, never told to the client; may be
	 * {@code null}
	 */
	public HttpException(HttpStatusCode status, @Nullable String detail, @Nullable HttpHeaders headers,
			@Nullable Throwable cause) {
		this(status, detail, headers, cause, false);
	}

	/**
	 * Create an exception of a subclass that may want a stack trace.
	 * @param status the HTTP status
	 * @param detail what to tell the client, or {@code null} for the reason phrase
	 * @param headers headers of the response, or {@code null} for none
	 * @param cause what led to this exception, never told to the client; may be
	 * {@code null}
	 * @param writableStackTrace whether to fill in the stack trace, at its cost
	 */
	protected HttpException(HttpStatusCode status, @Nullable String detail, @Nullable HttpHeaders headers,
			@Nullable Throwable cause, boolean writableStackTrace) {
		super(null, cause, true, writableStackTrace);
		this.statusCode = status;
		this.detail = (detail != null) ? detail : reasonPhrase(status);
		this.headers = (headers != null) ? HttpHeaders.readOnlyHttpHeaders(withoutIllegal(headers)) : HttpHeaders.EMPTY;
	}

	/**
	 * Without headers that would split the response or that begin with a blank: servers
	 * refuse them, and what a client sends could make the exception's response another
	 * one.
	 */
	private static HttpHeaders withoutIllegal(HttpHeaders headers) {
		if (headers.headerSet().stream().allMatch(HttpException::isLegal)) {
			return headers;
		}
		HttpHeaders legal = new HttpHeaders();
		headers.headerSet()
			.stream()
			.filter(HttpException::isLegal)
			.forEach((header) -> legal.put(header.getKey(), header.getValue()));
		return legal;
	}

	private static boolean isLegal(Map.Entry<String, List<String>> header) {
		String name = header.getKey();
		return !name.isEmpty() && name.chars().allMatch(HttpException::isTokenCharacter)
				&& header.getValue()
					.stream()
					.allMatch((value) -> !value.startsWith(" ") && !value.startsWith("\t") && value.chars()
						.allMatch((character) -> character == '\t' || (character >= ' ' && character != 0x7F)));
	}

	private static boolean isTokenCharacter(int character) {
		return character > ' ' && character < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(character) == -1;
	}

	private static String reasonPhrase(HttpStatusCode status) {
		HttpStatus known = (status instanceof HttpStatus httpStatus) ? httpStatus : HttpStatus.resolve(status.value());
		return (known != null) ? known.getReasonPhrase() : "";
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return this.statusCode;
	}

	/**
	 * Return what the client is told.
	 * @return the detail; the reason phrase if none was given, empty if the status has
	 * none
	 */
	public String getDetail() {
		return this.detail;
	}

	/**
	 * Return the headers of the response.
	 * @return the headers, read-only and possibly empty
	 */
	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public ProblemDetail getBody() {
		ProblemDetail body = this.body;
		if (body == null) {
			body = ProblemDetail.forStatusAndDetail(this.statusCode, this.detail);
			this.body = body;
		}
		return body;
	}

	/**
	 * Return the status and the detail, such as {@code 404: Not Found}.
	 */
	@Override
	public String getMessage() {
		return this.statusCode.value() + ": " + this.detail;
	}

}
