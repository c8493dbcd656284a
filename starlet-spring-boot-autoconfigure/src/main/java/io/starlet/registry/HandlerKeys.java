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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What each handler is registered for.
 */
class HandlerKeys {

	private static final int SERVER_ERROR = 500;

	private final Map<Integer, List<RegisteredHandler>> statuses = new LinkedHashMap<>();

	private final Map<Class<?>, List<RegisteredHandler>> classes = new LinkedHashMap<>();

	private final Map<Class<?>, List<RegisteredHandler>> webSockets = new LinkedHashMap<>();

	private final List<RegisteredHandler> serverErrors = new ArrayList<>();

	private final List<Supplier<HandlerDescription>> descriptions = new ArrayList<>();

	void addStatus(int status, RegisteredHandler handler) {
		if (status < 100 || status > 999) {
			throw new InvalidExceptionHandlerException(
					"%s is registered for status %d, which is no HTTP status.".formatted(handler, status),
					"Use a status from 100 to 999.");
		}
		boolean serverError = status == SERVER_ERROR;
		describe(String.valueOf(status), serverError ? HandlerDescription.OUTER : HandlerDescription.INNER, handler);
		add(this.statuses.computeIfAbsent(status, (key) -> new ArrayList<>()), handler);
		if (serverError) {
			add(this.serverErrors, handler);
		}
	}

	void addClass(Class<? extends Throwable> type, RegisteredHandler handler) {
		boolean serverError = type == Exception.class || type == Throwable.class;
		describe(type.getName(), serverError ? HandlerDescription.OUTER : HandlerDescription.INNER, handler);
		add(serverError ? this.serverErrors : this.classes.computeIfAbsent(type, (key) -> new ArrayList<>()), handler);
	}

	void addWebSocket(Class<? extends Throwable> type, RegisteredHandler handler) {
		describe(type.getName(), HandlerDescription.WEB_SOCKET, handler);
		add(this.webSockets.computeIfAbsent(type, (key) -> new ArrayList<>()), handler);
	}

	private void describe(String key, String layer, RegisteredHandler handler) {
		this.descriptions.add(() -> handler.describe(key, layer));
	}

	private static void add(List<RegisteredHandler> handlers, RegisteredHandler handler) {
		if (handlers.isEmpty() || handlers.stream().noneMatch(handler::isSameRegistrationAs)) {
			handlers.add(handler);
		}
	}

	void forEachStatus(BiConsumer<Integer, HandlerGroup> action) {
		this.statuses
			.forEach((status, handlers) -> action.accept(status, new HandlerGroup("status " + status, handlers)));
	}

	void forEachClass(BiConsumer<Class<?>, HandlerGroup> action) {
		this.classes.forEach((type, handlers) -> action.accept(type, new HandlerGroup(type.getName(), handlers)));
	}

	void forEachWebSocket(BiConsumer<Class<?>, HandlerGroup> action) {
		this.webSockets.forEach((type, handlers) -> action.accept(type,
				new HandlerGroup(type.getName() + " of WebSocket sessions", handlers)));
	}

	@Nullable HandlerGroup getServerErrors() {
		return this.serverErrors.isEmpty() ? null : new HandlerGroup(
				"server errors (status 500, Exception and Throwable name the same handler)", this.serverErrors);
	}

	List<HandlerDescription> getDescriptions() {
		return this.descriptions.stream().map(Supplier::get).distinct().toList();
	}

}
