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
import java.util.List;

/**
 * The handlers that have been called for a request, each of which is called once (rule
 * R14).
 *
 * @since 0.1.0
 */
public final class TriedHandlers {

	/** No handler has been called. */
	public static final TriedHandlers NONE = new TriedHandlers(List.of());

	private final List<RegisteredHandler> handlers;

	private TriedHandlers(List<RegisteredHandler> handlers) {
		this.handlers = handlers;
	}

	/**
	 * Add a handler.
	 * @param handler the handler
	 * @return these handlers and that one
	 */
	public TriedHandlers with(RegisteredHandler handler) {
		List<RegisteredHandler> handlers = new ArrayList<>(this.handlers);
		handlers.add(handler);
		return new TriedHandlers(handlers);
	}

	/**
	 * Return whether no handler has been called.
	 * @return whether there is none
	 */
	public boolean isEmpty() {
		return this.handlers.isEmpty();
	}

	boolean contains(RegisteredHandler handler) {
		for (int i = 0; i < this.handlers.size(); i++) {
			if (this.handlers.get(i).isSameAs(handler)) {
				return true;
			}
		}
		return false;
	}

}
