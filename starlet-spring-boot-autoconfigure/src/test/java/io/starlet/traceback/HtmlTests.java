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

import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Html}.
 */
class HtmlTests {

	private final Html html = new Html();

	@Test
	void elementsAreNestedAsTheyAreOpened() {
		this.html.open("p", "class", "a", "id", "b").text("x").element("code", "y").close("p");
		assertThat(this.html).hasToString("<p class=\"a\" id=\"b\">x<code>y</code></p>");
	}

	@Test
	void textIsEscaped() {
		assertThat(this.html.text("<a href=\"x\" title='y'>&amp;</a>"))
			.hasToString("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
	}

	@Test
	void valueOfAnAttributeIsEscaped() {
		assertThat(this.html.open("p", "title", "\" onclick='x' & >"))
			.hasToString("<p title=\"&quot; onclick=&#39;x&#39; &amp; &gt;\">");
	}

	@Test
	void textOfAnElementIsEscaped() {
		assertThat(this.html.element("p", "</p><b>")).hasToString("<p>&lt;/p&gt;&lt;b&gt;</p>");
	}

	@Test
	void textAndValuesArePrintable() {
		assertThat(this.html.element("p", "x\0y\ud800", "title", "\u202e\u001b"))
			.hasToString("<p title=\"\\u202E\\u001B\">x\\u0000y\\uD800</p>");
	}

	@Test
	void lettersOfOtherLanguagesStayLetters() {
		assertThat(this.html.text("\u4e2d\u00e9\ud83d\ude00")).hasToString("\u4e2d\u00e9\ud83d\ude00");
	}

	@Test
	void fixedPartIsLeftAsItIs() {
		assertThat(this.html.fixed("<br>&")).hasToString("<br>&");
	}

	@ParameterizedTest
	@MethodSource("io.starlet.traceback.Injections#corpus")
	void textIsReadByAParserAsItWas(String text) {
		this.html.fixed("<!doctype html><html><head><title>x</title></head><body>")
			.element("p", text, "title", text)
			.element("textarea", "\n" + text)
			.fixed("</body></html>");
		ParsedPage page = ParsedPage.of(this.html.toString());
		Element paragraph = page.first("p");
		assertThat(page.errors()).isEmpty();
		assertThat(page.first("body").children()).extracting(Element::tagName).containsExactly("p", "textarea");
		assertThat(paragraph.attributes()).hasSize(1);
		assertThat(paragraph.attr("title")).isEqualTo(PrintableText.of(text));
		assertThat(paragraph.wholeText()).isEqualTo(PrintableText.of(text));
		assertThat(page.markdown()).isEqualTo(PrintableText.of(text));
	}

}
