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

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Which requests a handler is for: those of some paths, and those that accept what it
 * produces.
 *
 * @param paths patterns of which one has to match; if empty, every path does
 * @param produces what the handler answers with; if empty, anything
 */
record HandlerCondition(List<PathPattern> paths, List<MediaType> produces) {

	static final HandlerCondition NONE = new HandlerCondition(List.of(), List.of());

	/** The rank of a handler that does not produce what a client accepts. */
	static final int UNACCEPTABLE = Integer.MAX_VALUE;

	static HandlerCondition of(Object handler, String[] paths, String[] produces) {
		return NONE.withPaths(handler, paths).withProduces(handler, produces);
	}

	HandlerCondition withPaths(Object handler, String[] paths) {
		return (paths.length == 0) ? this : new HandlerCondition(
				Arrays.stream(paths).map((path) -> parsePath(handler, path)).distinct().toList(), this.produces);
	}

	HandlerCondition withProduces(Object handler, String[] produces) {
		return (produces.length == 0) ? this : new HandlerCondition(this.paths,
				Arrays.stream(produces).map((type) -> parseMediaType(handler, type)).distinct().toList());
	}

	private static PathPattern parsePath(Object handler, String path) {
		PathPatternParser parser = PathPatternParser.defaultInstance;
		try {
			return parser.parse(parser.initFullPathPattern(path));
		}
		catch (PatternParseException ex) {
			throw new InvalidExceptionHandlerException("%s is registered for path '%s', which is no path pattern: %s"
				.formatted(handler, path, ex.getMessage()), "Use a pattern as in @RequestMapping, such as '/api/**'.");
		}
	}

	private static MediaType parseMediaType(Object handler, String type) {
		if (type.startsWith("!")) {
			throw new InvalidExceptionHandlerException(
					"%s produces '%s', but what a handler does not produce can't be said.".formatted(handler, type),
					"Name the media types that it produces.");
		}
		try {
			return MediaType.parseMediaType(type).removeQualityValue();
		}
		catch (InvalidMediaTypeException ex) {
			throw new InvalidExceptionHandlerException(
					"%s produces '%s', which is no media type: %s".formatted(handler, type, ex.getMessage()),
					"Use a media type, such as 'text/html'.");
		}
	}

	boolean isNone() {
		return this.paths.isEmpty() && this.produces.isEmpty();
	}

	/** The most specific of the patterns that match. */
	@Nullable PathPattern findMatch(PathContainer path) {
		PathPattern match = null;
		for (PathPattern pattern : this.paths) {
			if (pattern.matches(path) && (match == null || pattern.compareTo(match) < 0)) {
				match = pattern;
			}
		}
		return match;
	}

	/**
	 * Tell how well the handler serves a client: the lower the better. Where anything is
	 * accepted, one that is for anything is better than one that is for something else.
	 */
	int rank(List<MediaType> accepted) {
		for (int i = 0; i < accepted.size(); i++) {
			MediaType type = accepted.get(i);
			if (this.produces.isEmpty() && type.isWildcardType()) {
				return 2 * i;
			}
			if (this.produces.stream().anyMatch(type::isCompatibleWith)) {
				return 2 * i + 1;
			}
		}
		return this.produces.isEmpty() ? UNACCEPTABLE - 1 : UNACCEPTABLE;
	}

	/** Whether a request can be for both, and neither is the better one. */
	boolean overlaps(HandlerCondition other) {
		return overlap(this.paths, other.paths) && overlap(this.produces, other.produces);
	}

	private static boolean overlap(List<?> one, List<?> other) {
		return (one.isEmpty() && other.isEmpty()) || !Collections.disjoint(one, other);
	}

	/** What is added to the name of a key. */
	@Override
	public String toString() {
		return describe(this.paths, this.produces);
	}

	static String describe(List<?> paths, List<?> produces) {
		return (paths.isEmpty() ? "" : " of paths " + paths) + (produces.isEmpty() ? "" : " as " + produces);
	}

}
