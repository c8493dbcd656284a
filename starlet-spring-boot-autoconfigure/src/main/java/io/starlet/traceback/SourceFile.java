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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.starlet.traceback.SourceExcerpt.Token;

/**
 * The text of a source file.
 */
final class SourceFile {

	private static final int MAX_LINE_LENGTH = 400;

	/** Where a statement may have started whose last line is shown. */
	private static final int MAX_STATEMENT_LINES = 5;

	private final @Nullable Path path;

	private final @Nullable String note;

	private final List<String> lines;

	private final SyntaxHighlighter highlighter;

	/** The highlighter's state at the start of each line, as far as it was scanned. */
	private final int[] states;

	private int scanned = 1;

	/**
	 * Create from text.
	 * @param path the file, or {@code null} if it is an entry of an archive
	 * @param name the file's name
	 * @param text its text
	 * @param note what a reader has to know, if anything
	 */
	SourceFile(@Nullable Path path, String name, String text, @Nullable String note) {
		this.path = path;
		this.note = note;
		this.lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
		this.highlighter = SyntaxHighlighter.of(name);
		this.states = new int[this.lines.size()];
	}

	private void scan(int to) {
		for (; this.scanned < to; this.scanned++) {
			this.states[this.scanned] = this.highlighter.scan(this.lines.get(this.scanned - 1),
					this.states[this.scanned - 1], null);
		}
	}

	/**
	 * Return whether the file says that it is in a package.
	 * @param packageName the package's name
	 * @return whether it does
	 */
	boolean declares(String packageName) {
		return packageName.isEmpty() || this.lines.stream()
			.filter((line) -> line.startsWith("package"))
			.map((line) -> line.replace("`", "").split("[\\s;/]+", 3))
			.anyMatch((words) -> words.length > 1 && words[1].equals(packageName));
	}

	/**
	 * Return the lines around one.
	 * @param line the line's number, from 1
	 * @param around how many lines to show before and after it
	 * @param redaction masks what must not be shown
	 * @param lineNote what a reader has to know of the line, if anything
	 * @return the excerpt, or {@code null} if the file has no such line
	 */
	@Nullable SourceExcerpt excerpt(int line, int around, Redaction redaction, @Nullable String lineNote) {
		if (line < 1 || line > this.lines.size()) {
			return null;
		}
		int from = Math.max(0, line - 1 - around);
		int to = Math.min(this.lines.size(), line + around);
		scan(to);
		SourceRedaction sourceRedaction = new SourceRedaction(redaction);
		List<List<Token>> excerpt = new ArrayList<>();
		for (int i = Math.max(0, from - MAX_STATEMENT_LINES); i < to; i++) {
			List<Token> tokens = new ArrayList<>();
			this.highlighter.scan(PrintableText.shorten(this.lines.get(i), MAX_LINE_LENGTH), this.states[i], tokens);
			List<Token> redacted = sourceRedaction.redact(tokens);
			if (i >= from) {
				excerpt.add(redacted);
			}
		}
		return new SourceExcerpt(this.path, from + 1, line, List.copyOf(excerpt),
				(this.note != null) ? this.note : lineNote);
	}

}
