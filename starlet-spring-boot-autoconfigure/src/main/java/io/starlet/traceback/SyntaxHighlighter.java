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
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.starlet.traceback.SourceExcerpt.Kind;
import io.starlet.traceback.SourceExcerpt.Token;

/**
 * Tells the tokens of Java and Kotlin apart, a line at a time and in linear time. The
 * tokens of a line are always the line, whatever it holds.
 */
final class SyntaxHighlighter {

	/** The state at the start of a file: not within a comment or text block. */
	static final int CODE = 0;

	/** Within a text block; positive states are the depth of block comments. */
	private static final int TEXT_BLOCK = -1;

	private static final SyntaxHighlighter JAVA = new SyntaxHighlighter(false,
			Set.of("abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const",
					"continue", "default", "do", "double", "else", "enum", "extends", "false", "final", "finally",
					"float", "for", "goto", "if", "implements", "import", "instanceof", "int", "interface", "long",
					"native", "new", "null", "package", "private", "protected", "public", "return", "short", "static",
					"strictfp", "super", "switch", "synchronized", "this", "throw", "throws", "transient", "true",
					"try", "void", "volatile", "while"),
			Set.of("exports", "module", "non-sealed", "open", "opens", "permits", "provides", "record", "requires",
					"sealed", "uses", "var", "when", "yield"));

	private static final SyntaxHighlighter KOTLIN = new SyntaxHighlighter(true,
			Set.of("as", "break", "by", "catch", "class", "constructor", "continue", "do", "else", "false", "finally",
					"for", "fun", "if", "import", "in", "init", "interface", "is", "null", "object", "package",
					"return", "super", "suspend", "this", "throw", "true", "try", "typealias", "val", "var", "when",
					"where", "while"),
			Set.of("abstract", "actual", "annotation", "companion", "const", "crossinline", "data", "enum", "expect",
					"external", "final", "infix", "inline", "inner", "internal", "lateinit", "noinline", "open",
					"operator", "out", "override", "private", "protected", "public", "reified", "sealed", "tailrec",
					"value", "vararg"));

	private final boolean kotlin;

	private final Set<String> keywords;

	private final Set<String> contextualKeywords;

	private SyntaxHighlighter(boolean kotlin, Set<String> keywords, Set<String> contextualKeywords) {
		this.kotlin = kotlin;
		this.keywords = keywords;
		this.contextualKeywords = contextualKeywords;
	}

	/**
	 * Return the highlighter for a file.
	 * @param fileName the file's name
	 * @return the highlighter of its language
	 */
	static SyntaxHighlighter of(String fileName) {
		return fileName.endsWith(".java") ? JAVA : KOTLIN;
	}

	/**
	 * Scan one line.
	 * @param line the line, without its end
	 * @param state the state that the line before left
	 * @param tokens where to add the tokens, if they are wanted
	 * @return the state that this line leaves
	 */
	int scan(String line, int state, @Nullable List<Token> tokens) {
		return new Line(line, tokens).scan(state);
	}

	/**
	 * A line that is being scanned.
	 */
	private final class Line {

		private final String text;

		private final @Nullable List<Token> tokens;

		private int position;

		private int plainFrom;

		Line(String text, @Nullable List<Token> tokens) {
			this.text = text;
			this.tokens = tokens;
		}

		int scan(int state) {
			int current = state;
			if (current != CODE) {
				current = (current == TEXT_BLOCK) ? textBlock(0) : blockComment(current, 0);
			}
			while (this.position < this.text.length()) {
				current = next();
			}
			add(Kind.PLAIN, this.text.length(), this.text.length());
			return current;
		}

		private int next() {
			int start = this.position;
			char c = this.text.charAt(start);
			if (at("//", start)) {
				add(Kind.COMMENT, start, this.text.length());
			}
			else if (at("/*", start)) {
				this.position += 2;
				return blockComment(1, start);
			}
			else if (at("\"\"\"", start)) {
				this.position += 3;
				return textBlock(start);
			}
			else if (c == '"' || c == '\'') {
				this.position++;
				add(Kind.STRING, start, quoted(c));
			}
			else if (c == '`' && SyntaxHighlighter.this.kotlin) {
				int end = this.text.indexOf('`', start + 1);
				this.position = (end < 0) ? this.text.length() : end + 1;
			}
			else if (c == '@') {
				annotation(start);
			}
			else if (isDigit(start) || (c == '.' && isDigit(start + 1) && !at(".", start - 1))) {
				add(Kind.NUMBER, start, numberEnd(start));
			}
			else if (Character.isJavaIdentifierStart(c)) {
				word(start);
			}
			else {
				this.position++;
			}
			return CODE;
		}

		private int blockComment(int depth, int start) {
			int open = depth;
			while (open > 0 && this.position < this.text.length()) {
				if (at("*/", this.position)) {
					open--;
					this.position += 2;
				}
				else if (SyntaxHighlighter.this.kotlin && at("/*", this.position)) {
					open++;
					this.position += 2;
				}
				else {
					this.position++;
				}
			}
			add(Kind.COMMENT, start, this.position);
			return open;
		}

		private int textBlock(int start) {
			int state = TEXT_BLOCK;
			while (state == TEXT_BLOCK && this.position < this.text.length()) {
				if (at("\"\"\"", this.position)) {
					state = CODE;
					this.position += 3;
				}
				else {
					this.position += (!SyntaxHighlighter.this.kotlin && at("\\", this.position)) ? 2 : 1;
				}
			}
			// A raw string may end with quotes of its own
			while (SyntaxHighlighter.this.kotlin && state == CODE && at("\"", this.position)) {
				this.position++;
			}
			add(Kind.STRING, start, this.position);
			return state;
		}

		private int quoted(char quote) {
			while (this.position < this.text.length()) {
				if (this.text.charAt(this.position) == quote) {
					return this.position + 1;
				}
				if (SyntaxHighlighter.this.kotlin && at("${", this.position)) {
					skipTemplate();
				}
				else {
					this.position += at("\\", this.position) ? 2 : 1;
				}
			}
			return this.text.length();
		}

		/** An expression within a string, which has braces and strings of its own. */
		private void skipTemplate() {
			int depth = 0;
			boolean string = false;
			this.position++;
			do {
				char c = this.text.charAt(this.position);
				if (c == '"') {
					string = !string;
				}
				else if (!string && c == '{') {
					depth++;
				}
				else if (!string && c == '}') {
					depth--;
				}
				this.position += (c == '\\') ? 2 : 1;
			}
			while (depth > 0 && this.position < this.text.length());
		}

		private void annotation(int start) {
			boolean label = start > 0 && Character.isJavaIdentifierPart(this.text.charAt(start - 1));
			int end = start + 1;
			while (isPart(end) || ((at(".", end) || at(":", end)) && isPart(end + 1))) {
				end++;
			}
			this.position = end;
			if (!label && end > start + 1) {
				add(this.text.startsWith("@interface", start) ? Kind.KEYWORD : Kind.ANNOTATION, start, end);
			}
		}

		private int numberEnd(int start) {
			boolean hexadecimal = at("0x", start) || at("0X", start);
			int end = start + 1;
			while (isPart(end) || (at(".", end) && isDigit(end + 1))
					|| ((at("+", end) || at("-", end)) && isExponent(end - 1, hexadecimal))) {
				end++;
			}
			return end;
		}

		private boolean isExponent(int index, boolean hexadecimal) {
			char c = Character.toLowerCase(this.text.charAt(index));
			return c == (hexadecimal ? 'p' : 'e');
		}

		private void word(int start) {
			int end = start + 1;
			while (isPart(end)) {
				end++;
			}
			if (at("non-sealed", start)) {
				end = Math.max(end, start + "non-sealed".length());
			}
			this.position = end;
			if (this.tokens != null && isKeyword(this.text.substring(start, end), start, end)) {
				add(Kind.KEYWORD, start, end);
			}
		}

		private boolean isKeyword(String word, int start, int end) {
			boolean member = start > 0 && at(".", start - 1);
			if (SyntaxHighlighter.this.keywords.contains(word)) {
				return !member || !SyntaxHighlighter.this.kotlin;
			}
			if (!SyntaxHighlighter.this.contextualKeywords.contains(word) || member) {
				return false;
			}
			int next = end;
			while (at(" ", next)) {
				next++;
			}
			return next > end && (isPart(next) || at("\"", next) || at("@", next));
		}

		private boolean at(String expected, int index) {
			return this.text.startsWith(expected, index);
		}

		private boolean isPart(int index) {
			return index < this.text.length() && Character.isJavaIdentifierPart(this.text.charAt(index));
		}

		private boolean isDigit(int index) {
			return index < this.text.length() && this.text.charAt(index) >= '0' && this.text.charAt(index) <= '9';
		}

		/** Ends what is plain at the start, and goes on from the end. */
		private void add(Kind kind, int start, int end) {
			int last = Math.min(end, this.text.length());
			if (this.tokens != null) {
				if (start > this.plainFrom) {
					this.tokens.add(new Token(Kind.PLAIN, this.text.substring(this.plainFrom, start)));
				}
				if (last > start) {
					this.tokens.add(new Token(kind, this.text.substring(start, last)));
				}
			}
			this.position = last;
			this.plainFrom = last;
		}

	}

}
