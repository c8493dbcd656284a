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

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A handled exception of a WebSocket session: raised by a {@code WebSocketHandler} to say
 * with which code and reason the session is closed. Modelled on Starlette's
 * {@code WebSocketException}.
 * <p>
 * As an {@link HttpException} it is not an error and carries no stack trace unless a
 * subclass asks for one. Raised before the session is open, it is an error of the
 * request: use an {@code HttpException} there.
 *
 * @since 0.1.0
 * @see WebSocketExceptionHandler
 */
public class WebSocketException extends RuntimeException {

	private static final int POLICY_VIOLATION = 1008;

	/** The code of the close frame. */
	private final int code;

	/** What the client is told. */
	private final String reason;

	/**
	 * Create an exception that closes the session with 1008, "policy violation".
	 */
	public WebSocketException() {
		this(POLICY_VIOLATION);
	}

	/**
	 * Create an exception without a reason.
	 * @param code the code to close the session with
	 * @throws IllegalArgumentException if RFC 6455, section 7.4, does not allow an
	 * endpoint to send the code
	 */
	public WebSocketException(int code) {
		this(code, null);
	}

	/**
	 * Create an exception with a reason for the client.
	 * @param code the code to close the session with
	 * @param reason what to tell the client, or {@code null} for nothing; sent up to 123
	 * bytes of UTF-8
	 * @throws IllegalArgumentException if RFC 6455, section 7.4, does not allow an
	 * endpoint to send the code
	 */
	public WebSocketException(int code, @Nullable String reason) {
		this(code, reason, null, false);
	}

	/**
	 * Create an exception of a subclass that may want a cause and a stack trace.
	 * @param code the code to close the session with
	 * @param reason what to tell the client, or {@code null} for nothing; sent up to 123
	 * bytes of UTF-8
	 * @param cause what led to this exception, never told to the client; may be
	 * {@code null}
	 * @param writableStackTrace whether to fill in the stack trace, at its cost
	 * @throws IllegalArgumentException if RFC 6455, section 7.4, does not allow an
	 * endpoint to send the code
	 */
	protected WebSocketException(int code, @Nullable String reason, @Nullable Throwable cause,
			boolean writableStackTrace) {
		super(null, cause, true, writableStackTrace);
		Assert.isTrue(isSendable(code),
				() -> "%d is no code that an endpoint may close a WebSocket with. Use 1000 to 1003, 1007 to 1013, "
					.formatted(code) + "or one of the application's own from 3000 to 4999.");
		this.code = code;
		this.reason = (reason != null) ? reason : "";
	}

	/**
	 * 1004 to 1006 and 1015 are reserved. 1012 and 1013 were registered later, as 1014
	 * was, which Tomcat does not send.
	 */
	private static boolean isSendable(int code) {
		return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999);
	}

	/**
	 * Return the code that the session is closed with.
	 * @return the code
	 */
	public int getCode() {
		return this.code;
	}

	/**
	 * Return what the client is told.
	 * @return the reason, empty if there is none
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return the code and the reason, such as {@code 1008: Unknown topic}.
	 */
	@Override
	public String getMessage() {
		return this.code + ": " + this.reason;
	}

}
