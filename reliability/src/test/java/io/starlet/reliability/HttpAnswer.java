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

package io.starlet.reliability;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a server has sent for one request.
 *
 * @param status the status
 * @param headers the headers, by name in lower case
 * @param body the body
 * @param whole whether the body has come to its end
 */
record HttpAnswer(int status, Map<String, String> headers, String body, boolean whole) {

	/** The id of the request, which a filter of the application repeats. */
	@Nullable String requestId() {
		return this.headers.get("x-request-id");
	}

	/** Whether it says so. */
	boolean endsConnection() {
		return "close".equals(this.headers.get("connection"));
	}

}
