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

import io.starlet.HttpException;
import io.starlet.registry.RegisteredHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.DefaultResponseWriter;
import io.starlet.response.ErrorResumingMono;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.traceback.AllowedAddresses;
import io.starlet.traceback.TracebackRenderer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The outer layer: anything unhandled becomes a 500 or, with debug on, a traceback, and
 * then goes on to the application's {@code WebExceptionHandler}s (rules R17 to R25).
 *
 * @since 0.1.0
 */
public final class ServerErrorWebFilter implements WebFilter, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(ServerErrorWebFilter.class);

	/** Known from nginx: a client closed its request. Never sent, only observed. */
	private static final HttpStatusCode CLIENT_CLOSED_REQUEST = HttpStatusCode.valueOf(499);

	private final ExceptionResponder responder;

	private final RegisteredHandlers handlers;

	private final HttpExceptionResolver httpExceptionResolver;

	private final DefaultResponseWriter defaultResponseWriter;

	private final ExceptionLog exceptionLog;

	private final FilterExceptions filterExceptions;

	private final @Nullable TracebackRenderer traceback;

	private final AllowedAddresses allowedAddresses;

	/**
	 * Create the outer layer.
	 * @param responder answers HTTP exceptions that filters raise
	 * @param handlers know the server-error handler
	 * @param httpExceptionResolver tells HTTP exceptions from errors
	 * @param defaultResponseWriter answers without a handler
	 * @param exceptionLog logs what an error can't suppress
	 * @param filterExceptions what becomes of HTTP exceptions that filters raise
	 * @param traceback renders errors; {@code null} if nobody is to see tracebacks
	 * @param allowedAddresses who may see them
	 */
	public ServerErrorWebFilter(ExceptionResponder responder, RegisteredHandlers handlers,
			HttpExceptionResolver httpExceptionResolver, DefaultResponseWriter defaultResponseWriter,
			ExceptionLog exceptionLog, FilterExceptions filterExceptions, @Nullable TracebackRenderer traceback,
			AllowedAddresses allowedAddresses) {
		this.responder = responder;
		this.handlers = handlers;
		this.httpExceptionResolver = httpExceptionResolver;
		this.defaultResponseWriter = defaultResponseWriter;
		this.exceptionLog = exceptionLog;
		this.filterExceptions = filterExceptions;
		this.traceback = traceback;
		this.allowedAddresses = allowedAddresses;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		// Asked now, as a server may use its request again once it has ended
		TracebackRenderer renderer = (this.traceback != null && this.allowedAddresses.allows(exchange.getRequest()))
				? this.traceback : null;
		ServerWebExchange observed = (renderer != null) ? renderer.observe(exchange) : exchange;
		return new ErrorResumingMono(chain.filter(observed)) {
			@Override
			protected Mono<Void> resume(Throwable error) {
				return ServerErrorWebFilter.this.handle(observed, error, renderer);
			}

			/** Spring would do so behind all who handle and log errors. */
			@Override
			protected @Nullable Mono<Void> proceed() {
				return observed.getResponse().isCommitted() ? null
						: complete(observed).doOnError((error) -> HandledExceptionWebFilter.restore(observed));
			}

			@Override
			protected void beforeSubscription(ContextView context) {
				HandledExceptionWebFilter.keepContext(exchange, context);
			}
		};
	}

	private Mono<Void> handle(ServerWebExchange exchange, Throwable raised, @Nullable TracebackRenderer renderer) {
		HttpException httpException = this.httpExceptionResolver.resolve(HttpExceptionResolver.unwrap(raised));
		if (httpException != null && this.filterExceptions == FilterExceptions.HANDLE) {
			dropTasks(exchange);
			ResponseSnapshot before = ResponseSnapshot.of(exchange);
			// Also what the exception throws when it is asked is answered
			Mono<Void> response = ErrorResumingMono.of(Mono.error(raised),
					(same) -> this.responder.respond(exchange, raised, before));
			return response.then(complete(exchange)).onErrorResume((error) -> {
				before.restore(exchange);
				return handleError(exchange, error, renderer);
			});
		}
		return handleError(exchange, raised, renderer);
	}

	/** What is written in answer to HEAD does not commit the response. */
	private Mono<Void> complete(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		return Mono.defer(() -> {
			if (response.isCommitted()) {
				return Mono.empty();
			}
			Throwable answered = TrackedResponse.getAnswered(response);
			Mono<Void> complete = response.setComplete();
			return (answered != null) ? this.responder.limit(exchange, complete, answered) : complete;
		});
	}

	private Mono<Void> handleError(ServerWebExchange exchange, Throwable error, @Nullable TracebackRenderer renderer) {
		return DisconnectedClient.isGone(exchange.getResponse(), error)
			.flatMap((gone) -> gone ? abandon(exchange) : answer(exchange, error, renderer).then(Mono.error(error)));
	}

	private static Mono<Void> abandon(ServerWebExchange exchange) {
		exchange.getResponse().setStatusCode(CLIENT_CLOSED_REQUEST);
		ServerRequestObservationContext.findCurrent(exchange.getAttributes())
			.ifPresent((context) -> context.setConnectionAborted(true));
		return Mono.empty();
	}

	/** Never fails, so that the error goes on whatever becomes of the answer. */
	private Mono<Void> answer(ServerWebExchange exchange, Throwable error, @Nullable TracebackRenderer renderer) {
		dropTasks(exchange);
		ServerHttpResponse response = exchange.getResponse();
		ResponseSnapshot before = ResponseSnapshot.of(exchange);
		Mono<Void> answer = ErrorResumingMono.of(Mono.defer(() -> tryAnswer(exchange, error, renderer)), (failure) -> {
			this.exceptionLog.addSuppressed(logger, error, failure);
			before.restore(exchange);
			return response.isCommitted() ? Mono.empty() : writeServerError(exchange, error);
		});
		return ErrorResumingMono.of(answer, (failure) -> {
			this.exceptionLog.addSuppressed(logger, error, failure);
			if (!response.isCommitted()) {
				// Of a body that is not there
				response.getHeaders().clearContentHeaders();
			}
			return Mono.empty();
		})
			.then(noteFailure(Mono.defer(() -> response.isCommitted() ? Mono.empty()
					// Even for HEAD, so that no WebExceptionHandler answers once more
					: this.responder.limit(exchange, response.setComplete(), error)), error))
			.then(Mono.fromRunnable(() -> cut(response, error)));
	}

	private Mono<Void> writeServerError(ServerWebExchange exchange, Throwable error) {
		return this.defaultResponseWriter.writeServerError(exchange,
				(answer) -> this.responder.limit(exchange, answer, error));
	}

	private Mono<Void> tryAnswer(ServerWebExchange exchange, Throwable error, @Nullable TracebackRenderer renderer) {
		ServerHttpResponse response = exchange.getResponse();
		RegisteredHandler handler = this.handlers.findServerErrorHandler(exchange);
		if (handler != null && renderer == null) {
			return callHandler(exchange, error, handler);
		}
		if (response.isCommitted()) {
			return Mono.empty();
		}
		if (renderer == null) {
			return writeServerError(exchange, error);
		}
		return renderer.render(exchange, HttpExceptionResolver.unwrap(error)).flatMap((traceback) -> {
			Mono<Void> answer = this.defaultResponseWriter.writeServerError(response, traceback.headers(),
					traceback.body());
			// On another thread, where nobody else takes what Reactor throws
			return ErrorResumingMono.signallingErrors(this.responder.limit(exchange, answer, error));
		});
	}

	/** Whatever a WebExceptionHandler makes of the error. */
	private static void cut(ServerHttpResponse response, Throwable error) {
		TrackedResponse tracked = TrackedResponse.find(response);
		if (tracked != null && response.isCommitted() && !tracked.isWhole()) {
			tracked.cut(error);
		}
	}

	/**
	 * They belong to the response that this one replaces, if the client did not get it.
	 */
	private static void dropTasks(ServerWebExchange exchange) {
		if (!TrackedResponse.isWhole(exchange.getResponse())) {
			AfterResponse.keepFirst(exchange, 0);
		}
	}

	/**
	 * Report an error that came after the response had been sent: the server-error
	 * handler runs, and its response is discarded (rule R31).
	 * @param exchange the exchange, whose response is not touched
	 * @param error the error; if the handler fails, that is suppressed in it
	 * @return completes when that has been done, and never fails
	 */
	public Mono<Void> reportAfterResponse(ServerWebExchange exchange, Throwable error) {
		Mono<Void> handled = Mono.defer(() -> {
			RegisteredHandler handler = this.handlers.findServerErrorHandler(exchange);
			return (handler != null) ? callHandler(discarding(exchange), error, handler) : Mono.empty();
		});
		return noteFailure(handled, error);
	}

	private Mono<Void> noteFailure(Mono<Void> source, Throwable error) {
		return ErrorResumingMono.of(source, (failure) -> {
			this.exceptionLog.addSuppressed(logger, error, failure);
			return Mono.empty();
		});
	}

	private static ServerWebExchange discarding(ServerWebExchange exchange) {
		return exchange.mutate().response(new DiscardedResponse(exchange.getResponse().bufferFactory())).build();
	}

	private Mono<Void> callHandler(ServerWebExchange exchange, Throwable error, RegisteredHandler handler) {
		ServerWebExchange target = exchange.getResponse().isCommitted() ? discarding(exchange) : exchange;
		Throwable exception = HttpExceptionResolver.unwrap(error);
		HttpException httpException = new HttpException(HttpStatus.INTERNAL_SERVER_ERROR, null, null, exception);
		return Mono.deferContextual((context) -> this.responder.call(handler, target, exception, httpException)
			.contextWrite(HandledExceptionWebFilter.getContext(exchange, context)));
	}

}
