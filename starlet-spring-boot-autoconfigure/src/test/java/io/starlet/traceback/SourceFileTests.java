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

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.starlet.traceback.SourceExcerpt.Kind;
import io.starlet.traceback.SourceExcerpt.Token;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SourceFile}.
 */
@Timeout(60)
class SourceFileTests {

	private static final String TWENTY_LINES = IntStream.rangeClosed(1, 20)
		.mapToObj((i) -> "line" + i)
		.collect(Collectors.joining("\n"));

	@ParameterizedTest
	@CsvSource({ "1, 1, 5", "2, 1, 6", "5, 1, 9", "6, 2, 9", "16, 12, 9", "17, 13, 8", "20, 16, 5" })
	void excerptIsFourLinesAroundTheFailingOneAsFarAsThereAreAny(int line, int first, int count) {
		SourceExcerpt excerpt = excerpt(TWENTY_LINES, line);
		assertThat(excerpt.failingText()).isEqualTo("line" + line);
		assertThat(excerpt.failingLine()).isEqualTo(line);
		assertThat(excerpt.firstLine()).isEqualTo(first);
		assertThat(excerpt.lines()).hasSize(count);
		assertThat(text(excerpt.lines().get(0))).isEqualTo("line" + first);
	}

	@Test
	void fileOfOneLineHasAnExcerpt() {
		assertThat(excerpt("x", 1).lines()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb\n\nc", "a\r\nb\r\n\r\nc", "a\rb\r\rc" })
	void linesEndAsTheyDoForACompiler(String text) {
		assertThat(excerpt(text, 4).failingText()).isEqualTo("c");
		assertThat(excerpt(text, 3).failingText()).isEmpty();
	}

	@Test
	void byteOrderMarkIsDropped() {
		assertThat(excerpt("\uFEFFpackage a;", 1).failingText()).isEqualTo("package a;");
	}

	@Test
	void tabsAndControlCharactersAreKept() {
		assertThat(excerpt("\t\tx\0\u202e", 1).failingText()).isEqualTo("\t\tx\0\u202e");
	}

	@Test
	void longLinesAreCut() {
		assertThat(excerpt("x".repeat(400), 1).failingText()).isEqualTo("x".repeat(400));
		assertThat(excerpt("x".repeat(401), 1).failingText()).isEqualTo("x".repeat(400) + "…");
		assertThat(excerpt("x".repeat(399) + "😀😀", 1).failingText()).isEqualTo("x".repeat(399) + "…");
		assertThat(excerpt("x".repeat(1_000_000), 1).failingText()).isEqualTo("x".repeat(400) + "…");
	}

	@Test
	void excerptThatStartsWithinACommentIsColouredAsOne() {
		SourceExcerpt excerpt = excerpt("/*\n" + "if \"\n".repeat(20) + "*/ if", 15);
		assertThat(excerpt.lines()).containsOnly(List.of(new Token(Kind.COMMENT, "if \"")));
		excerpt = excerpt("\"\"\"\n" + "if /*\n".repeat(20) + "\"\"\";", 15);
		assertThat(excerpt.lines()).containsOnly(List.of(new Token(Kind.STRING, "if /*")));
	}

	@Test
	void colourFollowsTheFileThoughALineIsCut() {
		SourceExcerpt excerpt = excerpt("x".repeat(500) + "/*\nif\n*/", 2);
		assertThat(excerpt.lines().get(1)).containsExactly(new Token(Kind.COMMENT, "if"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "package com.shop", "package com.shop;", "package  com.`shop` // x",
			"@file:Suppress(\"x\")\n\npackage com.shop/* x */" })
	void packageIsRead(String text) {
		assertThat(file(text).declares("com.shop")).isTrue();
		assertThat(file(text).declares("com.sho")).isFalse();
		assertThat(file(text).declares("com.shop.orders")).isFalse();
		assertThat(file(text).declares("shop")).isFalse();
	}

	@Test
	void fileWithoutPackageIsInTheUnnamedOne() {
		assertThat(file("fun main() {}").declares("com.shop")).isFalse();
		assertThat(file("fun main() {}").declares("")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "String password = \"hunter2\";", "String password =\n\t\t\"hunter2\";",
			"String password = \"\"\"\n\t\thunter2\n\t\t\"\"\";", "String password =\n\"\"\"\nhunter2\nx\"\"\";",
			"login(\n\tpassword,\n\t\"hunter2\");", "headers.set(\"Authorization\",\n\t\"Bearer hunter2\");",
			"String password = \"a\"\n+ \"b\"\n+ \"hunter2\";", "/*\n password=hunter2\n*/",
			"String yaml = \"\"\"\n\tpassword=hunter2\n\t\"\"\";",
			"String yaml = \"\"\"\n\t\"password\": \"hunter2\"\n\t\"\"\";", "// password=hunter2" })
	void secretsAreMaskedThoughTheirNameIsOnAnotherLine(String text) {
		for (int line = 1; line <= text.lines().count(); line++) {
			SourceExcerpt excerpt = excerpt(text, line);
			String shown = excerpt.lines().stream().map(SourceFileTests::text).collect(Collectors.joining("\n"));
			assertThat(shown).doesNotContain("hunter2").contains(Redaction.MASK);
			assertThat(excerpt.lines()).hasSameSizeAs(text.lines().toList());
		}
	}

	@Test
	void otherLinesAreLeftAsTheyAre() {
		String text = "class A {\n\tString name = \"x\"; // y\n\n\tString s = \"\"\"\n\t\ttext\n\t\"\"\"\n\t+ \"a\";\n}";
		SourceExcerpt excerpt = excerpt(text, 4);
		assertThat(excerpt.lines().stream().map(SourceFileTests::text))
			.containsExactlyElementsOf(text.lines().toList());
	}

	private static SourceFile file(String text) {
		return new SourceFile(Path.of("A.java"), "A.java", text, null);
	}

	private static SourceExcerpt excerpt(String text, int line) {
		return Objects.requireNonNull(file(text).excerpt(line, 4, new Redaction(List.of()), null));
	}

	private static String text(List<Token> tokens) {
		return tokens.stream().map(Token::text).collect(Collectors.joining());
	}

}
