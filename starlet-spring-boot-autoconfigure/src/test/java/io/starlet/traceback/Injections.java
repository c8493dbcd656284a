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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hostile texts.
 */
final class Injections {

	/** What must not be in a text that is printed or shown. */
	static final Pattern UNPRINTABLE = Pattern
		.compile("[\\p{Cc}&&[^\\n\\t]]|\\p{Cf}|\\p{Zl}|\\p{Zp}|\\p{Cs}|\\p{Co}|\\p{Cn}");

	private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u(\\p{XDigit}{4})|.)");

	private static final int MEGABYTE = 1 << 20;

	private Injections() {
	}

	/** Those of the corpus. */
	static List<String> corpus() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(Objects.requireNonNull(Injections.class.getResourceAsStream("injections.txt")),
						StandardCharsets.US_ASCII))) {
			return reader.lines()
				.filter((line) -> !line.isEmpty() && !line.startsWith("# "))
				.map(Injections::unescape)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Texts of a megabyte. */
	static Stream<String> huge() {
		return Stream.of("<", "&", "\"", "`", "\r\n", "</textarea>", "\0", "\u001b[31m", "\u202e", "\ud800")
			.map((text) -> text.repeat(MEGABYTE / text.length()));
	}

	private static String unescape(String line) {
		return ESCAPE.matcher(line)
			.replaceAll((escape) -> Matcher.quoteReplacement(
					(escape.group(1) != null) ? Character.toString((char) Integer.parseInt(escape.group(1), 16))
							: escape.group().translateEscapes()));
	}

}
