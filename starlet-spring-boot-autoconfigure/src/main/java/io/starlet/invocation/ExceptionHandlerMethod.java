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

import java.lang.reflect.InvocationTargetException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * A handler method that is called at once where it takes nothing but what is provided,
 * which most do. Spring would resolve each argument by an operator of its own.
 */
class ExceptionHandlerMethod extends InvocableHandlerMethod {

	private final boolean direct;

	ExceptionHandlerMethod(HandlerMethod method, @Nullable Scheduler scheduler) {
		super(method);
		setInvocationScheduler(scheduler);
		this.direct = scheduler == null && !shouldValidateArguments()
				&& !KotlinDetector.isKotlinType(getBridgedMethod().getDeclaringClass());
	}

	/** Compilers differ in whether they see that Spring's argument may have nulls. */
	@Override
	@SuppressWarnings("NullAway")
	public Mono<HandlerResult> invoke(ServerWebExchange exchange, BindingContext bindingContext, Object... provided) {
		if (this.direct) {
			MethodParameter[] parameters = getMethodParameters();
			Object[] arguments = new Object[parameters.length];
			int found = 0;
			while (found < parameters.length) {
				Object argument = find(parameters[found].getParameterType(), provided);
				if (argument == null) {
					return super.invoke(exchange, bindingContext, provided);
				}
				arguments[found++] = argument;
			}
			return invokeDirectly(exchange, bindingContext, arguments);
		}
		return super.invoke(exchange, bindingContext, provided);
	}

	private static @Nullable Object find(Class<?> type, Object[] provided) {
		for (Object candidate : provided) {
			if (type.isInstance(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private Mono<HandlerResult> invokeDirectly(ServerWebExchange exchange, BindingContext bindingContext,
			Object[] arguments) {
		Object value;
		try {
			value = getBridgedMethod().invoke(getBean(), arguments);
		}
		catch (InvocationTargetException ex) {
			return Mono.error(ex.getTargetException());
		}
		catch (IllegalAccessException | IllegalArgumentException ex) {
			return Mono.error(new IllegalStateException(formatInvokeError("Invocation failure", arguments), ex));
		}
		if (getResponseStatus() != null) {
			exchange.getResponse().setStatusCode(getResponseStatus());
		}
		return Mono.just(new HandlerResult(this, value, getReturnType(), bindingContext));
	}

}
