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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.Assert;

/**
 * A page in Markdown with a table or list in each section that has been measured.
 */
final class Page {

	private final Path file;

	Page(Path file) {
		this.file = file;
	}

	/** Put a table or list in place of the one at the end of a section. */
	void replace(String heading, String measured) throws IOException {
		List<String> lines = new ArrayList<>(Files.readAllLines(this.file));
		int start = lines.indexOf(heading) + 1;
		Assert.state(start > 0, () -> "%s has no section '%s'".formatted(this.file, heading));
		int end = start;
		while (end < lines.size() && !lines.get(end).startsWith("#")) {
			end++;
		}
		List<String> section = lines.subList(start, end);
		section.removeIf((line) -> line.startsWith("|") || line.startsWith("- "));
		String text = String.join("\n", section).strip();
		section.clear();
		section.addAll(("\n" + text + (text.isEmpty() ? "" : "\n\n") + measured).lines().toList());
		if (start + section.size() < lines.size()) {
			section.add("");
		}
		Files.write(this.file, lines);
	}

}
