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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile texts in every place of a traceback stay text, in each format: no element, no
 * attribute and no Markdown appears that this package did not write.
 */
@Timeout(60)
class TracebackInjectionTests {

	private static final List<String> SHAPE = shape(Tracebacks.everywhere("harmless"));

	@Test
	void corpusIsLarge() {
		assertThat(Injections.corpus()).hasSizeGreaterThan(400).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource({ "io.starlet.traceback.Injections#corpus", "all" })
	void pageHasTheElementsAndAttributesOfAHarmlessOne(String text) {
		assertThat(shape(Tracebacks.everywhere(text))).isEqualTo(SHAPE);
	}

	@ParameterizedTest
	@MethodSource({ "io.starlet.traceback.Injections#corpus", "all" })
	void pageShowsTheTextEverywhere(String text) {
		ParsedPage page = page(Tracebacks.everywhere(text));
		String printable = PrintableText.of(text);
		String simpleName = printable.substring(printable.lastIndexOf('.') + 1);
		Path path = Tracebacks.path(text);
		Map<String, String> expected = new HashMap<>();
		expected.put("title", simpleName + " at " + printable);
		expected.put(".root a", printable + ": " + printable);
		expected.put(".location", printable + ":7");
		expected.put(".application .none", "No source was found for " + printable + ".");
		expected.put(".path code", PrintableText.of(path + ":7"));
		expected.put(".libraries", PrintableText.of(Library.of(text)));
		for (String selector : List.of(".request code", ".request .log", "h1", "header .message", ".hints li",
				".throwable h3", ".throwable .message", ".notes li", ".checkpoints li", ".function", ".stale",
				".keyword", ".string", ".number", ".comment", ".annotation", "th", "td")) {
			expected.put(selector, printable);
		}
		expected.forEach((selector, value) -> assertThat(page.texts(selector)).as(selector).containsOnly(value));
		assertThat(page.texts("pre mark")).containsOnly("   7 " + printable.repeat(6) + "\n");
		StackTraceElement element = Tracebacks.everywhere(text).error().frames().get(0).element();
		assertThat(page.document().select(".function").eachAttr("title"))
			.containsOnly(PrintableText.of(element.toString()));
		assertThat(page.document().select(".path a").eachAttr("href"))
			.containsOnly(PrintableText.of(Tracebacks.EDITOR_LINK.to(path, 7)));
		assertThat(page.markdown()).isEqualTo(MarkdownTraceback.render(Tracebacks.everywhere(text)));
	}

	@ParameterizedTest
	@MethodSource({ "io.starlet.traceback.Injections#corpus", "all" })
	void pageHasNothingThatCannotBeSeen(String text) {
		String html = HtmlTraceback.render(Tracebacks.everywhere(text), Tracebacks.EDITOR_LINK);
		assertThat(html).doesNotContainPattern(Injections.UNPRINTABLE);
		assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(html)).isTrue();
	}

	@ParameterizedTest
	@MethodSource({ "io.starlet.traceback.Injections#corpus", "all" })
	void plainTextHasNothingThatCannotBeSeen(String text) {
		String rendered = TextTraceback.render(Tracebacks.everywhere(text));
		String printable = PrintableText.of(text);
		assertThat(rendered).doesNotContainPattern(Injections.UNPRINTABLE)
			.startsWith(printable + ": " + printable + "\n\tat ")
			.contains("\nCaused by: " + printable + ": " + printable + "\n", "\n\tSuppressed: " + printable + ": ",
					"\n\tNote: " + printable + "\n", "\n\tObserved at: " + printable + "\n",
					"\n\t   7 | " + PrintableText.of(text.repeat(6).strip()) + "\n", "\nHint: " + printable + "\n",
					"\nRequest: " + printable + "\nLog prefix: " + printable + "\n")
			.endsWith("\n" + printable + ": " + printable + "\n");
	}

	@ParameterizedTest
	@MethodSource({ "io.starlet.traceback.Injections#corpus", "all" })
	void markdownIsHeadingsAndFences(String text) {
		Traceback traceback = Tracebacks.everywhere(text);
		String markdown = MarkdownTraceback.render(traceback);
		assertThat(markdown).doesNotContainPattern(Injections.UNPRINTABLE);
		assertThat(fences(markdown)).containsExactly(PrintableText.of(text + "\n" + text).stripTrailing() + "\n",
				TextTraceback.render(traceback.error()).stripTrailing() + "\n",
				PrintableText.of(text + "\n" + text).stripTrailing() + "\n",
				PrintableText.of(text + ": " + text + "\n").stripTrailing() + "\n", "\n",
				PrintableText.of(text + ": " + text + "\n").stripTrailing() + "\n");
	}

	@ParameterizedTest
	@MethodSource("io.starlet.traceback.Injections#corpus")
	void titleOfASectionIsText(String text) {
		TracedThrowable error = Tracebacks.throwable("com.acme.BookException", "");
		Traceback traceback = new Traceback(error, "GET /", "", List.of(), List.of(Tracebacks.section(text)),
				Tracebacks.section(text));
		Traceback harmless = new Traceback(error, "GET /", "", List.of(), List.of(Tracebacks.section("harmless")),
				Tracebacks.section("harmless"));
		assertThat(shape(traceback)).isEqualTo(shape(harmless));
		assertThat(page(traceback).texts("#request h3")).containsOnly(PrintableText.of(text));
	}

	@ParameterizedTest(name = "{index}")
	@MethodSource("io.starlet.traceback.Injections#huge")
	void messageOfAMegabyteIsTextAsWell(String message) {
		Traceback traceback = Tracebacks.message(message);
		ParsedPage page = page(traceback);
		String printable = PrintableText.of(message);
		String markdown = MarkdownTraceback.render(traceback);
		// Compared without a diff, which would take for ever
		assertThat(page.shape().equals(shape(Tracebacks.message("harmless")))).isTrue();
		assertThat(page.first(".message").wholeText().equals(printable)).isTrue();
		assertThat(page.markdown().equals(markdown)).isTrue();
		assertThat(Injections.UNPRINTABLE.matcher(markdown).find()).isFalse();
		assertThat(TextTraceback.render(traceback).startsWith("com.acme.BookException: " + printable + "\n")).isTrue();
		assertThat(fences(markdown).get(1).equals(("com.acme.BookException: " + printable).stripTrailing() + "\n"))
			.isTrue();
	}

	static Stream<String> all() {
		return Stream.of(String.join("\n", Injections.corpus()));
	}

	private static ParsedPage page(Traceback traceback) {
		ParsedPage page = ParsedPage.of(HtmlTraceback.render(traceback, Tracebacks.EDITOR_LINK));
		assertThat(page.errors()).isEmpty();
		return page;
	}

	private static List<String> shape(Traceback traceback) {
		return page(traceback).shape();
	}

	/** What is fenced, where there is nothing but headings and fences in turn. */
	private static List<String> fences(String markdown) {
		List<String> fences = new ArrayList<>();
		Node node = Parser.builder().build().parse(markdown).getFirstChild();
		while (node != null) {
			assertThat(node).isInstanceOf(Heading.class);
			assertThat(node.getFirstChild()).isInstanceOf(Text.class).isSameAs(node.getLastChild());
			node = node.getNext();
			assertThat(node).isInstanceOfSatisfying(FencedCodeBlock.class, (fence) -> {
				assertThat(fence.getInfo()).isEqualTo("text");
				fences.add(fence.getLiteral());
			});
			node = Objects.requireNonNull(node).getNext();
		}
		return fences;
	}

}
