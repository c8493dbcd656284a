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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.starlet.HttpException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

/**
 * Handlers by the class of exceptions that they are registered for, most specific first
 * (rules R1, R6 and R9).
 */
class ClassHandlers {

	/** The classes that {@code HttpException} itself extends, most specific first. */
	private static final List<Class<?>> LEAST_SPECIFIC = List.of(RuntimeException.class, Exception.class,
			Throwable.class);

	private final Map<Class<?>, HandlerGroup> groups = new HashMap<>();

	private final Map<Class<?>, LookUp> lookUps = new ConcurrentHashMap<>();

	/**
	 * Of classes that may be unloaded while the application runs: neither an exception's
	 * class nor its loader is kept alive. A look-up is forgotten whenever the garbage
	 * collector comes by.
	 */
	private final Map<Class<?>, LookUp> weakLookUps = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);

	private final Set<String> notBySuperclass;

	/**
	 * Create a look-up.
	 * @param notBySuperclass names of classes whose exceptions are none of the business
	 * of handlers for a superclass
	 */
	ClassHandlers(Set<String> notBySuperclass) {
		this.notBySuperclass = notBySuperclass;
	}

	void put(Class<?> type, HandlerGroup group) {
		this.groups.put(type, group);
	}

	@Nullable HandlerGroup get(Class<?> type) {
		return this.groups.get(type);
	}

	List<HandlerGroup> find(Class<?> type, boolean http) {
		if (this.groups.isEmpty()) {
			return List.of();
		}
		LookUp lookUp = this.lookUps.get(type);
		if (lookUp == null) {
			lookUp = this.weakLookUps.get(type);
		}
		if (lookUp == null) {
			lookUp = new LookUp(collect(type, true), collect(type, false));
			boolean lasting = ClassUtils.isCacheSafe(type, ClassHandlers.class.getClassLoader());
			(lasting ? this.lookUps : this.weakLookUps).put(type, lookUp);
		}
		return http ? lookUp.ofHttpException() : lookUp.ofError();
	}

	private List<HandlerGroup> collect(Class<?> type, boolean http) {
		Set<Class<?>> types = new LinkedHashSet<>();
		Class<?> current = type;
		while (current != null && !LEAST_SPECIFIC.contains(current)) {
			types.add(current);
			current = this.notBySuperclass.contains(current.getName()) ? null : current.getSuperclass();
		}
		if (http) {
			types.add(HttpException.class);
		}
		if (current != null) {
			LEAST_SPECIFIC.stream().filter((least) -> least.isAssignableFrom(type)).forEach(types::add);
		}
		List<HandlerGroup> found = new ArrayList<>();
		for (Class<?> candidate : types) {
			HandlerGroup group = this.groups.get(candidate);
			if (group != null) {
				found.add(group);
			}
		}
		return List.copyOf(found);
	}

	/** What is found for a class, which may be that of an HTTP exception or not. */
	private record LookUp(List<HandlerGroup> ofHttpException, List<HandlerGroup> ofError) {
	}

}
