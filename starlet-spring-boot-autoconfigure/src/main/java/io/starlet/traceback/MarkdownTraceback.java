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

/**
 * A traceback as Markdown, to be pasted into an issue. Everything that is not fixed
 * stands in fences, as text that is not Markdown.
 */
final class MarkdownTraceback {

	private final StringBuilder out = new StringBuilder(1 << 13);

	private MarkdownTraceback() {
	}

	static String render(Traceback traceback) {
		MarkdownTraceback markdown = new MarkdownTraceback();
		markdown.append("Request", traceback.requestLine() + '\n' + traceback.logPrefix());
		markdown.append("Traceback", TextTraceback.render(traceback.error()));
		if (!traceback.hints().isEmpty()) {
			markdown.append("Hints", String.join("\n", traceback.hints()));
		}
		traceback.request().forEach(markdown::append);
		markdown.append(traceback.application());
		return markdown.out.toString();
	}

	private void append(Section section) {
		StringBuilder facts = new StringBuilder();
		section.facts().forEach((fact) -> facts.append(fact.name()).append(": ").append(fact.value()).append('\n'));
		append(section.title(), facts.toString());
	}

	private void append(String title, String text) {
		String printable = PrintableText.of(text).stripTrailing();
		String fence = "`".repeat(Math.max(3, longestRunOfBackticks(printable) + 1));
		this.out.append("### ").append(title).append("\n\n").append(fence).append("text\n");
		this.out.append(printable).append('\n').append(fence).append("\n\n");
	}

	private static int longestRunOfBackticks(String text) {
		int longest = 0;
		int run = 0;
		for (int index = 0; index < text.length(); index++) {
			run = (text.charAt(index) == '`') ? run + 1 : 0;
			longest = Math.max(longest, run);
		}
		return longest;
	}

}
