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
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Some lines of a source file.
 *
 * @param path the file, or {@code null} if it is an entry of an archive
 * @param firstLine the number of the first line, from 1
 * @param failingLine the number of the line that failed
 * @param lines the lines, redacted and each cut to a bounded length
 * @param note what a reader has to know, such as that the file is newer than the class;
 * {@code null} if nothing
 */
record SourceExcerpt(@Nullable Path path, int firstLine, int failingLine, List<List<Token>> lines,
		@Nullable String note) {

	/**
	 * Return the line that failed.
	 * @return its text
	 */
	String failingText() {
		StringBuilder text = new StringBuilder();
		this.lines.get(this.failingLine - this.firstLine).forEach((token) -> text.append(token.text()));
		return text.toString();
	}

	/**
	 * A piece of a line.
	 *
	 * @param kind what it is
	 * @param text its characters
	 */
	record Token(Kind kind, String text) {
	}

	/** What is told apart by colour. */
	enum Kind {

		PLAIN, KEYWORD, STRING, NUMBER, COMMENT, ANNOTATION

	}

}
