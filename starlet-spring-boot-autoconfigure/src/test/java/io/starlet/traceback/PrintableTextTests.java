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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrintableText}.
 */
class PrintableTextTests {

	@Test
	void textThatIsPrintableIsLeftAsItIs() {
		String text = "K\u00f6nig\u2019s \"caf\u00e9\" <b> & `\u4e2d\u6587` \u05e9\u05dc\u05d5\u05dd \ud83d\ude00\n\t\\u0000";
		assertThat(PrintableText.of(text)).isSameAs(text);
		assertThat(PrintableText.of("")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "0000", "0008", "000B", "000C", "000D", "001B", "007F", "0085", "009B", "00AD", "061C", "200B", "200E",
			"200F", "2028", "2029", "202A", "202E", "2066", "2069", "FEFF", "FFF9", "FFFE", "FFFF", "E000", "D800",
			"DBFF", "DC00", "DFFF" })
	void characterThatCannotBeSeenIsNamed(String hexadecimal) {
		char character = (char) Integer.parseInt(hexadecimal, 16);
		assertThat(PrintableText.of("x" + character + "y" + character))
			.isEqualTo("x\\u" + hexadecimal + "y\\u" + hexadecimal);
	}

	@Test
	void characterOutsideOfTheBasicPlaneIsNamed() {
		assertThat(PrintableText.of("x\udb40\udc01y")).isEqualTo("x\\uDB40\\uDC01y");
		assertThat(PrintableText.of("\udbff\udfff")).isEqualTo("\\uDBFF\\uDFFF");
	}

	@Test
	void halvesOfPairsInTheWrongOrderAreNamed() {
		assertThat(PrintableText.of("\ude00\ud83d")).isEqualTo("\\uDE00\\uD83D");
		assertThat(PrintableText.of("\ud83d\ud83d\ude00\ude00")).isEqualTo("\\uD83D\ud83d\ude00\\uDE00");
	}

	@Test
	void lineBreakOfTwoCharactersBecomesOne() {
		assertThat(PrintableText.of("x\r\ny\r\n")).isEqualTo("x\ny\n");
		assertThat(PrintableText.of("x\ry\n\r\r\n")).isEqualTo("x\\u000Dy\n\\u000D\n");
	}

	@Test
	void escapeSequenceOfATerminalIsShown() {
		assertThat(PrintableText.of("\u001b[2J\u001b]0;title\u0007")).isEqualTo("\\u001B[2J\\u001B]0;title\\u0007");
	}

	@ParameterizedTest
	@MethodSource("io.starlet.traceback.Injections#corpus")
	void nothingThatCannotBeSeenIsLeft(String text) {
		String printable = PrintableText.of(text);
		assertThat(printable).doesNotContainPattern(Injections.UNPRINTABLE);
		assertThat(PrintableText.of(printable)).isSameAs(printable);
	}

	@Test
	void noCharacterIsCutInHalf() {
		assertThat(PrintableText.cut("a\ud83d\ude00b", 2)).isEqualTo("a");
		assertThat(PrintableText.cut("a\ud83d\ude00b", 3)).isEqualTo("a\ud83d\ude00");
		assertThat(PrintableText.cut("ab", 2)).isEqualTo("ab");
	}

}
