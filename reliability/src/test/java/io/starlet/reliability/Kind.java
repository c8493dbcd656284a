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

import java.util.Locale;

/**
 * What a client does, a tenth of the requests each.
 */
enum Kind {

	SUCCESS(200),

	NOT_FOUND(404),

	MAPPED(409),

	UNHANDLED(500),

	FAILING_HANDLER(500),

	SLOW_HANDLER(422),

	/** Whose response is cut by an error after its first chunk. */
	CUT_STREAM(200),

	/** Before the body of the response, in the middle of it, or before the response. */
	LEAVING,

	UPLOAD_CUT,

	WEB_SOCKET;

	private final int status;

	Kind() {
		this(0);
	}

	Kind(int status) {
		this.status = status;
	}

	static Kind of(long id) {
		return values()[(int) (id % values().length)];
	}

	/** Whether the client waits for an HTTP answer. */
	boolean isAnswered() {
		return this.status != 0;
	}

	/** The status of the answer, if there is one. */
	int status() {
		return this.status;
	}

	/** What paths begin with, and the application counts by. */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
