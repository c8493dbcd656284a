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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.web.util.UriUtils;

/**
 * Masks what must not be shown: by the name of a value, by its form, and by itself.
 * <p>
 * A name is sensitive if it contains one of the built-in words, so that a value of
 * {@code monkey} is masked as one of {@code key} is: rather a mask too many. All patterns
 * repeat possessively, so that hostile text costs no more than any other.
 *
 * @since 0.1.0
 */
public final class Redaction {

	/** Stands in place of a secret. */
	static final String MASK = "******";

	private static final List<String> NAMES = List.of("password", "passwd", "passphrase", "pwd", "secret", "token",
			"key", "credential", "session", "auth", "signature", "csrf", "xsrf", "cookie", "jwt", "bearer");

	/** How often a URL may be percent-encoded in another. */
	private static final int LEVELS = 2;

	/** Values that any text has by chance. */
	private static final Pattern NO_SECRET = Pattern.compile("(?is).{0,3}|true|false|null|none|undefined|\\*+");

	private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");

	private static final Pattern USER_INFO = Pattern.compile("(?<=//)(?:[^\\s/?#@\"'<>]*+@)++");

	private static final Pattern CREDENTIALS = Pattern.compile("\\b((?i:bearer|basic) )(?![a-z]++\\b)[\\w.~+/=-]{4,}+");

	private static final Pattern JSON_WEB_TOKEN = Pattern
		.compile("(?<![\\w-])eyJ[\\w-]{8,}+\\.[\\w-]{4,}+(?:\\.[\\w-]*+)?+");

	/** Has pairs of its own, so it is masked to the end of the line. */
	private static final Pattern HEADER = Pattern
		.compile("(?i)\\b((?:set-)?+cookie|(?:proxy-)?+authorization)(\"?+ ?+[=:] ?+)[^\\r\\n]++");

	private static final String NAME_PART = "[\\p{L}\\p{N}_.$%-]";

	/**
	 * After a name: an equals sign, or a colon that is none of a stack trace or host.
	 * What is around a name in JSON and in queries stands before it.
	 */
	private static final String SEPARATOR = "[\\]\"'`\\\\]{0,4}+ ?+(?:=>?+|(?<!Exception|Error|\\.java|\\.kt):(?!:|//)) ?+";

	/** A quoted text, a list, an object and all that follows it, or a word. */
	private static final String VALUE = "(?:\"(?:[^\"\\\\]++|\\\\.|\"\")*+\"?+|'(?:[^'\\\\]++|\\\\.|'')*+'?+|\\\\++\"[^\"]*+\"?+"
			+ "|\\[[^\\]]*+\\]?+|\\{[^\\r\\n]*+|\\([^)]*+\\)?+|[^\\s\"'<>&;,)\\]}]++)";

	private final List<String> names;

	private final Pattern pair;

	/** The longest first, as it may contain another. */
	private final Set<String> secrets = new TreeSet<>(
			Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));

	/**
	 * Create with the built-in names and more.
	 * @param additionalNames values whose name contains one of these, in upper or lower
	 * case, are masked too
	 */
	public Redaction(Collection<String> additionalNames) {
		this.names = Stream
			.concat(NAMES.stream(), additionalNames.stream().map((name) -> name.strip().toLowerCase(Locale.ROOT)))
			.filter((name) -> !name.isEmpty())
			.toList();
		String words = this.names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
		this.pair = Pattern.compile("(?iu)((?<!" + NAME_PART + "|//)(?=" + NAME_PART + "*?" + words + ")" + NAME_PART
				+ "++" + SEPARATOR + ")" + VALUE);
	}

	private Redaction(Redaction redaction) {
		this.names = redaction.names;
		this.pair = redaction.pair;
		this.secrets.addAll(redaction.secrets);
	}

	/**
	 * Return a redaction that also masks some values wherever they are, encoded and
	 * decoded too. Values of less than four characters and words such as {@code true} are
	 * not masked, as a text has them by chance.
	 * @param secrets the values
	 * @return a redaction
	 */
	Redaction withSecrets(Collection<String> secrets) {
		Redaction redaction = new Redaction(this);
		for (String secret : secrets) {
			for (String value : new TreeSet<>(List.of(secret, secret.strip(), decode(secret), decodeForm(secret)))) {
				Stream
					.of(value, UriUtils.encode(value, StandardCharsets.UTF_8),
							UriUtils.encodeQueryParam(value, StandardCharsets.UTF_8),
							URLEncoder.encode(value, StandardCharsets.UTF_8))
					.flatMap((form) -> Stream.of(form, decode(form)))
					.filter((form) -> !NO_SECRET.matcher(form).matches())
					.forEach(redaction.secrets::add);
			}
		}
		return redaction;
	}

	private static String decodeForm(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	/**
	 * Return whether the values of a name are masked.
	 * @param name the name of a header, parameter, attribute or variable, perhaps
	 * percent-encoded
	 * @return whether its values are masked
	 */
	boolean isSensitive(String name) {
		return hasName(decode(decode(name)));
	}

	private boolean hasName(String text) {
		String lowerCase = text.toLowerCase(Locale.ROOT);
		return this.names.stream().anyMatch(lowerCase::contains);
	}

	/**
	 * Redact a free text: user information in URLs, values of sensitive names, secrets.
	 * Where something percent-encoded has to be masked, the text is returned decoded.
	 * @param text the text
	 * @return the text with masks
	 */
	String text(String text) {
		return text(text, LEVELS);
	}

	private String text(String text, int levels) {
		String result = maskSecrets(text);
		result = USER_INFO.matcher(result).replaceAll(MASK + "@");
		result = CREDENTIALS.matcher(result).replaceAll("$1" + MASK);
		result = JSON_WEB_TOKEN.matcher(result).replaceAll(MASK);
		if (hasName(result)) {
			result = HEADER.matcher(result).replaceAll("$1$2" + MASK);
			result = this.pair.matcher(result).replaceAll("$1" + MASK);
		}
		String decoded = decode(result);
		if (levels == 0 || decoded.equals(result)) {
			return result;
		}
		String redacted = text(decoded, levels - 1);
		return redacted.equals(decoded) ? result : redacted;
	}

	private String maskSecrets(String text) {
		String result = text;
		for (String secret : this.secrets) {
			result = result.replace(secret, MASK);
		}
		return result;
	}

	/** Decodes printable ASCII only, so that what is one word stays one. */
	private static String decode(String text) {
		if (text.indexOf('%') < 0) {
			return text;
		}
		return ESCAPE.matcher(text).replaceAll((escape) -> {
			int character = Integer.parseInt(escape.group(1), 16);
			return (character > ' ' && character < 0x7F) ? Matcher.quoteReplacement(Character.toString(character))
					: escape.group().toUpperCase(Locale.ROOT);
		});
	}

}
