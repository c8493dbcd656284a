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

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;

import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.invocation.HandlerInvoker;
import io.starlet.invocation.UnresolvedArgumentException;
import io.starlet.registry.RegisteredHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.registry.TriedHandlers;
import io.starlet.response.DefaultResponseWriter;
import io.starlet.response.ErrorResumingMono;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.response.UnconditionalExchange;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.log.LogFormatUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;

/**
 * Turns handled exceptions into responses, in whichever layer they are caught (rules R1
 * to R16).
 *
 * @since 0.1.0
 */
public final class ExceptionResponder {

	private static final Log logger = LogFactory.getLog(ExceptionResponder.class);

	private static final String UNHANDLED_ATTRIBUTE = ExceptionResponder.class.getName() + ".unhandled";

	private final RegisteredHandlers handlers;

	private final HttpExceptionResolver httpExceptionResolver;

	private final HandlerInvoker handlerInvoker;

	private final DefaultResponseWriter defaultResponseWriter;

	private final ExceptionLog exceptionLog;

	private final Duration handlerTimeout;

	/**
	 * Create a responder.
	 * @param handlers the registered handlers
	 * @param httpExceptionResolver tells HTTP exceptions from errors
	 * @param handlerInvoker calls a handler
	 * @param defaultResponseWriter answers without a handler
	 * @param exceptionLog logs handled exceptions
	 * @param handlerTimeout how long a handler may take until the response has started;
	 * zero if there is no limit
	 */
	public ExceptionResponder(RegisteredHandlers handlers, HttpExceptionResolver httpExceptionResolver,
			HandlerInvoker handlerInvoker, DefaultResponseWriter defaultResponseWriter, ExceptionLog exceptionLog,
			Duration handlerTimeout) {
		this.handlers = handlers;
		this.httpExceptionResolver = httpExceptionResolver;
		this.handlerInvoker = handlerInvoker;
		this.defaultResponseWriter = defaultResponseWriter;
		this.exceptionLog = exceptionLog;
		this.handlerTimeout = handlerTimeout;
	}

	/**
	 * Answer a handled exception.
	 * @param exchange the exchange
	 * @param exception the exception
	 * @param before what had been set on the response, for what follows a handler that
	 * fails
	 * @return completes when the response has been written; fails with the exception if
	 * it is an error, with another if its handler fails, and with an
	 * {@code IllegalStateException} if the response had already started
	 */
	Mono<Void> respond(ServerWebExchange exchange, Throwable exception, ResponseSnapshot before) {
		return respond(exchange, exception, TriedHandlers.NONE, null, false, before);
	}

	boolean hasHandler(HttpStatus status) {
		return this.handlers.hasHandlerForStatus(status.value());
	}

	/**
	 * Answer a handled exception in the inner layer, from where what Spring Security's
	 * filters translate goes on to them.
	 * @param exchange the exchange
	 * @param exception the exception
	 * @param before what filters had set on the response
	 * @return like {@link #respond}
	 */
	Mono<Void> respondWithinFilters(ServerWebExchange exchange, Throwable exception, ResponseSnapshot before) {
		Throwable carried = HttpExceptionResolver.unwrap(exception);
		if (this.handlers.isLeftToSecurity(exchange, carried)) {
			return Mono.error(exchange.getResponse().isCommitted() ? alreadyStarted(exception) : carried);
		}
		return (exception == exchange.getAttribute(UNHANDLED_ATTRIBUTE)) ? Mono.error(exception)
				: respond(exchange, exception, before);
	}

	/**
	 * Find the answer to a status that no exception was raised for.
	 * @param exchange the exchange
	 * @param status the status
	 * @return calls the handler of the status; {@code null} if there is none
	 */
	@Nullable Mono<Void> findResponse(ServerWebExchange exchange, HttpStatusCode status) {
		RegisteredHandler handler = this.handlers.findForStatus(exchange, status.value());
		return (handler == null) ? null : Mono.defer(() -> {
			HttpException exception = new HttpException(status);
			return answer(exchange, exception, exception, handler, TriedHandlers.NONE, false,
					ResponseSnapshot.of(exchange))
				// It comes to the inner layer, whose handlers have been asked
				.doOnError((error) -> exchange.getAttributes().put(UNHANDLED_ATTRIBUTE, error));
		});
	}

	private Mono<Void> respond(ServerWebExchange exchange, Throwable raised, TriedHandlers tried,
			@Nullable Throwable translated, boolean logged, ResponseSnapshot before) {
		Throwable exception = HttpExceptionResolver.unwrap(raised);
		HttpException httpException = this.httpExceptionResolver.resolve(exception);
		RegisteredHandler handler = this.handlers.find(exchange, exception, httpException, tried);
		boolean error = handler == null && httpException == null;
		this.exceptionLog.translated(logger, raised, translated, error);
		if (error) {
			return Mono.error(raised);
		}
		if (httpException == null && DisconnectedClient.isSuspected(exception)) {
			return DisconnectedClient.isGone(exchange.getResponse(), exception)
				.flatMap((gone) -> gone ? Mono.error(raised)
						: answer(exchange, raised, httpException, handler, tried, logged, before));
		}
		return answer(exchange, raised, httpException, handler, tried, logged, before);
	}

	private Mono<Void> answer(ServerWebExchange exchange, Throwable raised, @Nullable HttpException httpException,
			@Nullable RegisteredHandler handler, TriedHandlers tried, boolean logged, ResponseSnapshot before) {
		Throwable exception = HttpExceptionResolver.unwrap(raised);
		if (exchange.getResponse().isCommitted()) {
			return Mono.error(alreadyStarted(raised));
		}
		boolean loggedLater = !logged && handler != null && httpException == null && this.exceptionLog.needsStatus();
		if (!logged && !loggedLater) {
			logHandled(exchange, exception, httpException, handler);
		}
		if (handler != null) {
			Mono<Void> called = call(handler, exchange, exception, httpException);
			return ErrorResumingMono.of(
					loggedLater ? called.doOnSuccess((done) -> logHandled(exchange, exception, null, handler)) : called,
					(failure) -> {
						before.restore(exchange);
						if (failure instanceof ResponseTimeoutException) {
							return giveUp(exchange, exception, httpException, failure);
						}
						TriedHandlers nowTried = tried.with(handler);
						return isClientInput(failure)
								? respond(exchange, raised, nowTried, failure, !loggedLater, before)
								: respond(exchange, failure, nowTried, raised, !loggedLater, before);
					});
		}
		Assert.state(httpException != null, "Neither a handler nor an HTTP exception");
		return answerWithoutHandler(exchange, exception, httpException);
	}

	private static IllegalStateException alreadyStarted(Throwable raised) {
		return new IllegalStateException("Caught handled exception, but response already started.", raised);
	}

	private Mono<Void> answerWithoutHandler(ServerWebExchange exchange, Throwable exception,
			HttpException httpException) {
		recordServerError(exchange, httpException.getStatusCode(), exception);
		prepare(exchange, exception);
		return this.defaultResponseWriter.write(exchange, httpException, exception,
				(answer) -> limit(exchange, answer, exception));
	}

	/** A client that has waited for one handler is not to wait for another. */
	private Mono<Void> giveUp(ServerWebExchange exchange, Throwable exception, @Nullable HttpException httpException,
			Throwable failure) {
		if (httpException == null || exchange.getResponse().isCommitted()) {
			return Mono.error(failure);
		}
		return answerWithoutHandler(exchange, exception, httpException)
			.doOnError((error) -> this.exceptionLog.addSuppressed(logger, error, failure))
			.doOnSuccess(
					(done) -> this.exceptionLog.error(logger,
							"%sHTTP %s \"%s\" got the default answer".formatted(exchange.getLogPrefix(),
									exchange.getRequest().getMethod(), exchange.getRequest().getURI().getRawPath()),
							failure));
	}

	/**
	 * Fail an answer, or what is left to do for one, if it does not end, as codecs,
	 * filters and actions before the commit take part in it.
	 * @param exchange the exchange
	 * @param answer writes the answer
	 * @param exception the exception that is answered
	 * @return completes when the answer has
	 */
	Mono<Void> limit(ServerWebExchange exchange, Mono<Void> answer, Throwable exception) {
		return TimeLimitedMono.of(answer, exchange.getResponse(), this.handlerTimeout, () -> "The answer", exception);
	}

	/**
	 * Call a handler and have its response written.
	 * @param handler the handler
	 * @param exchange the exchange, its response not committed
	 * @param exception the exception
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @return completes when the response has been written
	 */
	Mono<Void> call(RegisteredHandler handler, ServerWebExchange exchange, Throwable exception,
			@Nullable HttpException httpException) {
		ServerHttpResponse response = exchange.getResponse();
		WrittenResponse written = WrittenResponse.of(response);
		ServerWebExchange target = UnconditionalExchange
			.of((written != null) ? exchange.mutate().response(written).build() : exchange);
		Mono<Void> called = Mono.defer(() -> {
			prepare(exchange, exception);
			setProducible(exchange, handler.getProduces());
			response.setStatusCode(
					(httpException != null) ? httpException.getStatusCode() : HttpStatus.INTERNAL_SERVER_ERROR);
			HandlerMethod method = handler.getMethod();
			return (method != null) ? this.handlerInvoker.invoke(method, target, exception, httpException)
					: this.handlerInvoker.invoke(handler.getHandler(HttpExceptionHandler.class), target,
							handler.selectArgument(exception, httpException));
		}).then(Mono.defer(() -> {
			recordServerError(exchange, response.getStatusCode(), exception);
			boolean sent = response.isCommitted() || (written != null && written.isWritten());
			return sent ? Mono.empty() : complete(handler, response, exception, httpException);
		}));
		return TimeLimitedMono.of(called, response, this.handlerTimeout, () -> "Exception handler, " + handler + ",",
				exception);
	}

	/**
	 * A handler that returned nothing must not turn the exception into an empty 200: the
	 * status stands, if there is one.
	 */
	private Mono<Void> complete(RegisteredHandler handler, ServerHttpResponse response, Throwable exception,
			@Nullable HttpException httpException) {
		if (TrackedResponse.isWritten(response)) {
			return response.setComplete();
		}
		boolean setByHandler = !HttpStatus.INTERNAL_SERVER_ERROR.equals(response.getStatusCode());
		if (!setByHandler && (httpException == null || isServerError(exception, httpException))) {
			return Mono
				.error(new IllegalStateException("Exception handler, %s, returned nothing and set no status for %s"
					.formatted(handler, exception.getClass().getName()), exception));
		}
		return (httpException != null) ? this.defaultResponseWriter.writeWithoutBody(response, httpException)
				: response.setComplete();
	}

	/** Whether the status is not the exception's own but the outer layer's. */
	private static boolean isServerError(Throwable exception, HttpException httpException) {
		return httpException != exception && HttpStatus.INTERNAL_SERVER_ERROR.equals(httpException.getStatusCode());
	}

	private static void prepare(ServerWebExchange exchange, Throwable exception) {
		TrackedResponse.noteAnswer(exchange.getResponse(), exception);
		ReplaceableResponse.release(exchange.getResponse());
		exchange.getAttributes().remove(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
		HttpHeaders headers = exchange.getResponse().getHeaders();
		if (!headers.isEmpty()) {
			headers.clearContentHeaders();
		}
		Object variables = exchange.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
		if (variables != null) {
			exchange.getAttributes().putIfAbsent(RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE, variables);
		}
	}

	private static void setProducible(ServerWebExchange exchange, List<MediaType> produces) {
		if (!produces.isEmpty() && produces.stream().allMatch(MediaType::isConcrete)) {
			exchange.getAttributes()
				.put(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, new LinkedHashSet<>(produces));
		}
	}

	/**
	 * A header or parameter that a handler asks for and can't be had is no translation:
	 * what a client sends must not make an exception another (rule R40).
	 */
	private static boolean isClientInput(Throwable failure) {
		return failure instanceof UnresolvedArgumentException || failure instanceof HandlerMethodValidationException
				|| failure instanceof InvalidMediaTypeException;
	}

	/** A handled 5xx is an error for those who observe the server, a 4xx is none. */
	private static void recordServerError(ServerWebExchange exchange, @Nullable HttpStatusCode status,
			Throwable exception) {
		if (status != null && status.is5xxServerError()) {
			exchange.getAttributes().put(ExceptionHandlingWebHandler.HANDLED_WEB_EXCEPTION, exception);
		}
	}

	private void logHandled(ServerWebExchange exchange, Throwable exception, @Nullable HttpException httpException,
			@Nullable RegisteredHandler handler) {
		HttpStatusCode status = (httpException != null) ? httpException.getStatusCode()
				: exchange.getResponse().getStatusCode();
		this.exceptionLog.handled(logger, () -> {
			Object message = HttpExceptionResolver.getMessage((httpException != null) ? httpException : exception);
			return "%sHandled %s: %s, by %s".formatted(exchange.getLogPrefix(),
					ClassUtils.getShortName(exception.getClass()), LogFormatUtils.formatValue(message, 200, true),
					(handler != null) ? handler : "the default answer");
		}, exception, (status != null) ? status.value() : 0);
	}

}
