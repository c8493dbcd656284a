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

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.springframework.web.util.UriUtils;

/**
 * Values that are masked wherever they are, also percent-encoded, decoded or escaped.
 * Long ones are looked for in pieces: a text that was cut in the middle of a secret has
 * at most the rest of a piece.
 */
final class Secrets {

	/** Shorter values are in every text by chance. */
	private static final int SHORTEST = 4;

	private static final int PIECE = 64;

	private static final int SHORTEST_LAST_PIECE = 16;

	private static final int LONGEST_PIECE = PIECE + SHORTEST_LAST_PIECE;

	/** What is a value of cookies, but no secret, and part of any source file. */
	private static final Set<String> WORDS = Set.of("true", "false", "null", "none", "undefined");

	private static final Pattern ONLY_MASK = Pattern.compile("\\*+");

	private static final Pattern ESCAPE = Pattern.compile("%[0-9A-F]{2}");

	private final Set<String> values = new LinkedHashSet<>();

	private final NavigableSet<String> pieces = new TreeSet<>();

	private final BitSet firstCharacters = new BitSet();

	Secrets(Collection<String> values) {
		this.values.addAll(values);
		for (String value : this.values) {
			for (String variant : variants(value)) {
				add(variant);
			}
		}
	}

	/**
	 * Return these values and more.
	 * @param more other values
	 * @return all of them
	 */
	Secrets and(Collection<String> more) {
		Set<String> all = new LinkedHashSet<>(this.values);
		all.addAll(more);
		return new Secrets(all);
	}

	private static Set<String> variants(String value) {
		Set<String> plain = new LinkedHashSet<>(List.of(value, value.strip()));
		try {
			plain.add(UriUtils.decode(value, StandardCharsets.UTF_8));
			plain.add(URLDecoder.decode(value, StandardCharsets.UTF_8));
		}
		catch (IllegalArgumentException ex) {
			// Not encoded
		}
		Set<String> variants = new LinkedHashSet<>(plain);
		for (String text : plain) {
			variants.add(text.replace("\\", "\\\\").replace("\"", "\\\""));
			for (String encoded : List.of(UriUtils.encode(text, StandardCharsets.UTF_8),
					URLEncoder.encode(text, StandardCharsets.UTF_8),
					UriUtils.encodeQueryParam(text, StandardCharsets.UTF_8),
					UriUtils.encodePathSegment(text, StandardCharsets.UTF_8))) {
				variants.add(encoded);
				variants.add(lowerCaseEscapes(encoded));
				variants.add(UriUtils.encode(encoded, StandardCharsets.UTF_8));
			}
		}
		return variants;
	}

	private static String lowerCaseEscapes(String encoded) {
		return ESCAPE.matcher(encoded).replaceAll((match) -> match.group().toLowerCase(Locale.ROOT));
	}

	private void add(String secret) {
		if (secret.length() < SHORTEST || WORDS.contains(secret.toLowerCase(Locale.ROOT))
				|| ONLY_MASK.matcher(secret).matches()) {
			return;
		}
		int start = 0;
		while (secret.length() - start >= PIECE + SHORTEST_LAST_PIECE) {
			this.pieces.add(secret.substring(start, start + PIECE));
			this.firstCharacters.set(secret.charAt(start));
			start += PIECE;
		}
		this.pieces.add(secret.substring(start));
		this.firstCharacters.set(secret.charAt(start));
	}

	/**
	 * Mask the values, the longest first.
	 * @param text a text
	 * @return the text with masks
	 */
	String mask(String text) {
		if (this.pieces.isEmpty()) {
			return text;
		}
		StringBuilder result = new StringBuilder(text.length());
		int masked = -1;
		int index = 0;
		while (index < text.length()) {
			boolean mask = text.startsWith(Redaction.MASK, index);
			int length = mask ? Redaction.MASK.length() : lengthAt(text, index);
			if (mask) {
				result.append(Redaction.MASK);
			}
			else if (length == 0) {
				result.append(text.charAt(index));
				length = 1;
			}
			else if (result.length() != masked) {
				result.append(Redaction.MASK);
				masked = result.length();
			}
			index += length;
		}
		return result.toString();
	}

	/**
	 * Return how long the longest piece is that a text has at an index. What is a prefix
	 * of the text is a prefix of anything that sorts between them.
	 */
	private int lengthAt(String text, int index) {
		if (!this.firstCharacters.get(text.charAt(index))) {
			return 0;
		}
		String window = text.substring(index, Math.min(text.length(), index + LONGEST_PIECE));
		String piece = this.pieces.floor(window);
		while (piece != null && !window.startsWith(piece)) {
			window = window.substring(0, commonLength(window, piece));
			piece = this.pieces.floor(window);
		}
		return (piece != null) ? piece.length() : 0;
	}

	private static int commonLength(String one, String other) {
		int length = 0;
		while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
			length++;
		}
		return length;
	}

}
