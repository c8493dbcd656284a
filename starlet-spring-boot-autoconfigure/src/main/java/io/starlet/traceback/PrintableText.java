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

import java.util.HexFormat;

/**
 * Makes visible what would not be read as it stands: control characters, escape sequences
 * of terminals, characters that change the direction of a text, and halves of surrogate
 * pairs. Cuts texts without making such halves.
 */
final class PrintableText {

	private static final HexFormat HEXADECIMAL = HexFormat.of().withUpperCase();

	private PrintableText() {
	}

	static String of(String text) {
		StringBuilder printable = null;
		int index = 0;
		while (index < text.length()) {
			int codePoint = text.codePointAt(index);
			boolean isPrintable = isPrintable(codePoint);
			if (!isPrintable && printable == null) {
				printable = new StringBuilder(text.length() + 16).append(text, 0, index);
			}
			if (printable != null) {
				if (isPrintable) {
					printable.appendCodePoint(codePoint);
				}
				else if (!text.startsWith("\r\n", index)) {
					for (char character : Character.toChars(codePoint)) {
						printable.append("\\u").append(HEXADECIMAL.toHexDigits(character));
					}
				}
			}
			index += Character.charCount(codePoint);
		}
		return (printable != null) ? printable.toString() : text;
	}

	private static boolean isPrintable(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL -> codePoint == '\n' || codePoint == '\t';
			case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE,
					Character.PRIVATE_USE, Character.UNASSIGNED ->
				false;
			default -> true;
		};
	}

	/**
	 * Cut a text, though never between the two halves of a character.
	 * @param text the text
	 * @param length how many characters to keep
	 * @return the beginning of the text, or all of it
	 */
	static String cut(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		boolean split = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
		return text.substring(0, split ? length - 1 : length);
	}

	/**
	 * Cut a text as {@link #cut} does, and show that it was.
	 * @param text the text
	 * @param length how many characters to keep
	 * @return all of the text, or the beginning and an ellipsis
	 */
	static String shorten(String text, int length) {
		return (text.length() <= length) ? text : cut(text, length) + "…";
	}

}
