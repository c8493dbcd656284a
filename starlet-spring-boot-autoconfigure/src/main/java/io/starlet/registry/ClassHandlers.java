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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.starlet.HttpException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

/**
 * Handlers by the class of exceptions that they are registered for, of which the most
 * specific is found (rules R1, R6 and R9).
 */
class ClassHandlers {

	/** The classes that {@code HttpException} itself extends, most specific first. */
	private static final List<Class<?>> LEAST_SPECIFIC = List.of(RuntimeException.class, Exception.class,
			Throwable.class);

	private final Map<Class<?>, RegisteredHandler> handlers = new HashMap<>();

	/** Weak, so that neither an exception's class nor its loader is kept alive. */
	private final Map<Class<?>, Optional<RegisteredHandler>> lookups = new ConcurrentReferenceHashMap<>(16,
			ReferenceType.WEAK);

	void put(Class<?> type, RegisteredHandler handler) {
		this.handlers.put(type, handler);
	}

	@Nullable RegisteredHandler get(Class<?> type) {
		return this.handlers.get(type);
	}

	@Nullable RegisteredHandler find(Class<?> type, boolean http, Collection<RegisteredHandler> tried) {
		if (this.handlers.isEmpty()) {
			return null;
		}
		RegisteredHandler handler = tried.isEmpty()
				? this.lookups.computeIfAbsent(type, (key) -> Optional.ofNullable(findSpecific(key, tried)))
					.orElse(null)
				: findSpecific(type, tried);
		if (handler == null && http) {
			handler = untried(this.handlers.get(HttpException.class), tried);
		}
		return (handler != null) ? handler : findLeastSpecific(type, tried);
	}

	/**
	 * Every class up to those that {@code HttpException} itself extends, as these are
	 * less specific than {@code HttpException} for every HTTP exception.
	 */
	private @Nullable RegisteredHandler findSpecific(Class<?> type, Collection<RegisteredHandler> tried) {
		for (Class<?> current = type; current != null
				&& !LEAST_SPECIFIC.contains(current); current = current.getSuperclass()) {
			RegisteredHandler handler = untried(this.handlers.get(current), tried);
			if (handler != null) {
				return handler;
			}
		}
		return null;
	}

	private @Nullable RegisteredHandler findLeastSpecific(Class<?> type, Collection<RegisteredHandler> tried) {
		for (Class<?> current : LEAST_SPECIFIC) {
			RegisteredHandler handler = current.isAssignableFrom(type) ? untried(this.handlers.get(current), tried)
					: null;
			if (handler != null) {
				return handler;
			}
		}
		return null;
	}

	static @Nullable RegisteredHandler untried(@Nullable RegisteredHandler handler,
			Collection<RegisteredHandler> tried) {
		return (handler != null && !tried.contains(handler)) ? handler : null;
	}

}
