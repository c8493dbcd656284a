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

package io.starlet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.Assert;

/**
 * A page in Markdown, of which some parts are measured.
 */
final class Page {

	private final Path file;

	Page(Path file) {
		this.file = file;
	}

	/**
	 * Replace what stands between the two comments that have a name.
	 */
	void replace(String name, String content) throws IOException {
		String page = Files.readString(this.file);
		String start = "<!-- measured: %s -->\n".formatted(name);
		String end = "<!-- end of %s -->".formatted(name);
		int from = page.indexOf(start) + start.length();
		int to = page.indexOf(end);
		Assert.state(from >= start.length() && to >= from, () -> "%s has no part %s".formatted(this.file, name));
		Files.writeString(this.file, page.substring(0, from) + '\n' + content + '\n' + page.substring(to));
	}

}
