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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a handler, for those who look at an application.
 *
 * @param key the status or the name of the class of exceptions that it is registered for
 * @param paths patterns of the paths that it is for; empty if for all
 * @param produces the media types that it answers with; empty if it may be anything
 * @param bean the name of the handler's or configurer's bean
 * @param method the handler method; {@code null} if the handler is an object
 * @param layer the layer that calls it: {@code inner}, {@code outer} (the server-error
 * handler) or {@code webSocket}
 * @param order its order among handlers for the same; {@code null} if it has none
 * @since 0.1.0
 */
public record HandlerDescription(String key, List<String> paths, List<String> produces, String bean,
		@Nullable String method, String layer, @Nullable Integer order) {

	static final String INNER = "inner";

	static final String OUTER = "outer";

	static final String WEB_SOCKET = "webSocket";

	/**
	 * Return the same in a line.
	 */
	@Override
	public String toString() {
		StringBuilder line = new StringBuilder(this.key).append(HandlerCondition.describe(this.paths, this.produces));
		line.append(": bean '").append(this.bean).append("', ");
		if (this.method != null) {
			line.append(this.method).append(", ");
		}
		line.append("layer ").append(this.layer);
		return ((this.order != null) ? line.append(", order ").append(this.order) : line).toString();
	}

}
