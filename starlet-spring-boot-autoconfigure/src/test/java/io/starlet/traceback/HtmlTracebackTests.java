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
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HtmlTraceback}.
 */
class HtmlTracebackTests {

	private static final TracedFrame BOOKS = Tracebacks.frame("com.acme.Books", "find", 42, true);

	private static final TracedFrame SHELF = Tracebacks.frame("com.acme.Shelf", "take", 7, true);

	private static final TracedFrame MAP = Tracebacks.frame("reactor.core.publisher.FluxMap", "onNext", 100, false);

	private static final TracedFrame THREAD = Tracebacks.frame("java.lang.Thread", "run", 840, false);

	private static final TracedFrame OTHER = Tracebacks.frame("net.example.other.Thing", "go", 3, false);

	private static final Path PATH = Path.of("/src/com/acme/Books.java");

	private static final SourceExcerpt SOURCE = Tracebacks.source(PATH, 41, 42, "Book find() {", "\treturn null;", "}");

	private static final EditorLink EDITOR_LINK = new EditorLink("zed", Map.of());

	@Test
	void pageSaysWhatHappenedAndWhere() {
		ParsedPage page = page(Tracebacks.throwable("com.acme.BookException", "No book\n  of that name"));
		assertThat(page.document().title()).isEqualTo("BookException at GET http://localhost/books/1");
		assertThat(page.texts(".request code")).containsExactly("GET http://localhost/books/1");
		assertThat(page.texts(".request .status")).containsExactly("500");
		assertThat(page.texts(".request .log")).containsExactly("[1a2b-1] ");
		assertThat(page.texts("h1")).containsExactly("com.acme.BookException");
		assertThat(page.texts("h1 .package")).containsExactly("com.acme.");
		assertThat(page.texts(".message")).containsExactly("No book\n  of that name");
		assertThat(page.document().select(".root, #root-cause, aside")).isEmpty();
	}

	@Test
	void errorWithoutAMessageOrAPackageHasAPage() {
		ParsedPage page = page(Tracebacks.throwable("Oops", ""));
		assertThat(page.texts("h1")).containsExactly("Oops");
		assertThat(page.document().select(".message")).isEmpty();
	}

	@Test
	void pageHasALandmarkForEachPart() {
		ParsedPage page = page(everything());
		assertThat(page.document().select("body > *")).extracting(Element::tagName)
			.containsExactly("header", "main", "footer", "script");
		assertThat(page.document().select("nav a").eachAttr("href")).containsExactly("#traceback", "#request", "#copy");
		assertThat(page.document().select("nav").eachAttr("aria-label")).containsExactly("Parts of this page");
		Elements parts = page.document().select("main > *");
		assertThat(parts).extracting(Element::tagName).containsExactly("aside", "section", "section", "section");
		assertThat(parts.eachAttr("aria-labelledby")).hasSize(4)
			.allSatisfy((id) -> assertThat(page.document().select("h2#" + id)).hasSize(1));
		assertThat(page.document().select("[id]").eachAttr("id")).doesNotHaveDuplicates();
		assertThat(page.document().select("a[href^=#]").eachAttr("href"))
			.allSatisfy((href) -> assertThat(page.document().select(href)).hasSize(1));
		assertThat(page.first("html").attr("lang")).isEqualTo("en");
	}

	@Test
	void headingsAreInOrderWithOneOfTheFirstLevel() {
		ParsedPage page = page(everything());
		List<Integer> levels = page.document()
			.select("h1, h2, h3, h4, h5, h6")
			.stream()
			.map((heading) -> Integer.parseInt(heading.tagName().substring(1)))
			.toList();
		assertThat(levels).startsWith(1).filteredOn((level) -> level == 1).hasSize(1);
		for (int index = 1; index < levels.size(); index++) {
			assertThat(levels.get(index)).isLessThanOrEqualTo(levels.get(index - 1) + 1);
		}
		assertThat(page.texts("h2")).containsExactly("Hints", "Traceback", "Request and application", "As Markdown");
	}

	@Test
	void frameOfTheApplicationIsOpenAtItsSource() {
		ParsedPage page = page(
				Tracebacks.throwable("com.acme.BookException", "", Tracebacks.withSource(BOOKS, SOURCE)));
		Element frame = page.first(".frames > .application > details");
		assertThat(frame.hasAttr("open")).isTrue();
		Element function = frame.expectFirst("summary .function");
		assertThat(function.text()).isEqualTo("Books.find");
		assertThat(function.attr("title")).isEqualTo("com.acme.Books.find(Books.java:42)");
		assertThat(frame.expectFirst("summary .location").text()).isEqualTo("Books.java:42");
		assertThat(frame.expectFirst(".path").text()).isEqualTo("/src/com/acme/Books.java:42 Open in editor");
		assertThat(frame.expectFirst("pre").wholeText()).isEqualTo("  41 Book find() {\n  42 \treturn null;\n  43 }\n");
		assertThat(frame.select("mark").stream().map(Element::wholeText)).containsExactly("  42 \treturn null;\n");
		assertThat(frame.select(".line-number")).hasSize(3);
		assertThat(frame.select(".stale")).isEmpty();
	}

	@Test
	void piecesOfALineAreTold() {
		List<SourceExcerpt.Token> line = List.of(new SourceExcerpt.Token(SourceExcerpt.Kind.ANNOTATION, "@A "),
				new SourceExcerpt.Token(SourceExcerpt.Kind.KEYWORD, "int"),
				new SourceExcerpt.Token(SourceExcerpt.Kind.PLAIN, " i = "),
				new SourceExcerpt.Token(SourceExcerpt.Kind.NUMBER, "1"),
				new SourceExcerpt.Token(SourceExcerpt.Kind.PLAIN, " + "),
				new SourceExcerpt.Token(SourceExcerpt.Kind.STRING, "\"2\""),
				new SourceExcerpt.Token(SourceExcerpt.Kind.COMMENT, "// three"));
		SourceExcerpt source = new SourceExcerpt(PATH, 42, 42, List.of(line), null);
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(BOOKS, source)));
		assertThat(page.document().select("mark span")).extracting(Element::className, Element::wholeText)
			.map(Object::toString)
			.containsExactly("(\"line-number\", \"  42 \")", "(\"annotation\", \"@A \")", "(\"keyword\", \"int\")",
					"(\"number\", \"1\")", "(\"string\", \"\"2\"\")", "(\"comment\", \"// three\")");
		assertThat(page.texts("mark")).containsExactly("  42 @A int i = 1 + \"2\"// three\n");
	}

	@Test
	void linkOpensTheFailingLineInTheEditor() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(BOOKS, SOURCE)));
		assertThat(page.document().select(".path a").eachAttr("href")).containsExactly(EDITOR_LINK.to(PATH, 42));
		assertThat(page.texts(".path a")).containsExactly("Open in editor");
	}

	@Test
	void withoutAnEditorThereIsNoLink() {
		TracedThrowable error = Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(BOOKS, SOURCE));
		ParsedPage page = ParsedPage.of(HtmlTraceback.render(Tracebacks.error(error), null));
		assertThat(page.texts(".path")).containsExactly("/src/com/acme/Books.java:42");
		assertThat(page.document().select(".path a")).isEmpty();
	}

	@Test
	void entryOfAnArchiveHasNoPathAndNoLink() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "",
				Tracebacks.withSource(BOOKS, Tracebacks.source(null, 42, 42, "x"))));
		assertThat(page.document().select(".path")).isEmpty();
		assertThat(page.texts("mark")).containsExactly("  42 x\n");
	}

	@Test
	void sourceThatMayNotBeTheOneThatRanSaysSo() {
		SourceExcerpt source = new SourceExcerpt(PATH, 42, 42, SOURCE.lines(), "The file is newer than the class.");
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(BOOKS, source)));
		assertThat(page.texts(".stale")).containsExactly("The file is newer than the class.");
	}

	@Test
	void frameOfTheApplicationWithoutSourceSaysSo() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", BOOKS));
		assertThat(page.texts(".application .none")).containsExactly("No source was found for com.acme.Books.");
		assertThat(page.document().select("pre")).isEmpty();
	}

	@Test
	void runsOfLibraryFramesAreFoldedWithTheirCountAndTheNamesOfTheLibraries() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", THREAD, BOOKS, MAP,
				Tracebacks.repeated(MAP, 3), THREAD, OTHER, SHELF, MAP));
		assertThat(page.document().select(".frames > li")).extracting(Element::className)
			.containsExactly("library", "application", "library", "application", "library");
		Elements runs = page.document().select(".frames > .library > details");
		assertThat(runs).noneMatch((run) -> run.hasAttr("open"));
		assertThat(runs.eachText()).hasSize(3);
		assertThat(runs.select("> summary").eachText()).containsExactly("1 library frame JDK",
				"6 library frames Reactor, JDK, net.example", "1 library frame Reactor");
		assertThat(runs.get(1).select("li .function").eachText()).containsExactly("FluxMap.onNext", "FluxMap.onNext",
				"Thread.run", "Thing.go");
		assertThat(runs.get(1).select("li .none").eachText()).hasSize(4).containsOnly("no source");
	}

	@Test
	void libraryFrameWithSourceIsFoldedInItsRun() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(MAP, SOURCE), THREAD));
		Element run = page.first(".frames > .library > details");
		assertThat(run.select("details details")).singleElement()
			.satisfies((frame) -> assertThat(frame.hasAttr("open")).isFalse());
		assertThat(run.select("details details summary .function").eachText()).containsExactly("FluxMap.onNext");
		assertThat(run.select("details details mark").eachText()).containsExactly("42 \treturn null;");
		assertThat(run.select(".sourceless .function").eachText()).containsExactly("Thread.run");
	}

	@Test
	void namesOfLibrariesAreFew() {
		TracedFrame[] frames = new TracedFrame[9];
		for (int index = 0; index < frames.length; index++) {
			frames[index] = Tracebacks.frame("org.library" + index + ".Thing", "go", 1, false);
		}
		assertThat(page(Tracebacks.throwable("java.lang.Error", "", frames)).texts(".libraries"))
			.containsExactly("org.library0, org.library1, org.library2, org.library3, org.library4");
	}

	@Test
	void frameThatRepeatsIsCounted() {
		ParsedPage page = page(
				Tracebacks.throwable("java.lang.StackOverflowError", "", Tracebacks.repeated(BOOKS, 1023), SHELF));
		assertThat(page.texts(".count")).containsExactly("1023 times");
	}

	@Test
	void locationIsAsMuchAsIsKnown() {
		ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "", frame(null, -1), frame(null, -2),
				frame("Books.java", -1), frame("Books.java", 0), frame("Books.java", 1)));
		assertThat(page.texts(".location")).containsExactly("unknown source", "native", "Books.java", "Books.java",
				"Books.java:1");
	}

	@Test
	void causesFollowAndTheRootCauseIsLinked() {
		TracedThrowable root = Tracebacks.throwable("java.io.IOException", "no disk", SHELF);
		TracedThrowable middle = new TracedThrowable("java.lang.Exception", "", List.of(MAP), 4, List.of(), List.of(),
				root, List.of());
		ParsedPage page = page(new TracedThrowable("com.acme.BookException", "No book", List.of(BOOKS), 0, List.of(),
				List.of(), middle, List.of()));
		Elements articles = page.document().select("#traceback > article");
		assertThat(articles.select("> .label").eachText()).containsExactly("Caused by", "Caused by");
		assertThat(articles.select("> h3").eachText()).containsExactly("java.lang.Exception", "java.io.IOException");
		assertThat(articles.select("> .message").eachText()).containsExactly("no disk");
		assertThat(articles.select("> .common").eachText())
			.containsExactly("4 frames in common with the exception above are not repeated.");
		assertThat(page.texts(".root")).containsExactly("Root cause: java.io.IOException: no disk");
		assertThat(page.first(".root a").attr("href")).isEqualTo("#root-cause");
		assertThat(page.first("#root-cause").nextElementSibling()).isSameAs(articles.last());
	}

	@Test
	void suppressedExceptionsAreNestedWithTheirCauses() {
		TracedThrowable inner = Tracebacks.throwable("java.lang.Inner", "");
		TracedThrowable suppressedCause = Tracebacks.throwable("java.io.IOException", "closed");
		TracedThrowable suppressed = new TracedThrowable("java.lang.Exception", "close", List.of(SHELF), 0, List.of(),
				List.of(), suppressedCause, List.of(inner));
		ParsedPage page = page(new TracedThrowable("com.acme.BookException", "", List.of(BOOKS), 0, List.of(),
				List.of(), null, List.of(suppressed)));
		Element first = page.first("#traceback > article");
		assertThat(first.select("> article > .label").eachText()).containsExactly("Suppressed",
				"Cause of the suppressed");
		assertThat(first.select("> article > h3").eachText()).containsExactly("java.lang.Exception",
				"java.io.IOException");
		assertThat(first.select("> article > article > h3").eachText()).containsExactly("java.lang.Inner");
		assertThat(page.document().select(".root, #root-cause")).isEmpty();
	}

	@Test
	void notesAndCheckpointsStandWithTheirException() {
		TracedThrowable cause = new TracedThrowable("java.lang.Error", "", List.of(), 1,
				List.of("checkpoint \u21e2 x", "y"), List.of("Frames were lost."), null, List.of());
		ParsedPage page = page(new TracedThrowable("com.acme.BookException", "", List.of(), 0, List.of("z"), List.of(),
				cause, List.of()));
		Elements articles = page.document().select("#traceback > article");
		assertThat(articles.get(0).select(".checkpoints").eachText()).containsExactly("Observed at z");
		assertThat(articles.get(0).select(".notes, .common")).isEmpty();
		assertThat(articles.get(1).select(".checkpoints li").eachText()).containsExactly("checkpoint \u21e2 x", "y");
		assertThat(articles.get(1).select(".notes li").eachText()).containsExactly("Frames were lost.");
		assertThat(articles.get(1).select(".common").eachText())
			.containsExactly("1 frame in common with the exception above are not repeated.");
	}

	@Test
	void hintsAreTextBeforeTheTraceback() {
		ParsedPage page = page(everything());
		assertThat(page.texts("main > aside:first-child li")).containsExactly("First hint.",
				"See https://example.com/");
		assertThat(page.document().select("aside").select("a, button, form, input")).isEmpty();
	}

	@Test
	void sectionsAreTablesOfFacts() {
		ParsedPage page = page(everything());
		assertThat(page.texts("#request h3")).containsExactly("Headers", "Cookies", "Application");
		assertThat(page.texts("#request th")).containsExactly("Accept", "Accept", "Java");
		assertThat(page.document().select("#request th").eachAttr("scope")).containsExactly("row", "row", "row");
		assertThat(page.texts("#request td")).containsExactly("*/*", "text/html", "17");
		assertThat(page.texts("#request .none")).containsExactly("None");
	}

	@Test
	void textAreaHoldsTheMarkdown() {
		Traceback traceback = everything();
		ParsedPage page = page(traceback);
		assertThat(page.markdown()).isEqualTo(MarkdownTraceback.render(traceback));
		assertThat(page.first("textarea").hasAttr("readonly")).isTrue();
	}

	@Test
	void whatNeedsTheScriptIsHiddenWithoutIt() {
		ParsedPage page = page(everything());
		assertThat(page.document().select(".scripted")).hasSize(2).allMatch((element) -> element.hasAttr("hidden"));
		assertThat(page.first("button").hasClass("scripted")).isTrue();
		assertThat(page.first("footer kbd").closest(".scripted")).isNotNull();
	}

	@Test
	void contentSecurityPolicyAllowsTheStyleAndTheScriptOfThePageByTheirHashes() {
		ParsedPage page = page(everything());
		assertThat(page.document().select("style")).hasSize(1);
		assertThat(page.document().select("script")).hasSize(1);
		List<String> hashes = Pattern.compile("(\\w+)-src 'sha256-([^']*)'")
			.matcher(HtmlTraceback.CONTENT_SECURITY_POLICY)
			.results()
			.map((result) -> result.group(1) + " " + result.group(2))
			.toList();
		assertThat(hashes).containsExactly("style " + sha256(page.first("style").data()),
				"script " + sha256(page.first("script").data()));
	}

	@Test
	void contentSecurityPolicyAllowsNothingElse() {
		assertThat(HtmlTraceback.CONTENT_SECURITY_POLICY.replaceAll("sha256-[^']*", "sha256").split("; "))
			.containsExactlyInAnyOrder("default-src 'none'", "style-src 'sha256'", "script-src 'sha256'",
					"img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'");
	}

	@Test
	void pageHasNoStylesAndNoHandlersInAttributes() {
		assertThat(page(everything()).document()
			.getAllElements()
			.stream()
			.flatMap((element) -> element.attributes().asList().stream())
			.map(Attribute::getKey)).noneMatch((name) -> name.startsWith("on") || name.equals("style"));
	}

	@Test
	void pageAsksForNothing() {
		ParsedPage page = page(everything());
		assertThat(page.document()
			.select("[src], [srcset], [action], [formaction], [data], [poster], [ping], [background], iframe, form, base"))
			.isEmpty();
		assertThat(page.document().select("link").eachAttr("href")).containsExactly("data:,");
		assertThat(page.document().select("a[href]").eachAttr("href")).isNotEmpty()
			.allMatch((href) -> href.startsWith("#") || href.equals(EDITOR_LINK.to(PATH, 42)));
		assertThat(page.first("style").data()).doesNotContain("url(", "@import", "//");
		assertThat(page.first("script").data()).doesNotContain("http", "fetch", "XMLHttpRequest", "import(", "eval",
				"innerHTML", "insertAdjacentHTML", "document.write", "localStorage", "cookie");
	}

	@Test
	void pageIsNeitherIndexedNorTold() {
		ParsedPage page = page(everything());
		assertThat(page.first("meta[name=robots]").attr("content")).isEqualTo("noindex");
		assertThat(page.first("meta[name=referrer]").attr("content")).isEqualTo("no-referrer");
		assertThat(page.first("head").firstElementChild()).hasToString("<meta charset=\"utf-8\">");
	}

	@Test
	void numbersAreThoseOfEveryLanguage() {
		Locale locale = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG"));
		try {
			ParsedPage page = page(Tracebacks.throwable("java.lang.Error", "",
					Tracebacks.repeated(Tracebacks.withSource(BOOKS, SOURCE), 1023)));
			assertThat(page.texts(".count")).containsExactly("1023 times");
			assertThat(page.texts("mark .line-number")).containsExactly("  42 ");
		}
		finally {
			Locale.setDefault(locale);
		}
	}

	@Test
	void namesOfKindsAreLowerCaseInEveryLanguage() {
		Locale locale = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			SourceExcerpt source = new SourceExcerpt(PATH, 1, 1,
					List.of(List.of(new SourceExcerpt.Token(SourceExcerpt.Kind.STRING, "x"))), null);
			assertThat(page(Tracebacks.throwable("java.lang.Error", "", Tracebacks.withSource(BOOKS, source)))
				.texts("mark .string")).containsExactly("x");
		}
		finally {
			Locale.setDefault(locale);
		}
	}

	private static Traceback everything() {
		TracedThrowable suppressed = Tracebacks.throwable("java.lang.Exception", "close", SHELF);
		TracedThrowable cause = new TracedThrowable("java.io.IOException", "no disk", List.of(SHELF, MAP), 3,
				List.of("checkpoint"), List.of("A note."), null, List.of(suppressed));
		TracedThrowable error = new TracedThrowable("com.acme.BookException", "No book",
				List.of(Tracebacks.withSource(BOOKS, SOURCE), MAP, THREAD), 0, List.of("checkpoint"),
				List.of("A note."), cause, List.of(suppressed));
		return new Traceback(error, "GET http://localhost/books/1", "[1a2b-1] ",
				List.of("First hint.", "See https://example.com/"),
				List.of(Tracebacks.section("Headers", "Accept", "*/*", "Accept", "text/html"),
						Tracebacks.section("Cookies")),
				Tracebacks.section("Application", "Java", "17"));
	}

	private static ParsedPage page(TracedThrowable error) {
		return page(Tracebacks.error(error));
	}

	private static ParsedPage page(Traceback traceback) {
		ParsedPage page = ParsedPage.of(HtmlTraceback.render(traceback, EDITOR_LINK));
		assertThat(page.errors()).isEmpty();
		return page;
	}

	private static TracedFrame frame(@Nullable String fileName, int line) {
		return new TracedFrame(new StackTraceElement("com.acme.Books", "find", fileName, line), "Books.find", true, 1,
				null);
	}

	private static String sha256(String text) {
		try {
			return Base64.getEncoder()
				.encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
