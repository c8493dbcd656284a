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

package io.starlet.benchmarks.contestant;

/**
 * What the contestants are asked for.
 */
public enum Request {

	/** Nothing fails, in an annotated controller. */
	ANNOTATED_OK("`/ok`, annotated", "/annotated/ok", 200),

	/** A controller throws 404. */
	ANNOTATED_THROWN("404 thrown, annotated", "/annotated/thrown", 404),

	/** A controller signals 404. */
	ANNOTATED_SIGNALLED("404 signalled, annotated", "/annotated/signalled", 404),

	/** A controller throws an exception of the application's own. */
	ANNOTATED_CONFLICT("exception class → JSON 409, thrown, annotated", "/annotated/conflict", 409),

	/** A controller signals an exception of the application's own. */
	ANNOTATED_CONFLICT_SIGNALLED("exception class → JSON 409, signalled, annotated", "/annotated/conflict/signalled",
			409),

	/** A controller throws what nobody handles. */
	ANNOTATED_ERROR("unhandled 500, annotated", "/annotated/error", 500),

	/** Nothing fails, in a router function. */
	FUNCTIONAL_OK("`/ok`, functional", "/functional/ok", 200),

	/** A router function signals 404. */
	FUNCTIONAL_SIGNALLED("404 signalled, functional", "/functional/signalled", 404),

	/** A router function signals an exception of the application's own. */
	FUNCTIONAL_CONFLICT("exception class → JSON 409, functional", "/functional/conflict", 409),

	/** A router function signals what nobody handles. */
	FUNCTIONAL_ERROR("unhandled 500, functional", "/functional/error", 500),

	/** There is no endpoint. */
	NO_ROUTE("no route", "/nowhere", 404);

	private final String label;

	private final String path;

	private final int status;

	Request(String label, String path, int status) {
		this.label = label;
		this.path = path;
		this.status = status;
	}

	/**
	 * Return how tables name it.
	 * @return the name, in Markdown
	 */
	public String getLabel() {
		return this.label;
	}

	/**
	 * Return what it asks for.
	 * @return the path
	 */
	public String getPath() {
		return this.path;
	}

	/**
	 * Return what each contestant has to answer.
	 * @return the status
	 */
	public int getStatus() {
		return this.status;
	}

}
