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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A traceback as an HTML page that needs no script and asks for nothing.
 */
final class HtmlTraceback {

	private static final String STYLE = resource("traceback.css");

	private static final String SCRIPT = resource("traceback.js");

	/** Nothing but the page's own style and script, and its empty icon. */
	static final String CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		.formatted(sha256(STYLE), sha256(SCRIPT));

	private final Html html = new Html();

	private final Traceback traceback;

	private final @Nullable EditorLink editorLink;

	private HtmlTraceback(Traceback traceback, @Nullable EditorLink editorLink) {
		this.traceback = traceback;
		this.editorLink = editorLink;
	}

	static String render(Traceback traceback, @Nullable EditorLink editorLink) {
		return new HtmlTraceback(traceback, editorLink).render();
	}

	private String render() {
		TracedThrowable error = this.traceback.error();
		this.html.fixed("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
			.fixed("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
			.fixed("<meta name=\"robots\" content=\"noindex\"><meta name=\"referrer\" content=\"no-referrer\">")
			.element("title", simpleName(error.type()) + " at " + this.traceback.requestLine())
			.fixed("<link rel=\"icon\" href=\"data:,\"><style>")
			.fixed(STYLE)
			.fixed("</style></head>\n<body>");
		header(error);
		this.html.fixed("\n<main>");
		hints();
		chain(error);
		sections();
		markdown();
		this.html.fixed("\n</main>\n<footer><p>Shown by Starlet because <code>starlet.debug</code> is on.")
			.fixed(" <span class=\"scripted\" hidden><kbd>j</kbd> and <kbd>k</kbd> go from frame to frame.</span>")
			.fixed("</p></footer>\n<script>")
			.fixed(SCRIPT)
			.fixed("</script></body></html>\n");
		return this.html.toString();
	}

	private void header(TracedThrowable error) {
		this.html.fixed("\n<header>")
			.open("p", "class", "request")
			.element("span", "500", "class", "status")
			.element("code", this.traceback.requestLine())
			.element("span", this.traceback.logPrefix(), "class", "log", "title", "The log's lines of this request")
			.close("p");
		name("h1", error);
		message(error);
		if (error.cause() != null) {
			this.html.open("p", "class", "root")
				.text("Root cause: ")
				.element("a", error.rootCause().heading(), "href", "#root-cause")
				.close("p");
		}
		this.html.fixed("<nav aria-label=\"Parts of this page\"><a href=\"#traceback\">Traceback</a>")
			.fixed("<a href=\"#request\">Request</a><a href=\"#copy\">Copy</a></nav></header>");
	}

	private void name(String tag, TracedThrowable error) {
		String simpleName = simpleName(error.type());
		this.html.open(tag)
			.element("span", error.type().substring(0, error.type().length() - simpleName.length()), "class", "package")
			.text(simpleName)
			.close(tag);
	}

	private void message(TracedThrowable error) {
		if (!error.message().isEmpty()) {
			this.html.element("p", error.message(), "class", "message");
		}
	}

	private void hints() {
		if (!this.traceback.hints().isEmpty()) {
			this.html.fixed("\n<aside class=\"hints\" aria-labelledby=\"hints\"><h2 id=\"hints\">Hints</h2>");
			list(this.traceback.hints());
			this.html.fixed("</aside>");
		}
	}

	private void list(List<String> items) {
		this.html.open("ul");
		items.forEach((item) -> this.html.element("li", item));
		this.html.close("ul");
	}

	private void chain(TracedThrowable error) {
		this.html.fixed("\n<section id=\"traceback\" aria-labelledby=\"traceback-heading\">")
			.fixed("<h2 id=\"traceback-heading\">Traceback</h2>");
		throwable(null, error);
		for (TracedThrowable cause = error.cause(); cause != null; cause = cause.cause()) {
			if (cause.cause() == null) {
				this.html.fixed("<a id=\"root-cause\"></a>");
			}
			throwable("Caused by", cause);
		}
		this.html.close("section");
	}

	/** Without a label the heading of the page stands for it. */
	private void throwable(@Nullable String label, TracedThrowable error) {
		this.html.fixed("\n<article class=\"throwable\">");
		if (label != null) {
			this.html.element("p", label, "class", "label");
			name("h3", error);
			message(error);
		}
		if (!error.notes().isEmpty()) {
			this.html.open("div", "class", "notes");
			list(error.notes());
			this.html.close("div");
		}
		frames(error);
		if (!error.checkpoints().isEmpty()) {
			this.html.open("div", "class", "checkpoints").element("p", "Observed at", "class", "label");
			list(error.checkpoints());
			this.html.close("div");
		}
		for (TracedThrowable suppressed : error.suppressed()) {
			throwable("Suppressed", suppressed);
			for (TracedThrowable cause = suppressed.cause(); cause != null; cause = cause.cause()) {
				throwable("Cause of the suppressed", cause);
			}
		}
		this.html.close("article");
	}

	private void frames(TracedThrowable error) {
		this.html.open("ol", "class", "frames");
		List<TracedFrame> library = new ArrayList<>();
		for (TracedFrame frame : error.frames()) {
			if (frame.application()) {
				library(library);
				application(frame);
			}
			else {
				library.add(frame);
			}
		}
		library(library);
		this.html.close("ol");
		if (error.framesInCommon() > 0) {
			this.html.element("p",
					counted(error.framesInCommon(), "frame") + " in common with the exception above are not repeated.",
					"class", "common");
		}
	}

	private void application(TracedFrame frame) {
		this.html.fixed("\n<li class=\"application\"><details open><summary>");
		title(frame);
		this.html.close("summary");
		source(frame);
		this.html.fixed("</details></li>");
	}

	private void library(List<TracedFrame> frames) {
		if (frames.isEmpty()) {
			return;
		}
		int count = frames.stream().mapToInt(TracedFrame::count).sum();
		String names = frames.stream()
			.map((frame) -> Library.of(frame.element().getClassName()))
			.distinct()
			.limit(5)
			.collect(Collectors.joining(", "));
		this.html.fixed("\n<li class=\"library\"><details><summary>")
			.text(counted(count, "library frame") + " ")
			.element("span", names, "class", "libraries")
			.fixed("</summary><ol>");
		for (TracedFrame frame : frames) {
			this.html.open("li");
			if (frame.source() != null) {
				this.html.fixed("<details><summary>");
				title(frame);
				this.html.close("summary");
				source(frame);
				this.html.close("details");
			}
			else {
				this.html.open("div", "class", "sourceless");
				title(frame);
				this.html.fixed(" <span class=\"none\">no source</span></div>");
			}
			this.html.close("li");
		}
		this.html.fixed("</ol></details></li>");
		frames.clear();
	}

	private void title(TracedFrame frame) {
		this.html.element("code", frame.function(), "title", frame.element().toString(), "class", "function");
		if (frame.count() > 1) {
			this.html.text(" ").element("span", frame.count() + " times", "class", "count");
		}
		this.html.text(" ").element("span", location(frame.element()), "class", "location");
	}

	private void source(TracedFrame frame) {
		SourceExcerpt source = frame.source();
		if (source == null) {
			this.html.element("p", "No source was found for " + frame.element().getClassName() + ".", "class", "none");
			return;
		}
		Path path = source.path();
		if (path != null) {
			this.html.open("p", "class", "path").element("code", path + ":" + source.failingLine());
			if (this.editorLink != null) {
				this.html.text(" ")
					.element("a", "Open in editor", "href", this.editorLink.to(path, source.failingLine()));
			}
			this.html.close("p");
		}
		if (source.note() != null) {
			this.html.element("p", source.note(), "class", "stale");
		}
		lines(source);
	}

	private void lines(SourceExcerpt source) {
		this.html.fixed("<pre tabindex=\"0\" role=\"group\" aria-label=\"Source\"><code>");
		int number = source.firstLine();
		for (List<SourceExcerpt.Token> line : source.lines()) {
			boolean failing = number == source.failingLine();
			this.html.fixed(failing ? "<mark>" : "<span>")
				.element("span", String.format(Locale.ROOT, "%4d ", number), "class", "line-number");
			for (SourceExcerpt.Token token : line) {
				if (token.kind() == SourceExcerpt.Kind.PLAIN) {
					this.html.text(token.text());
				}
				else {
					this.html.element("span", token.text(), "class", token.kind().name().toLowerCase(Locale.ROOT));
				}
			}
			this.html.fixed(failing ? "\n</mark>" : "\n</span>");
			number++;
		}
		this.html.fixed("</code></pre>");
	}

	private void sections() {
		this.html.fixed("\n<section id=\"request\" aria-labelledby=\"request-heading\">")
			.fixed("<h2 id=\"request-heading\">Request and application</h2>");
		this.traceback.request().forEach(this::section);
		section(this.traceback.application());
		this.html.close("section");
	}

	private void section(Section section) {
		this.html.fixed("\n").element("h3", section.title());
		if (section.facts().isEmpty()) {
			this.html.element("p", "None", "class", "none");
			return;
		}
		this.html.fixed("<table><tbody>");
		for (Section.Fact fact : section.facts()) {
			this.html.fixed("<tr>")
				.element("th", fact.name(), "scope", "row")
				.open("td")
				.element("code", fact.value())
				.fixed("</td></tr>");
		}
		this.html.fixed("</tbody></table>");
	}

	private void markdown() {
		// The parser drops the first line break of a textarea
		this.html
			.fixed("\n<section id=\"copy\" aria-labelledby=\"copy-heading\"><h2 id=\"copy-heading\">As Markdown</h2>")
			.fixed("<p aria-live=\"polite\"><button type=\"button\" class=\"scripted\" hidden>Copy</button></p>")
			.fixed("<textarea readonly rows=\"8\" aria-labelledby=\"copy-heading\">\n")
			.text(MarkdownTraceback.render(this.traceback))
			.fixed("</textarea></section>");
	}

	private static String location(StackTraceElement element) {
		if (element.getFileName() == null) {
			return element.isNativeMethod() ? "native" : "unknown source";
		}
		return (element.getLineNumber() > 0) ? element.getFileName() + ":" + element.getLineNumber()
				: element.getFileName();
	}

	private static String simpleName(String className) {
		return className.substring(className.lastIndexOf('.') + 1);
	}

	private static String counted(int count, String what) {
		return (count == 1) ? "1 " + what : count + " " + what + "s";
	}

	private static String resource(String name) {
		try (InputStream input = HtmlTraceback.class.getResourceAsStream(name)) {
			if (input == null) {
				throw new IllegalStateException(name + " is missing beside " + HtmlTraceback.class.getName());
			}
			// A browser hashes it without carriage returns
			return new String(input.readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String sha256(String text) {
		try {
			return Base64.getEncoder()
				.encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
