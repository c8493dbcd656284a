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

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Masks what must not be shown: by the name of a value, by its form, and by itself.
 * <p>
 * A name is sensitive if it contains one of the built-in words, so that a value of
 * {@code monkey} is masked as one of {@code key} is: rather a mask too many.
 *
 * @since 0.1.0
 */
public final class Redaction {

	/** Stands in place of a secret. */
	static final String MASK = "******";

	private static final List<String> NAMES = List.of("password", "passwd", "passphrase", "pwd", "secret", "token",
			"key", "credential", "session", "auth", "signature", "csrf", "xsrf", "cookie", "jwt", "bearer");

	private final List<String> names;

	private final Secrets secrets;

	/**
	 * Create with the built-in names and more.
	 * @param additionalNames values whose name contains one of these, in upper or lower
	 * case, are masked too
	 */
	public Redaction(Collection<String> additionalNames) {
		this(Stream
			.concat(NAMES.stream(),
					additionalNames.stream()
						.map((name) -> name.strip().toLowerCase(Locale.ROOT))
						.filter((name) -> !name.isEmpty()))
			.toList(), new Secrets(List.of()));
	}

	private Redaction(List<String> names, Secrets secrets) {
		this.names = names;
		this.secrets = secrets;
	}

	/**
	 * Return a redaction that also masks some values wherever they are. Values of less
	 * than four characters and words such as {@code true} are not masked, as a text has
	 * them by chance.
	 * @param secrets the values
	 * @return a redaction
	 */
	Redaction withSecrets(Collection<String> secrets) {
		return new Redaction(this.names, this.secrets.and(secrets));
	}

	/**
	 * Return whether the values of a name are masked.
	 * @param name the name of a header, parameter, attribute or variable, perhaps
	 * percent-encoded
	 * @return whether its values are masked
	 */
	boolean isSensitive(String name) {
		String lowerCase = PercentEncoding.decodeAll(name).toLowerCase(Locale.ROOT);
		return this.names.stream().anyMatch(lowerCase::contains);
	}

	/**
	 * Redact a named value.
	 * @param name its name
	 * @param value its value
	 * @return the mask, or the value with what it contains redacted
	 */
	String value(String name, String value) {
		return isSensitive(name) ? MASK : text(value);
	}

	/**
	 * Redact a free text: user information in URLs, values of sensitive names, secrets.
	 * @param text the text
	 * @return the text with masks
	 */
	String text(String text) {
		String before = text;
		String after = text(before, PercentEncoding.LEVELS);
		// What was decoded may be part of a value that goes on after it
		for (int i = 0; i < PercentEncoding.LEVELS && !after.equals(before); i++) {
			before = after;
			after = text(before, PercentEncoding.LEVELS);
		}
		return after;
	}

	private String text(String text, int levels) {
		String result = SensitiveForms.mask(this.secrets.mask(text));
		result = new SensitivePairs(this, result).mask();
		return (levels > 0) ? PercentEncoding.replaceWords(result, (word) -> text(word, levels - 1)) : result;
	}

	/**
	 * Redact a line of source code, which stays code: only literals are masked.
	 * @param line the line
	 * @return the line with masks
	 */
	String sourceLine(String line) {
		String result = this.secrets.mask(line);
		String code = result.stripLeading();
		return (code.startsWith("*") || code.startsWith("/*")) ? text(result)
				: new SensitiveLiterals(this, result).mask();
	}

}
