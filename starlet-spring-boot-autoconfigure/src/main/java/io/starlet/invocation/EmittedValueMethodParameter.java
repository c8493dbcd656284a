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

import java.lang.reflect.Type;

import org.springframework.core.MethodParameter;

/**
 * What a method's {@code Mono} emits, as if the method returned it. Spring's nested
 * parameter won't do, as the type that is made from it doesn't lead back to it.
 */
class EmittedValueMethodParameter extends MethodParameter {

	private final MethodParameter nested;

	EmittedValueMethodParameter(MethodParameter returnType) {
		super(returnType);
		this.nested = returnType.nested();
	}

	private EmittedValueMethodParameter(EmittedValueMethodParameter original) {
		super(original);
		this.nested = original.nested;
	}

	@Override
	public Class<?> getParameterType() {
		return this.nested.getNestedParameterType();
	}

	@Override
	public Type getGenericParameterType() {
		return this.nested.getNestedGenericParameterType();
	}

	@Override
	public EmittedValueMethodParameter clone() {
		return new EmittedValueMethodParameter(this);
	}

}
