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
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What each handler is registered for. Two handlers for one key are refused, unless an
 * order puts one first (rule R8).
 */
class HandlerKeys {

	private static final int SERVER_ERROR = 500;

	private final Map<Integer, List<RegisteredHandler>> statuses = new LinkedHashMap<>();

	private final Map<Class<?>, List<RegisteredHandler>> classes = new LinkedHashMap<>();

	private final Map<Class<?>, List<RegisteredHandler>> webSockets = new LinkedHashMap<>();

	private final List<RegisteredHandler> serverErrors = new ArrayList<>();

	void addStatus(int status, RegisteredHandler handler) {
		if (status < 100 || status > 999) {
			throw new InvalidExceptionHandlerException(
					"%s is registered for status %d, which is no HTTP status.".formatted(handler, status),
					"Use a status from 100 to 999.");
		}
		add(this.statuses.computeIfAbsent(status, (key) -> new ArrayList<>()), handler);
		if (status == SERVER_ERROR) {
			add(this.serverErrors, handler);
		}
	}

	void addClass(Class<? extends Throwable> type, RegisteredHandler handler) {
		boolean serverError = type == Exception.class || type == Throwable.class;
		add(serverError ? this.serverErrors : this.classes.computeIfAbsent(type, (key) -> new ArrayList<>()), handler);
	}

	void addWebSocket(Class<? extends Throwable> type, RegisteredHandler handler) {
		add(this.webSockets.computeIfAbsent(type, (key) -> new ArrayList<>()), handler);
	}

	private static void add(List<RegisteredHandler> handlers, RegisteredHandler handler) {
		if (!handlers.contains(handler)) {
			handlers.add(handler);
		}
	}

	void forEachStatus(BiConsumer<Integer, RegisteredHandler> action) {
		this.statuses.forEach((status, handlers) -> action.accept(status, first("status " + status, handlers)));
	}

	void forEachClass(BiConsumer<Class<?>, RegisteredHandler> action) {
		this.classes.forEach((type, handlers) -> action.accept(type, first(type.getName(), handlers)));
	}

	void forEachWebSocket(BiConsumer<Class<?>, RegisteredHandler> action) {
		this.webSockets.forEach(
				(type, handlers) -> action.accept(type, first(type.getName() + " of WebSocket sessions", handlers)));
	}

	@Nullable RegisteredHandler getServerError() {
		return this.serverErrors.isEmpty() ? null
				: first("server errors (status 500, Exception and Throwable name the same handler)", this.serverErrors);
	}

	private static RegisteredHandler first(String key, List<RegisteredHandler> handlers) {
		handlers.sort((one, other) -> Integer.compare(one.getOrder(), other.getOrder()));
		RegisteredHandler first = handlers.get(0);
		if (handlers.size() > 1 && handlers.get(1).getOrder() == first.getOrder()) {
			String names = handlers.stream()
				.filter((handler) -> handler.getOrder() == first.getOrder())
				.map((handler) -> "%n\t- %s".formatted(handler))
				.collect(Collectors.joining());
			throw new InvalidExceptionHandlerException("Ambiguous handlers for %s:%n%s".formatted(key, names),
					"Remove one of them, register it for something else, or put @Order on the method or bean "
							+ "of the one that shall be called; the lowest value wins.");
		}
		return first;
	}

}
