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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;

/**
 * What a native image has to know of exception handlers: which methods are called, and
 * which bodies are written.
 */
class ExceptionHandlerReflectiveProcessor implements ReflectiveProcessor {

	private final BindingReflectionHintsRegistrar bodies = new BindingReflectionHintsRegistrar();

	@Override
	public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
		if (element instanceof Class<?> type) {
			hints.registerType(type);
		}
		else if (element instanceof Method method && !AnnotatedElementUtils.hasAnnotation(method, Bean.class)) {
			hints.registerMethod(method, ExecutableMode.INVOKE);
			this.bodies.registerReflectionHints(hints, findBody(method).getType());
		}
	}

	private static ResolvableType findBody(Method method) {
		ResolvableType type = ResolvableType.forMethodParameter(MethodParameter.forExecutable(method, -1));
		while (type.hasGenerics() && isWrapper(type.toClass())) {
			type = type.getGeneric();
		}
		return type;
	}

	private static boolean isWrapper(Class<?> type) {
		return HttpEntity.class.isAssignableFrom(type)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

}
