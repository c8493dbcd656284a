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

import java.util.List;
import java.util.regex.Pattern;

import io.starlet.traceback.SourceExcerpt.Kind;
import io.starlet.traceback.SourceExcerpt.Token;

/**
 * Masks the literals of statements that have a sensitive name, so that code stays code.
 */
final class SourceRedaction {

	/** Of exceptions the literal is a message. */
	private static final Pattern NAME = Pattern.compile("\\b\\w++(?<!Exception|Error)");

	/** As of a header, or a key in a map. */
	private static final Pattern NAME_IN_LITERAL = Pattern.compile("\"[\\w.-]++\"");

	private final Redaction redaction;

	/** Whether the statement that goes on in the next line has a sensitive name. */
	private boolean sensitive;

	SourceRedaction(Redaction redaction) {
		this.redaction = redaction;
	}

	/**
	 * Redact the line that follows the last one.
	 * @param line its tokens
	 * @return its tokens with masks
	 */
	List<Token> redact(List<Token> line) {
		this.sensitive |= line.stream().anyMatch(this::hasSensitiveName);
		Token name = this.sensitive ? null : line.stream().filter(this::isSensitiveName).findFirst().orElse(null);
		this.sensitive |= name != null;
		List<Token> redacted = line.stream()
			.map((token) -> token.equals(name) ? token : new Token(token.kind(), redact(token)))
			.toList();
		this.sensitive &= !endsStatement(line);
		return redacted;
	}

	private boolean hasSensitiveName(Token token) {
		return token.kind() == Kind.PLAIN
				&& NAME.matcher(token.text()).results().anyMatch((name) -> this.redaction.isSensitive(name.group()));
	}

	private boolean isSensitiveName(Token token) {
		return token.kind() == Kind.STRING && NAME_IN_LITERAL.matcher(token.text()).matches()
				&& this.redaction.isSensitive(token.text());
	}

	private static boolean endsStatement(List<Token> line) {
		StringBuilder code = new StringBuilder();
		line.stream().filter((token) -> token.kind() != Kind.COMMENT).forEach((token) -> code.append(token.text()));
		String text = code.toString().stripTrailing();
		return text.endsWith(";") || text.endsWith("{") || text.endsWith("}");
	}

	private String redact(Token token) {
		String text = token.text();
		return switch (token.kind()) {
			case STRING -> (this.sensitive && !text.startsWith("'") && !text.equals("\"\"")) ? mask(text)
					: this.redaction.text(text);
			case COMMENT -> this.redaction.text(text);
			default -> text;
		};
	}

	private static String mask(String literal) {
		return literal.startsWith("\"") ? '"' + Redaction.MASK + '"' : Redaction.MASK;
	}

}
