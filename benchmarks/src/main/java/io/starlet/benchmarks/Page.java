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
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.Assert;

/**
 * A page in Markdown, whose tables and lists are measured.
 */
final class Page {

	private final Path file;

	Page(Path file) {
		this.file = file;
	}

	/**
	 * Replace the table or the list of a section, which is the last that it has.
	 */
	void replace(String heading, String measured) throws IOException {
		List<String> lines = new ArrayList<>(Files.readAllLines(this.file));
		int start = lines.indexOf(heading) + 1;
		Assert.state(start > 0, () -> "%s has no section '%s'".formatted(this.file, heading));
		int end = start;
		while (end < lines.size() && !lines.get(end).startsWith("#")) {
			end++;
		}
		int last = end;
		while (lines.get(last - 1).isEmpty()) {
			last--;
		}
		int first = last;
		while (lines.get(first - 1).startsWith("|") || lines.get(first - 1).startsWith("- ")) {
			first--;
		}
		List<String> section = lines.subList(first, end);
		section.clear();
		if (first == last) {
			section.add("");
		}
		section.addAll(measured.lines().toList());
		if (lines.size() > first + section.size()) {
			section.add("");
		}
		Files.write(this.file, lines);
	}

}
