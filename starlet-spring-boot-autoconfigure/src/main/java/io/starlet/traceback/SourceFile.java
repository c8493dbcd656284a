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

	private static final int LINES_BEFORE = 4;

	private static final int LINES_AFTER = 4;

	private static final int MAX_LINE_LENGTH = 400;

	private static final int MAX_STATEMENT_LINES = 5;

	/** Longer lines are cut before they are redacted too. */
	private static final int MAX_REDACTED_LENGTH = 10_000;

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
	 * @param redaction masks what must not be shown
	 * @param lineNote what a reader has to know of the line, if anything
	 * @return the excerpt, or {@code null} if the file has no such line
	 */
	@Nullable SourceExcerpt excerpt(int line, Redaction redaction, @Nullable String lineNote) {
		if (line < 1 || line > this.lines.size()) {
			return null;
		}
		int from = Math.max(0, line - 1 - LINES_BEFORE);
		int to = Math.min(this.lines.size(), line + LINES_AFTER);
		scan(to);
		List<List<Token>> excerpt = new ArrayList<>();
		for (int i = from; i < to; i++) {
			String shown = cut(redacted(i, redaction), MAX_LINE_LENGTH);
			List<Token> tokens = new ArrayList<>();
			this.highlighter.scan(shown, this.states[i], tokens);
			excerpt.add(List.copyOf(tokens));
		}
		return new SourceExcerpt(this.path, from + 1, line, List.copyOf(excerpt),
				(this.note != null) ? this.note : lineNote);
	}

	private String redacted(int index, Redaction redaction) {
		String line = cut(this.lines.get(index), MAX_REDACTED_LENGTH);
		if (this.states[index] == SyntaxHighlighter.CODE) {
			String before = before(index);
			String prefix = redaction.sourceLine(before);
			String both = redaction.sourceLine(before + line);
			return both.startsWith(prefix) ? both.substring(prefix.length()) : redaction.sourceLine(line);
		}
		int opening = index - 1;
		while (this.states[opening] != SyntaxHighlighter.CODE) {
			opening--;
		}
		String name = before(opening) + this.lines.get(opening).replaceFirst("\"\"\".*", "\"value\"");
		boolean sensitive = name.endsWith("\"value\"") && !redaction.sourceLine(name).endsWith("\"value\"");
		return sensitive ? Redaction.MASK : redaction.text(redaction.sourceLine(line));
	}

	/** A literal may be some lines after the name that it is given to. */
	private String before(int index) {
		StringBuilder before = new StringBuilder();
		for (int i = index - 1; i >= Math.max(0, index - MAX_STATEMENT_LINES); i--) {
			String line = this.lines.get(i);
			if (this.states[i] != SyntaxHighlighter.CODE || line.contains("//") || line.contains("*/")
					|| line.length() > MAX_LINE_LENGTH) {
				break;
			}
			before.insert(0, line + " ");
		}
		return before.toString();
	}

	private static String cut(String line, int length) {
		if (line.length() <= length) {
			return line;
		}
		boolean splitsPair = Character.isHighSurrogate(line.charAt(length - 1));
		return line.substring(0, splitsPair ? length - 1 : length) + "…";
	}

}
