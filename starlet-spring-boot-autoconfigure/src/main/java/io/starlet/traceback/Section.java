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

package io.starlet.traceback;

import java.util.List;

/**
 * Facts under one heading, such as the request's headers.
 *
 * @param title the heading, which is never a text of others
 * @param facts the facts, in order; a name may come more than once
 */
record Section(String title, List<Fact> facts) {

	/**
	 * One fact.
	 *
	 * @param name what it is
	 * @param value its value, redacted
	 */
	record Fact(String name, String value) {
	}

}
