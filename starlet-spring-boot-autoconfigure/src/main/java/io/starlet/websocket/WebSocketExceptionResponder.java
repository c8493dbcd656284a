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

package io.starlet.websocket;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.List;

import io.starlet.HttpException;
import io.starlet.WebSocketException;
import io.starlet.WebSocketExceptionHandler;
import io.starlet.invocation.HandlerInvoker;
import io.starlet.registry.RegisteredHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.registry.TriedHandlers;
import io.starlet.response.ExceptionLog;
import io.starlet.response.ErrorResumingMono;
import io.starlet.response.HttpExceptionResolver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.log.LogFormatUtils;
import org.springframework.http.HttpStatus;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.server.ServerWebExchange;

/**
 * Closes sessions whose handler failed, with a registered handler or with the code and
 * reason that the exception stands for (rules R26 to R28).
 *
 * @since 0.1.0
 */
public final class WebSocketExceptionResponder {

	private static final Log logger = LogFactory.getLog(WebSocketExceptionResponder.class);

	private static final CloseStatus INTERNAL_ERROR = CloseStatus.SERVER_ERROR.withReason("Internal Error");

	private final RegisteredHandlers handlers;

	private final HttpExceptionResolver httpExceptionResolver;

	private final HandlerInvoker handlerInvoker;

	private final Duration closeTimeout;

	private final ExceptionLog exceptionLog;

	/**
	 * Create a responder.
	 * @param handlers the registered handlers
	 * @param httpExceptionResolver tells HTTP exceptions from errors
	 * @param handlerInvoker calls a handler
	 * @param closeTimeout how long a handler may take to close a session, and a client to
	 * take the close frame
	 * @param exceptionLog logs exceptions
	 */
	public WebSocketExceptionResponder(RegisteredHandlers handlers, HttpExceptionResolver httpExceptionResolver,
			HandlerInvoker handlerInvoker, Duration closeTimeout, ExceptionLog exceptionLog) {
		this.handlers = handlers;
		this.httpExceptionResolver = httpExceptionResolver;
		this.handlerInvoker = handlerInvoker;
		this.closeTimeout = closeTimeout;
		this.exceptionLog = exceptionLog;
	}

	/**
	 * Close a session because of an exception.
	 * @param session the session
	 * @param handshake the exchange that opened it
	 * @param raised the exception
	 * @return completes when the session has been closed; fails if it could not be
	 */
	Mono<Void> respond(TrackedWebSocketSession session, ServerWebExchange handshake, Throwable raised) {
		Mono<Void> failed = session.fail(this.closeTimeout).timeout(this.closeTimeout, Mono.empty());
		return failed.doOnError((failure) -> this.exceptionLog.addSuppressed(logger, raised, failure))
			.onErrorComplete()
			.then(ErrorResumingMono.of(Mono.error(raised),
					(same) -> tryRespond(session, handshake, raised, TriedHandlers.NONE, null, false)))
			.onErrorResume((error) -> {
				logError(handshake, error);
				return close(session, handshake, INTERNAL_ERROR);
			});
	}

	private Mono<Void> tryRespond(TrackedWebSocketSession session, ServerWebExchange handshake, Throwable raised,
			TriedHandlers tried, @Nullable Throwable translated, boolean ofError) {
		if (session.isLost(raised)) {
			logDebug(handshake, "WebSocket session was lost", raised);
			return logged(disconnect(handshake), ofError ? translated : null, handshake);
		}
		if (session.isMessageTooLong(raised)) {
			logDebug(handshake, "WebSocket message was too long", raised);
			return close(session, handshake, CloseStatus.TOO_BIG_TO_PROCESS);
		}
		Throwable exception = HttpExceptionResolver.unwrap(raised);
		HttpException httpException = this.httpExceptionResolver.resolve(exception);
		RegisteredHandler handler = this.handlers.findForWebSocket(handshake, exception, httpException, tried);
		CloseStatus status = getCloseStatus(exception, httpException);
		boolean unhandled = status == null && (handler == null || this.handlers.takesAnyError(handler));
		boolean error = unhandled || ofError;
		this.exceptionLog.translated(logger, raised, translated, error);
		if (!error && tried.isEmpty()) {
			logHandled(handshake, exception, httpException, handler);
		}
		if (handler == null || session.isClosed()) {
			if (error && status == null) {
				return Mono.error(raised);
			}
			Mono<Void> closed = close(session, handshake, (status != null) ? status : INTERNAL_ERROR);
			return error ? logged(closed, raised, handshake)
				.doOnError((failure) -> this.exceptionLog.addSuppressed(logger, failure, raised)) : closed;
		}
		Mono<Void> handled = call(handler, session, handshake, exception,
				unhandled ? serverError(exception) : httpException)
			.then(checkClosed(session, handler, exception))
			.timeout(this.closeTimeout, Mono.error(() -> new UnclosedSessionException(handler,
					"did not close the session within " + this.closeTimeout, exception)));
		return logged(handled, error ? raised : null, handshake).onErrorResume(
				(failure) -> !(failure instanceof UnclosedSessionException),
				(failure) -> tryRespond(session, handshake, failure, tried.with(handler), raised, error));
	}

	/** Log the error when its session has been closed. */
	private Mono<Void> logged(Mono<Void> closed, @Nullable Throwable error, ServerWebExchange handshake) {
		return (error != null) ? closed.doOnSuccess((done) -> logError(handshake, error)) : closed;
	}

	private Mono<Void> call(RegisteredHandler handler, TrackedWebSocketSession session, ServerWebExchange handshake,
			Throwable exception, @Nullable HttpException httpException) {
		return ErrorResumingMono.signallingErrors(Mono.defer(() -> {
			session.drain();
			HandlerMethod method = handler.getMethod();
			return (method != null) ? this.handlerInvoker.invoke(method, session, handshake, exception, httpException)
					: this.handlerInvoker.invoke(handler.getHandler(WebSocketExceptionHandler.class), session,
							handler.selectArgument(exception, httpException));
		}));
	}

	private static Mono<Void> checkClosed(TrackedWebSocketSession session, RegisteredHandler handler,
			Throwable exception) {
		return Mono.defer(() -> session.isClosed() ? session.settle() : Mono.empty())
			.then(Mono.defer(() -> session.isClosed() ? Mono.empty() : Mono
				.error(new UnclosedSessionException(handler, "returned without closing the session", exception))));
	}

	private Mono<Void> close(TrackedWebSocketSession session, ServerWebExchange handshake, CloseStatus status) {
		if (session.isClosed()) {
			return session.isOpen() ? awaitClose(session, handshake, status) : Mono.empty();
		}
		session.drain();
		return session.close(status).timeout(this.closeTimeout).onErrorResume((failure) -> {
			if (!session.isOpen()) {
				return Mono.empty();
			}
			logDebug(handshake, "Could not send the close frame", failure);
			// So that the server does not take it for a handler that has completed
			return disconnect(handshake).then(Mono.error(failure));
		});
	}

	/** The application's close frame may fail, or the client not take it. */
	private Mono<Void> awaitClose(TrackedWebSocketSession session, ServerWebExchange handshake, CloseStatus status) {
		return session.settle()
			.timeout(this.closeTimeout,
					disconnect(handshake).then(Mono.defer(() -> session.isOpen()
							? Mono.error(new TimeoutException("No close frame was sent within " + this.closeTimeout))
							: Mono.empty())))
			.then(Mono.defer(() -> session.isClosed() ? Mono.empty() : close(session, handshake, status)));
	}

	private static Mono<Void> disconnect(ServerWebExchange handshake) {
		return ReactorNettyConnection.close(handshake.getResponse()).onErrorComplete();
	}

	private static @Nullable CloseStatus getCloseStatus(Throwable exception, @Nullable HttpException httpException) {
		if (exception instanceof WebSocketException webSocketException) {
			return new CloseStatus(webSocketException.getCode(), webSocketException.getReason());
		}
		if (httpException == null) {
			return null;
		}
		return httpException.getStatusCode().is5xxServerError() ? INTERNAL_ERROR
				: new CloseStatus(CloseStatus.POLICY_VIOLATION.getCode(), httpException.getDetail());
	}

	/** As the server-error handler of the outer layer gets one. */
	private static HttpException serverError(Throwable exception) {
		return new HttpException(HttpStatus.INTERNAL_SERVER_ERROR, null, null, exception);
	}

	private void logHandled(ServerWebExchange handshake, Throwable exception, @Nullable HttpException httpException,
			@Nullable RegisteredHandler handler) {
		this.exceptionLog.handled(logger,
				() -> "%sHandled %s: %s, by %s".formatted(handshake.getLogPrefix(),
						ClassUtils.getShortName(exception.getClass()),
						LogFormatUtils.formatValue(HttpExceptionResolver.getMessage(exception), 200, true),
						(handler != null) ? handler : "the default close frame"),
				exception, (httpException != null) ? httpException.getStatusCode().value() : 0);
	}

	private static void logDebug(ServerWebExchange handshake, String message, Throwable reason) {
		if (logger.isDebugEnabled()) {
			ExceptionLog.tryLog(() -> logger.debug("%s%s: %s".formatted(handshake.getLogPrefix(), message,
					LogFormatUtils.formatValue(reason, 200, true))));
		}
	}

	private void logError(ServerWebExchange handshake, Throwable error) {
		this.exceptionLog.error(logger, "%sError of WebSocket \"%s\"".formatted(handshake.getLogPrefix(),
				handshake.getRequest().getURI().getRawPath()), error);
	}

	/** The fault of a handler, and none of the exception's that it was to handle. */
	private static final class UnclosedSessionException extends IllegalStateException {

		private UnclosedSessionException(RegisteredHandler handler, String fault, Throwable cause) {
			super("Exception handler, %s, %s".formatted(handler, fault), cause);
		}

	}

}
