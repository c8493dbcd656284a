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

import java.util.regex.Pattern;

/**
 * Masks what is known by its form: user information in URLs, credentials after an
 * authentication scheme, JSON Web Tokens. Takes time in proportion to the text.
 */
final class SensitiveForms {

	private static final Pattern CREDENTIALS = Pattern
		.compile("(?i)\\b(bearer|basic)([ \\t+]{1,8}+|%20)(?!(?:auth[a-z]{0,10}+|tokens?|realm|error|scope)\\b)"
				+ "[\\w.~+/=:%-]{3,}+");

	private static final Pattern JSON_WEB_TOKEN = Pattern
		.compile("(?<![\\w-])eyJ[\\w-]{8,}+\\.[\\w-]{4,}+(?:\\.[\\w-]*+)?");

	private static final Pattern ORACLE_URL = Pattern.compile("(?i)(jdbc:oracle:\\w{1,10}+:)[^\\s@\"]{1,200}+@");

	private SensitiveForms() {
	}

	/**
	 * Mask what has such a form.
	 * @param text a text
	 * @return the text with masks
	 */
	static String mask(String text) {
		String result = maskUserInfo(text);
		result = ORACLE_URL.matcher(result).replaceAll("$1" + Redaction.MASK + "@");
		result = CREDENTIALS.matcher(result).replaceAll("$1$2" + Redaction.MASK);
		return JSON_WEB_TOKEN.matcher(result).replaceAll(Redaction.MASK);
	}

	private static String maskUserInfo(String text) {
		StringBuilder result = new StringBuilder(text.length());
		int copied = 0;
		int at = -1;
		int wordEnd = -1;
		for (int i = text.indexOf("//"); i != -1; i = text.indexOf("//", Math.max(copied, i + 1))) {
			int start = i + 2;
			at = (at < start) ? text.indexOf('@', start) : at;
			if (at == -1) {
				break;
			}
			wordEnd = (wordEnd < start) ? wordEnd(text, start) : wordEnd;
			int end = userInfoEnd(text, start, at, wordEnd);
			boolean url = i > 0 && text.charAt(i - 1) == ':';
			if (end > start && (url || text.substring(start, end).indexOf(':') != -1)) {
				result.append(text, copied, start).append(Redaction.MASK);
				copied = end;
			}
		}
		return result.append(text, copied, text.length()).toString();
	}

	private static int wordEnd(String text, int start) {
		int end = start;
		while (end < text.length() && !Character.isWhitespace(text.charAt(end))
				&& "\"<>".indexOf(text.charAt(end)) == -1) {
			end++;
		}
		return end;
	}

	/**
	 * Return where the user information ends, or -1. A password that was not encoded may
	 * have the characters that end an authority.
	 */
	private static int userInfoEnd(String text, int start, int at, int wordEnd) {
		if (at >= wordEnd) {
			return -1;
		}
		int authorityEnd = start;
		while (authorityEnd < wordEnd && "/?#".indexOf(text.charAt(authorityEnd)) == -1) {
			authorityEnd++;
		}
		if (at < authorityEnd) {
			return text.lastIndexOf('@', authorityEnd - 1);
		}
		String authority = text.substring(start, authorityEnd);
		int colon = authority.indexOf(':');
		boolean password = colon != -1 && !authority.startsWith("[")
				&& !authority.substring(colon + 1).chars().allMatch(Character::isDigit);
		return password ? at : -1;
	}

}
