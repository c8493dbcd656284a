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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriUtils;

/**
 * Makes the address that opens a file in an editor.
 *
 * @since 0.1.0
 */
public final class EditorLink {

	private static final Map<String, String> PRESETS = Map.of("idea", "idea://open?file={file}&line={line}", "vscode",
			"vscode://file/{file}:{line}", "cursor", "cursor://file/{file}:{line}", "zed", "zed://file/{file}:{line}",
			"windsurf", "windsurf://file/{file}:{line}");

	/** What a browser would execute, fetch or show by itself, and no editor's. */
	private static final Pattern REFUSED_SCHEME = Pattern
		.compile("(?i)\\s*+(about|blob|chrome|content|data|feed|file|filesystem|ftps?+|https?+|intent|jar|javascript"
				+ "|livescript|mailto|mhtml|mocha|ms-msdt|resource|search|search-ms|sftp|sms|tel|urn|vbscript"
				+ "|view-source|wss?+):.*+", Pattern.DOTALL);

	/** Without whitespace and control characters, which browsers leave out. */
	private static final Pattern TEMPLATE = Pattern
		.compile("[a-zA-Z][a-zA-Z0-9+.-]*+:(?:[a-zA-Z0-9._~:/?#\\[\\]@!$&()*+,;=%-]|\\{file}|\\{line})++");

	private static final Pattern ENCODED_DRIVE = Pattern.compile("^(/?[a-zA-Z])%3A(?=/|$)");

	private static final Pattern ABSOLUTE_PATH = Pattern.compile("(?s)(?:[a-zA-Z]:)?/.*+");

	private final String template;

	private final Map<String, String> pathMapping;

	/**
	 * Create from a template.
	 * @param editor {@code idea}, {@code vscode}, {@code cursor}, {@code zed},
	 * {@code windsurf}, or a template with {@code {file}} and, optionally, {@code {line}}
	 * @param pathMapping directories where the application runs, to directories where the
	 * editor runs
	 * @throws IllegalArgumentException if the template is none, or has a scheme that a
	 * browser would execute or fetch; or if a directory is not absolute
	 */
	public EditorLink(String editor, Map<String, String> pathMapping) {
		this.template = template(editor);
		this.pathMapping = longestFirst(pathMapping);
	}

	private static String template(String editor) {
		String preset = PRESETS.get(editor.toLowerCase(Locale.ROOT));
		if (preset != null) {
			return preset;
		}
		Assert.isTrue(!REFUSED_SCHEME.matcher(editor).matches(),
				"A browser would handle the scheme of this URL itself. Use the scheme that your editor registers, such as "
						+ "'myeditor://open?file={file}&line={line}'.");
		Assert.isTrue(TEMPLATE.matcher(editor).matches() && editor.contains("{file}"),
				() -> "It is neither the name of an editor nor a template of a URL with the scheme of one. Use "
						+ String.join(", ", PRESETS.keySet().stream().sorted().toList())
						+ ", or a template such as 'myeditor://open?file={file}&line={line}'.");
		return editor;
	}

	private static Map<String, String> longestFirst(Map<String, String> pathMapping) {
		Map<String, String> sorted = new TreeMap<>(
				Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
		pathMapping.forEach((from, to) -> sorted.put(directory(from), directory(to)));
		return sorted;
	}

	private static String directory(String name) {
		String path = withSlashes(name);
		Assert.isTrue(ABSOLUTE_PATH.matcher(path).matches(), () -> "The directory '" + name
				+ "' is not absolute. Write it in full and, as Spring Boot leaves slashes out of keys, the key in square brackets: "
				+ "starlet.traceback.path-mapping.[/app]=/home/me/app");
		return StringUtils.trimTrailingCharacter(path, '/');
	}

	/**
	 * Return the address that opens a file.
	 * @param file the file
	 * @param line the number of the line, from 1
	 * @return the address, percent-encoded
	 */
	String to(Path file, int line) {
		String path = ENCODED_DRIVE
			.matcher(UriUtils.encode(map(withSlashes(file.toString())), StandardCharsets.UTF_8).replace("%2F", "/"))
			.replaceFirst("$1:");
		String template = path.startsWith("/") ? this.template.replace("://file/{file}", "://file{file}")
				: this.template;
		return template.replace("{line}", Integer.toString(line)).replace("{file}", path);
	}

	private String map(String path) {
		for (Map.Entry<String, String> entry : this.pathMapping.entrySet()) {
			String from = entry.getKey();
			if (path.startsWith(from) && (path.length() == from.length() || path.charAt(from.length()) == '/')) {
				return entry.getValue() + path.substring(from.length());
			}
		}
		return path;
	}

	/** Of Windows' paths only: elsewhere a backslash is part of a name. */
	private static String withSlashes(String path) {
		return path.startsWith("/") ? path : path.replace('\\', '/');
	}

}
