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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.starlet.traceback.SourceExcerpt.Kind;
import io.starlet.traceback.SourceExcerpt.Token;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SyntaxHighlighter}.
 */
@Timeout(60)
class SyntaxHighlighterTests {

	private static final List<String> PIECES = List.of("\"", "\"\"\"", "'", "\\", "/*", "*/", "//", "${", "}", "{", "@",
			"@interface", "`", "0x", "1e", "+", ".", "record ", "non-sealed", "non", "if", " ", "\t", "\0", "é",
			"\ud800", "\udc00", "\u202e", "<", "a", "9", "_", "$", "\u001b[31m", "😀");

	@Test
	void javaIsTokenised() {
		assertThat(highlight("A.java", "	public static <T> void run(final int a) {"))
			.containsExactly("KEYWORD public", "KEYWORD static", "KEYWORD void", "KEYWORD final", "KEYWORD int");
		assertThat(highlight("A.java", "String s = \"a \\\" if\" + 'x' + '\\'' + other;"))
			.containsExactly("STRING \"a \\\" if\"", "STRING 'x'", "STRING '\\''");
		assertThat(highlight("A.java", "x = 1 + 0xFFp-3 + 1_000L + 1.5e+10f + .5 - a1 - b.c2 + 3-2;")).containsExactly(
				"NUMBER 1", "NUMBER 0xFFp-3", "NUMBER 1_000L", "NUMBER 1.5e+10f", "NUMBER .5", "NUMBER 3", "NUMBER 2");
		assertThat(highlight("A.java", "@Get(\"/\") @org.shop.Post @interface Foo")).containsExactly("ANNOTATION @Get",
				"STRING \"/\"", "ANNOTATION @org.shop.Post", "KEYWORD @interface");
		assertThat(highlight("A.java", "call(); // if \"x\" /*")).containsExactly("COMMENT // if \"x\" /*");
		assertThat(highlight("A.java", "call(/* if */ null);")).containsExactly("COMMENT /* if */", "KEYWORD null");
		assertThat(highlight("A.java", "Foo.class.newInstance(); Outer.this.ifPresent()"))
			.containsExactly("KEYWORD class", "KEYWORD this");
	}

	@Test
	void wordsThatAreKeywordsOnlySometimesAreToldApart() {
		assertThat(highlight("A.java", "public sealed interface A permits B {}")).containsExactly("KEYWORD public",
				"KEYWORD sealed", "KEYWORD interface", "KEYWORD permits");
		assertThat(highlight("A.java", "non-sealed class C {}")).containsExactly("KEYWORD non-sealed", "KEYWORD class");
		assertThat(highlight("A.java", "record Item(int a) { }")).containsExactly("KEYWORD record", "KEYWORD int");
		assertThat(highlight("A.java", "var record = record(open, var) - sealed;")).containsExactly("KEYWORD var");
		assertThat(highlight("A.java", "yield \"a\";")).containsExactly("KEYWORD yield", "STRING \"a\"");
		assertThat(highlight("A.java", "case Foo f when f.ok() -> when(x).record(y);")).containsExactly("KEYWORD case",
				"KEYWORD when");
	}

	@Test
	void kotlinIsTokenised() {
		assertThat(highlight("A.kt", "override suspend fun run(vararg data: Data) = when (val x = 1..10) {"))
			.containsExactly("KEYWORD override", "KEYWORD suspend", "KEYWORD fun", "KEYWORD vararg", "KEYWORD when",
					"KEYWORD val", "NUMBER 1", "NUMBER 10");
		assertThat(highlight("A.kt", "data class A(val value: Int) : B by c")).containsExactly("KEYWORD data",
				"KEYWORD class", "KEYWORD val", "KEYWORD by");
		assertThat(highlight("A.kt", "list.map { return@map this@Foo }")).containsExactly("KEYWORD return",
				"KEYWORD this");
		assertThat(highlight("A.kt", "@file:JvmName(\"X\") @get:Json val `if` = A::class")).containsExactly(
				"ANNOTATION @file:JvmName", "STRING \"X\"", "ANNOTATION @get:Json", "KEYWORD val", "KEYWORD class");
		assertThat(highlight("A.kt", "query.where(x).by(y)")).isEmpty();
		assertThat(highlight("A.kt", "\"a ${if (b) { \"c}\" } else \"d\"} e\" + null"))
			.containsExactly("STRING \"a ${if (b) { \"c}\" } else \"d\"} e\"", "KEYWORD null");
		assertThat(highlight("A.kt", "\"$name costs \\${if}\" to 1.toString()"))
			.containsExactly("STRING \"$name costs \\${if}\"", "NUMBER 1");
	}

	@Test
	void commentsAndTextBlocksGoOnOverLines() {
		assertThat(highlight("A.java", "/**", " * if \"x", " */ int a;")).containsExactly("COMMENT /**",
				"COMMENT  * if \"x", "COMMENT  */", "KEYWORD int");
		assertThat(highlight("A.java", "/* a /* b", "*/ if")).containsExactly("COMMENT /* a /* b", "COMMENT */",
				"KEYWORD if");
		assertThat(highlight("A.kt", "/* a /* b", "*/ if", "*/ if")).containsExactly("COMMENT /* a /* b",
				"COMMENT */ if", "COMMENT */", "KEYWORD if");
		assertThat(highlight("A.java", "s = \"\"\"", " if \\\"\"\" \"\" // x", "\"\"\" + null;"))
			.containsExactly("STRING \"\"\"", "STRING  if \\\"\"\" \"\" // x", "STRING \"\"\"", "KEYWORD null");
		assertThat(highlight("A.kt", "val s = \"\"\"a\\", "b \"\"\"\"\" + null")).containsExactly("KEYWORD val",
				"STRING \"\"\"a\\", "STRING b \"\"\"\"\"", "KEYWORD null");
	}

	@ParameterizedTest
	@ValueSource(strings = { "A.java", "A.kt" })
	void tokensOfRubbishAreTheRubbish(String fileName) {
		Random random = new Random(42);
		SyntaxHighlighter highlighter = SyntaxHighlighter.of(fileName);
		int state = SyntaxHighlighter.CODE;
		for (int i = 0; i < 100_000; i++) {
			String line = IntStream.range(0, random.nextInt(12))
				.mapToObj((index) -> PIECES.get(random.nextInt(PIECES.size())))
				.collect(Collectors.joining());
			List<Token> tokens = new ArrayList<>();
			int next = highlighter.scan(line, state, tokens);
			assertThat(text(tokens)).isEqualTo(line);
			assertThat(tokens).noneMatch((token) -> token.text().isEmpty());
			assertThat(highlighter.scan(line, state, null)).isEqualTo(next);
			state = next;
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"", "/*", "${", "\"${", "@a.", "`", "var ", "1e+", "\\", "'", "\"\"\"", "{", "a" })
	void longLinesTakeLinearTime(String piece) {
		String line = piece.repeat(1_000_000);
		for (String name : List.of("A.java", "A.kt")) {
			List<Token> tokens = new ArrayList<>();
			SyntaxHighlighter.of(name).scan(line, SyntaxHighlighter.CODE, tokens);
			assertThat(tokens.stream().mapToInt((token) -> token.text().length()).sum()).isEqualTo(line.length());
		}
	}

	@Test
	void realFilesEndAsCodeAndKeepTheirText() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java")).toList()) {
				int state = SyntaxHighlighter.CODE;
				boolean type = false;
				for (String line : Files.readAllLines(file)) {
					List<Token> tokens = new ArrayList<>();
					state = SyntaxHighlighter.of("A.java").scan(line, state, tokens);
					assertThat(text(tokens)).isEqualTo(line);
					type = type || tokens.contains(new Token(Kind.KEYWORD, "package"));
				}
				assertThat(state).as(file.toString()).isEqualTo(SyntaxHighlighter.CODE);
				assertThat(type).as(file.toString()).isTrue();
			}
		}
	}

	private static List<String> highlight(String fileName, String... lines) {
		List<Token> tokens = new ArrayList<>();
		int state = SyntaxHighlighter.CODE;
		for (String line : lines) {
			List<Token> ofLine = new ArrayList<>();
			state = SyntaxHighlighter.of(fileName).scan(line, state, ofLine);
			assertThat(text(ofLine)).isEqualTo(line);
			tokens.addAll(ofLine);
		}
		return tokens.stream()
			.filter((token) -> token.kind() != Kind.PLAIN)
			.map((token) -> token.kind() + " " + token.text())
			.toList();
	}

	private static String text(List<Token> tokens) {
		return tokens.stream().map(Token::text).collect(Collectors.joining());
	}

}
