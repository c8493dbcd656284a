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

package io.starlet.registry;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

import io.starlet.HttpException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;

/**
 * The registered handlers, and the look-up of the one for an exception (rules R1 to R4).
 *
 * @since 0.1.0
 */
public final class ExceptionHandlers implements BeanFactoryAware, SmartInitializingSingleton {

	private static final int SERVER_ERROR = HttpStatus.INTERNAL_SERVER_ERROR.value();

	private final BiFunction<HandlerMethod, List<Class<?>>, @Nullable String> methodValidator;

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	private final @Nullable RegisteredHandler[] byStatus = new RegisteredHandler[1000];

	private final ClassHandlers byClass = new ClassHandlers();

	private final ClassHandlers forWebSocket = new ClassHandlers();

	private @Nullable RegisteredHandler serverError;

	/**
	 * Create a registry that fills itself from the bean factory.
	 * @param methodValidator tells what is wrong with the parameters or return type of a
	 * handler method for some classes of exceptions, or returns {@code null}
	 */
	public ExceptionHandlers(BiFunction<HandlerMethod, List<Class<?>>, @Nullable String> methodValidator) {
		this.methodValidator = methodValidator;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	/**
	 * Find and validate the handlers.
	 * @throws InvalidExceptionHandlerException if one can't work
	 */
	@Override
	public void afterSingletonsInstantiated() {
		Objects.requireNonNull(this.beanFactory, "No bean factory");
		HandlerKeys keys = new HandlerKeys();
		new ExceptionHandlerDetector(this.beanFactory, this.methodValidator, keys).detect();
		keys.forEachStatus((status, handler) -> this.byStatus[status] = handler);
		keys.forEachClass(this.byClass::put);
		keys.forEachWebSocket(this.forWebSocket::put);
		this.serverError = keys.getServerError();
	}

	/**
	 * Return the handler of the outer layer.
	 * @return the server-error handler, or {@code null} if none is registered
	 */
	public @Nullable RegisteredHandler getServerErrorHandler() {
		return this.serverError;
	}

	/**
	 * Find the handler of an exception in the inner layer.
	 * @param exception the exception, without wrappers
	 * @param httpException the HTTP exception that it is or amounts to; {@code null} if
	 * it is an error
	 * @param tried handlers that must not be called again
	 * @return the handler, or {@code null} if none is left
	 */
	public @Nullable RegisteredHandler find(Throwable exception, @Nullable HttpException httpException,
			Collection<RegisteredHandler> tried) {
		int status = (httpException != null) ? httpException.getStatusCode().value() : SERVER_ERROR;
		RegisteredHandler handler = (status != SERVER_ERROR) ? ClassHandlers.untried(this.byStatus[status], tried)
				: null;
		if (handler == null) {
			handler = this.byClass.find(exception.getClass(), httpException != null, tried);
		}
		if (handler == null && httpException != null && status == SERVER_ERROR) {
			handler = ClassHandlers.untried(this.byStatus[SERVER_ERROR], tried);
		}
		return handler;
	}

	/**
	 * Find the handler of an exception that ended a WebSocket session.
	 * @param exception the exception, without wrappers
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @param tried handlers that must not be called again
	 * @return the handler, or {@code null} if none is left
	 */
	public @Nullable RegisteredHandler findForWebSocket(Throwable exception, @Nullable HttpException httpException,
			Collection<RegisteredHandler> tried) {
		return this.forWebSocket.find(exception.getClass(), httpException != null, tried);
	}

	/**
	 * Return whether a handler of WebSocket sessions takes any error, as the server-error
	 * handler of the outer layer does.
	 * @param handler the handler
	 * @return whether it is registered for {@code Exception} or {@code Throwable}
	 */
	public boolean takesAnyError(RegisteredHandler handler) {
		return handler.equals(this.forWebSocket.get(Exception.class))
				|| handler.equals(this.forWebSocket.get(Throwable.class));
	}

}
