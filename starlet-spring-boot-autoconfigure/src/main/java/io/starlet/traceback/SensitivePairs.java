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

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Masks the values of sensitive names in a text: parameters of URLs, JSON, headers, what
 * {@code toString()} makes of an object or a map. Where it can't be known where a value
 * ends, rather more is masked than less. One pass over the text, which looks ahead no
 * further than to the next separator and back no further than to the last.
 */
final class SensitivePairs {

	private final Redaction redaction;

	private final String text;

	SensitivePairs(Redaction redaction, String text) {
		this.redaction = redaction;
		this.text = text;
	}

	/**
	 * Mask the values.
	 * @return the text with masks
	 */
	String mask() {
		StringBuilder result = new StringBuilder(this.text.length());
		int copied = 0;
		int depth = 0;
		for (int i = 0; i < this.text.length(); i++) {
			char character = this.text.charAt(i);
			if (character == '\n') {
				depth = 0;
			}
			else if (isOpening(character)) {
				depth++;
			}
			else if (isClosing(character)) {
				depth = Math.max(0, depth - 1);
			}
			else if (character == '=' || character == ':') {
				String name = name(copied, i);
				if (name != null && this.redaction.isSensitive(name)) {
					Value value = value(name, i, depth > 0);
					if (value.end > value.start) {
						result.append(this.text, copied, value.start).append(Redaction.MASK);
						copied = value.end;
						i = value.end - 1;
					}
				}
			}
		}
		return result.append(this.text, copied, this.text.length()).toString();
	}

	/**
	 * Return the name before a separator, or {@code null} if it separates something else.
	 */
	private @Nullable String name(int from, int separator) {
		int end = separator;
		while (end > from && isBlank(at(end - 1))) {
			end--;
		}
		while (end > from && (isQuote(at(end - 1)) || at(end - 1) == '\\')) {
			end--;
		}
		boolean index = end > from && at(end - 1) == ']';
		int start = end;
		while (start > from && (isNamePart(at(start - 1)) || (index && "[]".indexOf(at(start - 1)) != -1))) {
			start--;
		}
		String name = this.text.substring(start, end);
		boolean pair = at(separator) == '=' || !(isPartOfUrl(start, separator) || isPartOfTrace(name, separator));
		return (pair && !name.isEmpty()) ? name : null;
	}

	private boolean isPartOfUrl(int nameStart, int colon) {
		return this.text.startsWith("//", colon + 1) || this.text.startsWith("//", nameStart - 2)
				|| at(nameStart - 1) == '@';
	}

	/** What throwables and stack traces print of classes with such names. */
	private boolean isPartOfTrace(String name, int colon) {
		return at(colon + 1) == ':' || at(colon - 1) == ':' || name.endsWith("Exception") || name.endsWith("Error")
				|| ((name.endsWith(".java") || name.endsWith(".kt")) && Character.isDigit(at(colon + 1)));
	}

	private Value value(String name, int separator, boolean enclosed) {
		int start = separator + 1;
		while ("=>".indexOf(at(start)) != -1) {
			start++;
		}
		while (isBlank(at(start))) {
			start++;
		}
		int quote = start;
		while (at(quote) == '\\') {
			quote++;
		}
		if (isQuote(at(quote))) {
			return new Value(quote + 1, quotedEnd(this.text, quote, quote - start));
		}
		if (isOpening(at(start))) {
			return new Value(start + 1, enclosedEnd(start));
		}
		String lowerCase = name.toLowerCase(Locale.ROOT);
		boolean list = lowerCase.contains("cookie") || lowerCase.contains("authorization");
		return new Value(start, list ? listEnd(start, enclosed) : plainEnd(start, enclosed));
	}

	/**
	 * Return where a quoted text ends.
	 * @param text the text
	 * @param quote the index of the opening quote
	 * @param escapes how many backslashes are before it
	 * @return the index of the closing quote, or of the backslashes before it, or the end
	 * of the text
	 */
	static int quotedEnd(String text, int quote, int escapes) {
		int backslashes = 0;
		for (int i = quote + 1; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '\\') {
				backslashes++;
				continue;
			}
			if (character == text.charAt(quote)
					&& (backslashes <= escapes || (backslashes - escapes) % (2 * (escapes + 1)) == 0)) {
				if (i + 1 >= text.length() || text.charAt(i + 1) != character) {
					return i - Math.min(backslashes, escapes);
				}
				i++;
			}
			backslashes = 0;
		}
		return text.length();
	}

	private int enclosedEnd(int start) {
		int depth = 0;
		for (int i = start; i < this.text.length(); i++) {
			char character = at(i);
			if (character == '"') {
				i = quotedEnd(this.text, i, 0);
			}
			else if (isOpening(character)) {
				depth++;
			}
			else if (isClosing(character) && --depth == 0) {
				return i;
			}
		}
		return this.text.length();
	}

	/** The end of what has pairs of its own, such as cookies. */
	private int listEnd(int start, boolean enclosed) {
		for (int i = start; i < this.text.length(); i++) {
			char character = at(i);
			if (character == '"' && at(i - 1) == '=') {
				i = quotedEnd(this.text, i, 0);
			}
			else if (isLineBreak(character) || isEnd(i, enclosed)) {
				return i;
			}
		}
		return this.text.length();
	}

	private int plainEnd(int start, boolean enclosed) {
		int depth = 0;
		int first = start;
		for (int i = start; i < this.text.length(); i++) {
			char character = at(i);
			if (isLineBreak(character)) {
				return i;
			}
			if (isOpening(character)) {
				depth++;
			}
			else if (isClosing(character) && depth > 0) {
				depth--;
			}
			else if (isEnd(i, enclosed) || ("&;,".indexOf(character) != -1 && isPair(i + 1))) {
				return i;
			}
			else if (!enclosed && Character.isWhitespace(character)) {
				if (first != start || !isScheme(start, i)) {
					return i;
				}
				while (isBlank(at(i + 1))) {
					i++;
				}
				first = i + 1;
			}
		}
		return this.text.length();
	}

	private boolean isScheme(int start, int end) {
		String word = this.text.substring(start, end);
		return word.equalsIgnoreCase("Bearer") || word.equalsIgnoreCase("Basic") || word.equalsIgnoreCase("Token")
				|| word.equalsIgnoreCase("Digest") || word.equalsIgnoreCase("Negotiate");
	}

	/**
	 * Whether a character ends what is around the pair, rather than being of its value.
	 */
	private boolean isEnd(int index, boolean enclosed) {
		char character = at(index);
		return (isQuote(character) || character == '>' || (enclosed && isClosing(character)))
				&& !Character.isLetterOrDigit(at(index + 1));
	}

	private boolean isPair(int index) {
		int start = index;
		while (isBlank(at(start)) || isQuote(at(start)) || at(start) == '\\') {
			start++;
		}
		int end = start;
		while (isNamePart(at(end))) {
			end++;
		}
		int separator = end;
		while (isBlank(at(separator)) || isQuote(at(separator)) || at(separator) == '\\' || at(separator) == ']') {
			separator++;
		}
		return end > start && (at(separator) == '=' || at(separator) == ':');
	}

	private char at(int index) {
		return (index >= 0 && index < this.text.length()) ? this.text.charAt(index) : 0;
	}

	private static boolean isNamePart(char character) {
		return Character.isLetterOrDigit(character) || "_-.$%".indexOf(character) != -1;
	}

	private static boolean isQuote(char character) {
		return character == '"' || character == '\'' || character == '`';
	}

	private static boolean isBlank(char character) {
		return character == ' ' || character == '\t';
	}

	private static boolean isLineBreak(char character) {
		return character == '\n' || character == '\r';
	}

	private static boolean isOpening(char character) {
		return character == '[' || character == '{' || character == '(';
	}

	private static boolean isClosing(char character) {
		return character == ']' || character == '}' || character == ')';
	}

	/** Where a value is. */
	private record Value(int start, int end) {
	}

}
