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

import java.util.Collection;
import java.util.List;

/**
 * Tells the application's own frames from those of libraries.
 *
 * @since 0.1.0
 */
public final class ApplicationPackages {

	private final List<String> prefixes;

	/**
	 * Create from package names.
	 * @param packages names of packages, which stand for those below them too
	 */
	public ApplicationPackages(Collection<String> packages) {
		this.prefixes = packages.stream().map((name) -> name + ".").toList();
	}

	/**
	 * Return whether a class is the application's own.
	 * @param className the name of a class
	 * @return whether it is in one of the packages or below it
	 */
	boolean contains(String className) {
		for (String prefix : this.prefixes) {
			if (className.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

}
