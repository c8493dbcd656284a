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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import io.starlet.HttpException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.StringUtils;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.MethodNotAllowedException;

/**
 * Tells whether an exception is an HTTP exception, and what it says to the client (rules
 * R5 to R7 and R11).
 *
 * @since 0.1.0
 */
public final class HttpExceptionResolver {

	/** One may be its own cause's cause. */
	private static final int MAX_WRAPPERS = 100;

	/** Kept with each class, so that no class is kept by it. */
	private static final ClassValue<@Nullable ResponseStatus> RESPONSE_STATUSES = new ClassValue<>() {
		@Override
		protected @Nullable ResponseStatus computeValue(Class<?> type) {
			// Spring would keep an annotated class until memory is scarce
			ResponseStatus declared = type.getDeclaredAnnotation(ResponseStatus.class);
			return (declared != null) ? AnnotationUtils.synthesizeAnnotation(declared, null)
					: AnnotatedElementUtils.findMergedAnnotation(type, ResponseStatus.class);
		}
	};

	/**
	 * Resolve an exception to the {@link HttpException} that it is or amounts to.
	 * @param exception the exception, without wrappers
	 * @return the exception itself if it is an {@code HttpException}; one with its
	 * status, detail and headers and the exception as cause if it is another HTTP
	 * exception; {@code null} if it is an error
	 */
	public @Nullable HttpException resolve(Throwable exception) {
		if (exception instanceof HttpException httpException) {
			return httpException;
		}
		try {
			return (exception instanceof ErrorResponse errorResponse) ? resolve(exception, errorResponse)
					: resolve(exception, RESPONSE_STATUSES.get(exception.getClass()));
		}
		catch (Throwable ex) {
			// It is an error then, and is asked more than once
			if (Arrays.stream(exception.getSuppressed()).noneMatch((one) -> one.getClass() == ex.getClass())) {
				exception.addSuppressed(ex);
			}
			return null;
		}
	}

	/**
	 * Look through wrappers that only carry another exception (rule R7).
	 * @param exception the exception
	 * @return what it carries, or the exception itself
	 */
	public static Throwable unwrap(Throwable exception) {
		Throwable current = Exceptions.unwrap(exception);
		Throwable carried = getCarried(current);
		for (int wrappers = 0; carried != null && wrappers < MAX_WRAPPERS; wrappers++) {
			current = Exceptions.unwrap(carried);
			carried = getCarried(current);
		}
		return current;
	}

	private static @Nullable Throwable getCarried(Throwable exception) {
		try {
			return (exception instanceof CompletionException || exception instanceof ExecutionException
					|| exception instanceof InvocationTargetException
					|| exception instanceof UndeclaredThrowableException) ? exception.getCause() : null;
		}
		catch (Throwable ex) {
			// It can't tell, and is the exception itself then
			return null;
		}
	}

	/**
	 * Return an exception's message. One that can't be told is no reason not to answer.
	 * @param exception the exception
	 * @return its message; {@code null} if it has none or fails to tell it
	 */
	public static @Nullable String getMessage(Throwable exception) {
		try {
			return exception.getMessage();
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private static @Nullable HttpException resolve(Throwable exception, ErrorResponse errorResponse) {
		HttpStatusCode status = errorResponse.getStatusCode();
		return isServerError(status) ? null
				: new HttpException(status, detail(errorResponse), errorResponse.getHeaders(), exception);
	}

	private static @Nullable HttpException resolve(Throwable exception, @Nullable ResponseStatus annotation) {
		return (annotation == null || isServerError(annotation.code())) ? null : new HttpException(annotation.code(),
				StringUtils.hasText(annotation.reason()) ? annotation.reason() : null, null, exception);
	}

	private static boolean isServerError(HttpStatusCode status) {
		return status.value() == HttpStatus.INTERNAL_SERVER_ERROR.value();
	}

	/**
	 * Spring's detail for a missing resource names the path, and for a wrong method
	 * repeats the {@code Allow} header: Starlette answers both with the reason phrase.
	 */
	private static @Nullable String detail(ErrorResponse errorResponse) {
		boolean reasonPhrase = errorResponse instanceof NoResourceFoundException
				|| errorResponse instanceof MethodNotAllowedException;
		return reasonPhrase ? null : errorResponse.getBody().getDetail();
	}

}
