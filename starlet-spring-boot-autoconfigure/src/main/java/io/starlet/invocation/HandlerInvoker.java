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
import io.starlet.WebSocketExceptionHandler;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedMethod;
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
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;

/**
 * Calls handlers: methods as Spring calls those annotated with {@code @ExceptionHandler},
 * {@link HttpExceptionHandler}s as it calls handler functions, and handlers of WebSocket
 * sessions.
 *
 * @since 0.1.0
 */
public final class HandlerInvoker {

	/** Annotations that would be passed over by the resolver of simple types. */
	private static final List<Class<? extends Annotation>> UNREAD = List.of(RequestBody.class, RequestPart.class,
			ModelAttribute.class);

	/** An exception may make up causes without end. */
	private static final int MAX_ARGUMENTS = 100;

	private final BeanFactory beanFactory;

	private final List<HandlerMethodArgumentResolver> argumentResolvers;

	private final @Nullable WebBindingInitializer bindingInitializer;

	private final @Nullable MethodValidator methodValidator;

	private final BlockingExecution blockingExecution;

	private final ReactiveAdapterRegistry adapterRegistry;

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
	 * @param adapterRegistry adapts what handlers of WebSocket sessions return
	 * @param messageReaders read the body of a {@code ServerRequest}
	 * @param returnValueWriter writes what a handler returns
	 */
	public HandlerInvoker(BeanFactory beanFactory, List<HandlerMethodArgumentResolver> argumentResolvers,
			@Nullable WebBindingInitializer bindingInitializer, @Nullable MethodValidator methodValidator,
			BlockingExecution blockingExecution, ReactiveAdapterRegistry adapterRegistry,
			List<HttpMessageReader<?>> messageReaders, ReturnValueWriter returnValueWriter) {
		this.beanFactory = beanFactory;
		this.argumentResolvers = argumentResolvers.stream()
			.<HandlerMethodArgumentResolver>map(ClientInputMethodArgumentResolver::new)
			.toList();
		this.bindingInitializer = bindingInitializer;
		this.methodValidator = methodValidator;
		this.blockingExecution = blockingExecution;
		this.adapterRegistry = adapterRegistry;
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
		List<Object> arguments = providedArguments(exception, httpException);
		Object failed = exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		if (failed instanceof HandlerMethod) {
			arguments.add(failed);
		}
		return getInvocable(method).invoke(exchange, bindingContext, arguments.toArray())
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
	 * Call a handler method of WebSocket sessions.
	 * @param method the method
	 * @param session the session
	 * @param handshake the exchange that opened it
	 * @param exception the exception
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @return completes when the method has ended
	 */
	public Mono<Void> invoke(HandlerMethod method, WebSocketSession session, ServerWebExchange handshake,
			Throwable exception, @Nullable HttpException httpException) {
		List<Object> arguments = providedArguments(exception, httpException);
		arguments.add(session);
		arguments.add(session.getHandshakeInfo());
		return getInvocable(method).invoke(handshake, new BindingContext(), arguments.toArray()).flatMap((result) -> {
			ReactiveAdapter adapter = this.adapterRegistry.getAdapter(result.getReturnType().resolve(),
					result.getReturnValue());
			return (adapter != null) ? Mono.from(adapter.toPublisher(result.getReturnValue())).then() : Mono.empty();
		});
	}

	/**
	 * Call a handler of WebSocket sessions.
	 * @param handler the handler
	 * @param session the session
	 * @param exception the exception, of a class that the handler takes
	 * @return completes when the handler has ended
	 */
	@SuppressWarnings("unchecked")
	public Mono<Void> invoke(WebSocketExceptionHandler<?> handler, WebSocketSession session, Throwable exception) {
		Mono<Void> ended = ((WebSocketExceptionHandler<Throwable>) handler).handle(session, exception);
		return (ended != null) ? ended : Mono.empty();
	}

	/**
	 * Validate a handler method's parameters and return type.
	 * @param method the method
	 * @param exceptionTypes classes of the exceptions that it is called with
	 * @return what is wrong, as the rest of a sentence that starts with the method's
	 * name, or {@code null}
	 */
	public @Nullable String validate(AnnotatedMethod method, List<Class<?>> exceptionTypes) {
		boolean webSocket = false;
		for (MethodParameter parameter : method.getMethodParameters()) {
			webSocket |= isSession(parameter);
		}
		for (MethodParameter parameter : method.getMethodParameters()) {
			if (!isProvided(parameter, exceptionTypes)
					&& !(webSocket ? isResolvableForWebSocket(parameter) : isResolvable(parameter))) {
				return "has a parameter that can't be resolved, parameter %d of type %s."
					.formatted(parameter.getParameterIndex(), parameter.getParameterType().getName());
			}
		}
		return webSocket ? validateForWebSocket(method.getReturnType())
				: this.returnValueWriter.validate(method.getReturnType());
	}

	private static boolean isSession(MethodParameter parameter) {
		return parameter.getParameterType() == WebSocketSession.class;
	}

	/** A server may use its request again once a session is open, so nothing of it. */
	private static boolean isResolvableForWebSocket(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return isSession(parameter) || type == HandshakeInfo.class || Throwable.class.isAssignableFrom(type)
				|| type.getName().equals("kotlin.coroutines.Continuation");
	}

	private @Nullable String validateForWebSocket(MethodParameter returnType) {
		ResolvableType type = ResolvableType.forMethodParameter(returnType);
		ReactiveAdapter adapter = this.adapterRegistry.getAdapter(type.toClass());
		Class<?> value = (adapter == null) ? type.toClass()
				: adapter.isNoValue() ? void.class : type.getGeneric().resolve(Void.class);
		boolean empty = value == void.class || value == Void.class || value.getName().equals("kotlin.Unit");
		return empty ? null : "returns %s, which can't be sent to a WebSocket session.".formatted(type);
	}

	private static boolean isProvided(MethodParameter parameter, List<Class<?>> exceptionTypes) {
		Class<?> type = parameter.getParameterType();
		for (Class<?> exceptionType : exceptionTypes) {
			if (type.isAssignableFrom(exceptionType)) {
				return true;
			}
		}
		return false;
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
			invocable = new ExceptionHandlerMethod(resolve(method), this.blockingExecution.schedulerFor(method));
			invocable.setArgumentResolvers(this.argumentResolvers);
			invocable.setMethodValidator(this.methodValidator);
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
	private static List<Object> providedArguments(Throwable exception, @Nullable HttpException httpException) {
		List<Object> arguments = new ArrayList<>(4);
		arguments.add(exception);
		if (httpException != null && httpException != exception) {
			arguments.add(httpException);
		}
		try {
			Throwable cause = exception.getCause();
			while (cause != null && arguments.size() < MAX_ARGUMENTS && !arguments.contains(cause)) {
				arguments.add(cause);
				cause = cause.getCause();
			}
		}
		catch (Throwable ex) {
			// One that can't tell its cause has none
		}
		return arguments;
	}

}
