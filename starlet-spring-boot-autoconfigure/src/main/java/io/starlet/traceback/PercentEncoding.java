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

import java.util.function.UnaryOperator;

/**
 * Looks through percent-encoding, such as that of a URL in a parameter of another URL.
 */
final class PercentEncoding {

	/** How often something may be encoded. */
	static final int LEVELS = 5;

	private PercentEncoding() {
	}

	/**
	 * Decode until nothing is encoded.
	 * @param text a text
	 * @return the text, decoded
	 */
	static String decodeAll(String text) {
		String result = text;
		for (int level = 0; level < LEVELS && result.indexOf('%') != -1; level++) {
			result = decode(result);
		}
		return result;
	}

	/**
	 * Decode what is printable ASCII. A space, a line break or a control character stays
	 * encoded, so that what was one word stays one.
	 */
	private static String decode(String text) {
		StringBuilder result = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '%' && i + 2 < text.length()) {
				int decoded = Character.digit(text.charAt(i + 1), 16) * 16 + Character.digit(text.charAt(i + 2), 16);
				if (decoded > ' ' && decoded < 0x7F && Character.digit(text.charAt(i + 2), 16) >= 0) {
					result.append((char) decoded);
					i += 2;
					continue;
				}
			}
			result.append(character);
		}
		return result.toString();
	}

	/**
	 * Replace words by what their decoded form is turned into, if it is changed.
	 * @param text a text
	 * @param operator changes a decoded word
	 * @return the text, where words that are not changed stay encoded
	 */
	static String replaceWords(String text, UnaryOperator<String> operator) {
		if (text.indexOf('%') == -1) {
			return text;
		}
		StringBuilder result = new StringBuilder(text.length());
		int start = 0;
		for (int i = 0; i <= text.length(); i++) {
			if (i == text.length() || Character.isWhitespace(text.charAt(i)) || text.charAt(i) == '"') {
				result.append(replaceWord(text.substring(start, i), operator));
				if (i < text.length()) {
					result.append(text.charAt(i));
				}
				start = i + 1;
			}
		}
		return result.toString();
	}

	private static String replaceWord(String word, UnaryOperator<String> operator) {
		if (word.indexOf('%') == -1) {
			return word;
		}
		String decoded = decode(word);
		if (decoded.equals(word)) {
			return word;
		}
		String replaced = operator.apply(decoded);
		return replaced.equals(decoded) ? word : replaced;
	}

}
