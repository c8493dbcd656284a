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

import java.util.List;
import java.util.function.Supplier;

import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.WebSocketExceptionHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;

/**
 * A handler that was found at start-up: a method of a bean, an
 * {@link HttpExceptionHandler} or a {@link WebSocketExceptionHandler}.
 *
 * @since 0.1.0
 */
public final class RegisteredHandler {

	private final Object description;

	private final String beanName;

	private final int order;

	private final @Nullable Supplier<HandlerMethod> method;

	private final @Nullable Supplier<?> handler;

	private final Class<?> exceptionType;

	private final HandlerCondition condition;

	private RegisteredHandler(Object description, String beanName, int order, @Nullable Supplier<HandlerMethod> method,
			@Nullable Supplier<?> handler, Class<?> exceptionType, HandlerCondition condition) {
		this.description = description;
		this.beanName = beanName;
		this.order = order;
		this.method = method;
		this.handler = handler;
		this.exceptionType = exceptionType;
		this.condition = condition;
	}

	/** The method is made when it is needed, as a thousand of them take their time. */
	static RegisteredHandler ofMethod(Object description, String beanName, int order, Supplier<HandlerMethod> method) {
		return new RegisteredHandler(description, beanName, order, SingletonSupplier.of(method), null, Throwable.class,
				HandlerCondition.NONE);
	}

	static RegisteredHandler of(String description, String beanName, int order, Class<?> exceptionType,
			Supplier<?> handler) {
		return new RegisteredHandler(description, beanName, order, null, handler, exceptionType, HandlerCondition.NONE);
	}

	RegisteredHandler withCondition(HandlerCondition condition) {
		return new RegisteredHandler(this.description, this.beanName, this.order, this.method, this.handler,
				this.exceptionType, condition);
	}

	/**
	 * Return the handler method.
	 * @return the method, its bean not necessarily created; {@code null} if this is an
	 * object
	 */
	public @Nullable HandlerMethod getMethod() {
		return (this.method != null) ? this.method.get() : null;
	}

	/**
	 * Return the handler, which creates its bean where Spring has not done so.
	 * @param <H> the type of handler
	 * @param type the type of handler
	 * @return the handler
	 * @throws IllegalStateException if this is a method
	 * @throws ClassCastException if it is of the other type
	 */
	public <H> H getHandler(Class<H> type) {
		Assert.state(this.handler != null, "Handler is a method");
		return type.cast(this.handler.get());
	}

	/**
	 * Return what the handler answers with.
	 * @return the media types; empty if it may be anything
	 */
	public List<MediaType> getProduces() {
		return this.condition.produces();
	}

	/**
	 * Select what is passed to the {@link #getHandler handler}.
	 * @param exception the exception
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @return the exception if the handler takes it, else the HTTP exception
	 */
	public Throwable selectArgument(Throwable exception, @Nullable HttpException httpException) {
		return (httpException == null || this.exceptionType.isInstance(exception)) ? exception : httpException;
	}

	int getOrder() {
		return this.order;
	}

	HandlerCondition getCondition() {
		return this.condition;
	}

	/** Whether it is the same method or object, whatever it is registered for. */
	@SuppressWarnings("ReferenceEquality")
	boolean isSameAs(RegisteredHandler other) {
		return this.method == other.method && this.handler == other.handler;
	}

	boolean isSameRegistrationAs(RegisteredHandler other) {
		return isSameAs(other) && this.condition.equals(other.condition);
	}

	HandlerDescription describe(String key, String layer) {
		return new HandlerDescription(key, this.condition.paths().stream().map(Object::toString).toList(),
				this.condition.produces().stream().map(MediaType::toString).toList(), this.beanName,
				(this.method != null) ? this.method.get().toString() : null, layer,
				(this.order != Ordered.LOWEST_PRECEDENCE) ? this.order : null);
	}

	/**
	 * Return the names of the bean and the method.
	 */
	@Override
	public String toString() {
		return this.description.toString();
	}

}
