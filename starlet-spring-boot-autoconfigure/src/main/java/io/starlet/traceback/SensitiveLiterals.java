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

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Masks string literals in a line of Java or Kotlin that are given to a sensitive name:
 * assigned to it, passed to it, or passed after it. Other literals and comments are
 * redacted as free text, code is left.
 */
final class SensitiveLiterals {

	private final Redaction redaction;

	private final String line;

	private final StringBuilder result = new StringBuilder();

	/** For each open parenthesis, whether what is in it is sensitive. */
	private final Deque<Boolean> calls = new ArrayDeque<>();

	/** The last identifier or literal. */
	private String name = "";

	/** What was before the last comma, or before Kotlin's {@code to}. */
	private String argument = "";

	/** What was before the last colon or arrow. */
	private String declared = "";

	/** The last character of code that is not blank. */
	private char previous = ' ';

	private boolean assigned;

	private boolean masked;

	SensitiveLiterals(Redaction redaction, String line) {
		this.redaction = redaction;
		this.line = line;
	}

	/**
	 * Mask the literals.
	 * @return the line with masks
	 */
	String mask() {
		int index = 0;
		while (index < this.line.length()) {
			char character = this.line.charAt(index);
			if (this.line.startsWith("//", index)) {
				this.result.append(this.redaction.text(this.line.substring(index)));
				break;
			}
			if (character == '"') {
				index = literal(index);
			}
			else if (character == '\'') {
				index = copy(index, characterEnd(index));
			}
			else if (Character.isJavaIdentifierStart(character)) {
				index = identifier(index);
			}
			else {
				operator(character);
				index = copy(index, index + 1);
			}
		}
		return this.result.toString();
	}

	private int copy(int start, int end) {
		this.result.append(this.line, start, end);
		return end;
	}

	private int characterEnd(int start) {
		int end = this.line.indexOf('\'', start + (this.line.startsWith("\\", start + 1) ? 3 : 2));
		return (end != -1 && end - start <= 8) ? end + 1 : start + 1;
	}

	private int identifier(int start) {
		int end = start + 1;
		while (end < this.line.length() && Character.isJavaIdentifierPart(this.line.charAt(end))) {
			end++;
		}
		String identifier = this.line.substring(start, end);
		if (identifier.equals("to")) {
			this.argument = this.name;
			this.previous = ',';
		}
		else if (this.previous != '.' || !identifier.startsWith("equals")) {
			this.name = identifier;
			this.previous = 'a';
		}
		return copy(start, end);
	}

	private void operator(char character) {
		switch (character) {
			case '(' -> this.calls.push(isInSensitiveCall()
					|| (isSensitive(this.name) && !this.name.endsWith("Exception") && !this.name.endsWith("Error")));
			case ')' -> this.calls.poll();
			case ',' -> this.argument = this.name;
			case ':' -> this.declared = this.name;
			case '=' -> {
				this.assigned = isSensitive(this.name) || isSensitive(this.declared);
				this.declared = "";
			}
			case '>' -> {
				if (this.previous == '-') {
					this.declared = this.name;
					this.previous = ':';
					return;
				}
			}
			case ';' -> {
				this.assigned = false;
				this.calls.clear();
				this.name = "";
				this.argument = "";
				this.declared = "";
			}
			default -> {
			}
		}
		if (!Character.isWhitespace(character)) {
			this.previous = character;
		}
	}

	private int literal(int start) {
		int end = SensitivePairs.quotedEnd(this.line, start, 0);
		String content = this.line.substring(start + 1, end);
		this.masked = isSensitiveHere(end)
				&& content.chars().anyMatch((character) -> character != '"' && character != ' ');
		this.name = (this.masked || content.indexOf(' ') != -1) ? "" : content;
		this.previous = 'a';
		this.result.append('"').append(this.masked ? Redaction.MASK : this.redaction.text(content));
		return copy(end, Math.min(end + 1, this.line.length()));
	}

	private boolean isSensitiveHere(int end) {
		boolean here = switch (this.previous) {
			case ',' -> isSensitive(this.argument);
			case ':' -> isSensitive(this.declared);
			case '+' -> this.masked;
			default -> false;
		};
		return here || this.assigned || isInSensitiveCall() || isComparedWithSensitive(end);
	}

	private boolean isInSensitiveCall() {
		return Boolean.TRUE.equals(this.calls.peek());
	}

	private boolean isComparedWithSensitive(int end) {
		if (!this.line.startsWith(".equals", end + 1)) {
			return false;
		}
		int close = this.line.indexOf(')', end);
		return isSensitive(this.line.substring(end + 1, (close != -1) ? close : this.line.length()));
	}

	private boolean isSensitive(String text) {
		return this.redaction.isSensitive(text);
	}

}
