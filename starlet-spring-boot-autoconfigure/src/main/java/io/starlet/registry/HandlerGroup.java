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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.pattern.PathPattern;

/**
 * The handlers for one status or class, of which a request's path and {@code Accept}
 * choose. Two that could not be told apart are refused, unless an order puts one first
 * (rule R8).
 */
class HandlerGroup {

	private static final Comparator<PathPattern> MOST_SPECIFIC_FIRST = Comparator
		.nullsLast(PathPattern.SPECIFICITY_COMPARATOR);

	private final List<RegisteredHandler> handlers = new ArrayList<>();

	private final boolean negotiated;

	HandlerGroup(String key, List<RegisteredHandler> handlers) {
		if (handlers.size() == 1) {
			this.handlers.addAll(handlers);
		}
		else {
			addUnambiguous(key, handlers);
		}
		boolean produces = false;
		for (RegisteredHandler handler : handlers) {
			produces |= !handler.getProduces().isEmpty();
		}
		this.negotiated = produces;
	}

	private void addUnambiguous(String key, List<RegisteredHandler> handlers) {
		handlers.stream().sorted(Comparator.comparingInt(RegisteredHandler::getOrder)).forEach((handler) -> {
			checkUnambiguous(key, handler, handlers);
			if (this.handlers.stream().noneMatch((first) -> first.getCondition().equals(handler.getCondition()))) {
				this.handlers.add(handler);
			}
		});
	}

	private static void checkUnambiguous(String key, RegisteredHandler handler, List<RegisteredHandler> handlers) {
		List<RegisteredHandler> ambiguous = handlers.stream()
			.filter((other) -> other.getOrder() == handler.getOrder()
					&& other.getCondition().overlaps(handler.getCondition()))
			.toList();
		boolean decided = handlers.stream()
			.anyMatch((other) -> other.getOrder() < handler.getOrder()
					&& other.getCondition().equals(handler.getCondition()));
		if (ambiguous.size() > 1 && !decided) {
			String names = ambiguous.stream().map("%n\t- %s"::formatted).collect(Collectors.joining());
			throw new InvalidExceptionHandlerException(
					"Ambiguous handlers for %s%s:%n%s".formatted(key, handler.getCondition(), names),
					"Remove one of them, register it for something else, or put @Order on the method or bean "
							+ "of the one that shall be called; the lowest value wins.");
		}
	}

	List<RegisteredHandler> getHandlers() {
		return this.handlers;
	}

	/** The only handler, if it is one for any request. */
	@Nullable RegisteredHandler getUnconditional() {
		return (this.handlers.size() == 1 && this.handlers.get(0).getCondition().isNone()) ? this.handlers.get(0)
				: null;
	}

	/**
	 * Select the handler for a request: of the most specific path, then the one that the
	 * client likes best.
	 * @param request what is asked for
	 * @param acceptable whether the client has to accept what the handler produces
	 */
	@Nullable RegisteredHandler select(HandlerRequest request, boolean acceptable) {
		RegisteredHandler best = null;
		PathPattern bestPath = null;
		int bestRank = 0;
		for (RegisteredHandler handler : this.handlers) {
			if (request.isTried(handler)) {
				continue;
			}
			HandlerCondition condition = handler.getCondition();
			PathPattern path = condition.findMatch(request.getPath());
			int rank = this.negotiated ? condition.rank(request.getAccepted()) : 0;
			if ((path == null && !condition.paths().isEmpty())
					|| (acceptable && rank == HandlerCondition.UNACCEPTABLE)) {
				continue;
			}
			int comparison = (best != null) ? MOST_SPECIFIC_FIRST.compare(path, bestPath) : -1;
			if (comparison < 0 || (comparison == 0 && rank < bestRank)) {
				best = handler;
				bestPath = path;
				bestRank = rank;
			}
		}
		return best;
	}

}
