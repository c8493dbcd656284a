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

package io.starlet.invocation;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.support.WebBindingInitializer;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * Calls handlers: methods as Spring calls those annotated with {@code @ExceptionHandler},
 * and {@link HttpExceptionHandler}s as it calls handler functions.
 *
 * @since 0.1.0
 */
public final class HandlerInvoker {

	/** Annotations that would be passed over by the resolver of simple types. */
	private static final List<Class<? extends Annotation>> UNREAD = List.of(RequestBody.class, RequestPart.class,
			ModelAttribute.class);

	private final BeanFactory beanFactory;

	private final List<HandlerMethodArgumentResolver> argumentResolvers;

	private final @Nullable WebBindingInitializer bindingInitializer;

	private final @Nullable MethodValidator methodValidator;

	private final BlockingExecution blockingExecution;

	private final List<HttpMessageReader<?>> messageReaders;

	private final ReturnValueWriter returnValueWriter;

	private final Map<HandlerMethod, InvocableHandlerMethod> invocables = new ConcurrentHashMap<>();

	/**
	 * Create an invoker.
	 * @param beanFactory tells which beans are singletons
	 * @param argumentResolvers resolve a method's arguments, but for the exceptions
	 * @param bindingInitializer initializes data binders, if any
	 * @param methodValidator validates arguments, if any
	 * @param blockingExecution decides on which thread a method runs
	 * @param messageReaders read the body of a {@code ServerRequest}
	 * @param returnValueWriter writes what a handler returns
	 */
	public HandlerInvoker(BeanFactory beanFactory, List<HandlerMethodArgumentResolver> argumentResolvers,
			@Nullable WebBindingInitializer bindingInitializer, @Nullable MethodValidator methodValidator,
			BlockingExecution blockingExecution, List<HttpMessageReader<?>> messageReaders,
			ReturnValueWriter returnValueWriter) {
		this.beanFactory = beanFactory;
		this.argumentResolvers = argumentResolvers.stream()
			.<HandlerMethodArgumentResolver>map(ClientInputMethodArgumentResolver::new)
			.toList();
		this.bindingInitializer = bindingInitializer;
		this.methodValidator = methodValidator;
		this.blockingExecution = blockingExecution;
		this.messageReaders = messageReaders;
		this.returnValueWriter = returnValueWriter;
	}

	/**
	 * Call a handler method and write what it returns.
	 * @param method the method
	 * @param exchange the exchange, its response preset to the exception's status
	 * @param exception the exception
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @return completes when the response has been written, or the method returned
	 * nothing
	 */
	public Mono<Void> invoke(HandlerMethod method, ServerWebExchange exchange, Throwable exception,
			@Nullable HttpException httpException) {
		BindingContext bindingContext = new BindingContext(this.bindingInitializer);
		return getInvocable(method)
			.invoke(exchange, bindingContext, providedArguments(exchange, exception, httpException))
			.flatMap((result) -> this.returnValueWriter.write(exchange, result, httpException));
	}

	/**
	 * Call a handler and write the response that it returns.
	 * @param handler the handler
	 * @param exchange the exchange, its response preset to the exception's status
	 * @param exception the exception, of a class that the handler takes
	 * @return completes when the response has been written, or the handler returned
	 * nothing
	 */
	@SuppressWarnings("unchecked")
	public Mono<Void> invoke(HttpExceptionHandler<?> handler, ServerWebExchange exchange, Throwable exception) {
		ServerRequest request = ServerRequest.create(exchange, this.messageReaders);
		Mono<ServerResponse> response = ((HttpExceptionHandler<Throwable>) handler).handle(request, exception);
		return (response != null) ? response.flatMap((value) -> this.returnValueWriter.write(exchange, value))
				: Mono.empty();
	}

	/**
	 * Validate a handler method's parameters and return type.
	 * @param method the method
	 * @param exceptionTypes classes of the exceptions that it is called with
	 * @return what is wrong, as the rest of a sentence that starts with the method's
	 * name, or {@code null}
	 */
	public @Nullable String validate(HandlerMethod method, List<Class<?>> exceptionTypes) {
		for (MethodParameter parameter : method.getMethodParameters()) {
			if (!isProvided(parameter, exceptionTypes) && !isResolvable(parameter)) {
				return "has a parameter that can't be resolved, parameter %d of type %s."
					.formatted(parameter.getParameterIndex(), parameter.getParameterType().getName());
			}
		}
		return this.returnValueWriter.validate(method.getReturnType());
	}

	private static boolean isProvided(MethodParameter parameter, List<Class<?>> exceptionTypes) {
		return exceptionTypes.stream().anyMatch(parameter.getParameterType()::isAssignableFrom);
	}

	private boolean isResolvable(MethodParameter parameter) {
		if (UNREAD.stream().anyMatch(parameter::hasParameterAnnotation)) {
			return false;
		}
		try {
			return this.argumentResolvers.stream().anyMatch((resolver) -> resolver.supportsParameter(parameter));
		}
		catch (IllegalStateException ex) {
			// Thrown for a reactive wrapper of a type that must not be wrapped
			return false;
		}
	}

	/**
	 * Kept for singletons, as making one costs more than calling it. The bean is created
	 * here, with the first exception, where Spring has not created it yet.
	 */
	private InvocableHandlerMethod getInvocable(HandlerMethod method) {
		InvocableHandlerMethod invocable = this.invocables.get(method);
		if (invocable == null) {
			invocable = new InvocableHandlerMethod(resolve(method));
			invocable.setArgumentResolvers(this.argumentResolvers);
			invocable.setMethodValidator(this.methodValidator);
			invocable.setInvocationScheduler(this.blockingExecution.schedulerFor(method));
			if (method.getBean() instanceof String beanName && this.beanFactory.isSingleton(beanName)) {
				this.invocables.put(method, invocable);
			}
		}
		return invocable;
	}

	/**
	 * Only now is it known whether the bean is a proxy that has the method of an
	 * interface alone.
	 */
	private static HandlerMethod resolve(HandlerMethod method) {
		HandlerMethod resolved = method.createWithValidateFlags().createWithResolvedBean();
		Object bean = resolved.getBean();
		Method invocable = AopUtils.selectInvocableMethod(resolved.getMethod(), bean.getClass());
		return invocable.equals(resolved.getMethod()) ? resolved
				: new HandlerMethod(bean, invocable).createWithValidateFlags();
	}

	/**
	 * An argument is the first of these that a parameter accepts: the exception where it
	 * fits, else what it amounts to, else a cause.
	 */
	private static Object[] providedArguments(ServerWebExchange exchange, Throwable exception,
			@Nullable HttpException httpException) {
		List<Object> arguments = new ArrayList<>(4);
		arguments.add(exception);
		if (httpException != null && httpException != exception) {
			arguments.add(httpException);
		}
		Throwable cause = exception.getCause();
		while (cause != null && !arguments.contains(cause)) {
			arguments.add(cause);
			cause = cause.getCause();
		}
		Object handler = exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		if (handler instanceof HandlerMethod) {
			arguments.add(handler);
		}
		return arguments.toArray();
	}

}
