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

package io.starlet.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every block of code of the README and the pages of docs is compiled, run, and what is
 * said of it seen to be so.
 */
@Timeout(600)
class DocumentationTests {

	@TestFactory
	Stream<DynamicContainer> examplesAreAsTheirPagesSay() throws IOException {
		return Page.all()
			.stream()
			.map((page) -> DynamicContainer.dynamicContainer(page.path().getFileName().toString(),
					page.examples().stream().map((example) -> DynamicTest.dynamicTest(example.title(), example::run))));
	}

	@Test
	void linksLeadSomewhere() throws IOException {
		for (Page page : Page.all()) {
			for (String link : page.links()) {
				if (!link.contains(":")) {
					String[] parts = link.split("#", 2);
					Path target = parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]);
					assertThat(target).as("%s in %s", link, page.path()).exists();
					if (parts.length == 2) {
						assertThat(Page.read(target).anchors()).as("%s in %s", link, page.path()).contains(parts[1]);
					}
				}
			}
		}
	}

	@Test
	void aTestShowsEachFeature() throws IOException {
		List<String> rows = Files.readAllLines(Page.ROOT.resolve("README.md"))
			.stream()
			.dropWhile((line) -> !line.equals("| Feature | Shown by |"))
			.skip(2)
			.takeWhile((line) -> !line.isEmpty())
			.toList();
		assertThat(rows).isNotEmpty().allMatch((row) -> row.contains("Tests.java)"));
	}

	@Test
	void theReadmeHasEveryPropertyAndItsDefault() throws IOException {
		String readme = Files.readString(Page.ROOT.resolve("README.md"));
		assertThat(Pattern.compile("(?m)^\\| `(starlet\\.[^`]*)` \\|")
			.matcher(readme)
			.results()
			.map((row) -> row.group(1)))
			.containsExactlyInAnyOrderElementsOf(ConfigurationKeys.startingWith("starlet.").keySet());
		ConfigurationKeys.startingWith("starlet.").forEach((name, property) -> {
			Object value = property.get("defaultValue");
			if (value != null && !(value instanceof List<?>)) {
				assertThat(readme).contains("| `%s` | `%s` |".formatted(name, value));
			}
		});
	}

}
