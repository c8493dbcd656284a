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

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Tracebacks that no error was needed for.
 */
final class Tracebacks {

	static final EditorLink EDITOR_LINK = new EditorLink("vscode", Map.of());

	private Tracebacks() {
	}

	/** With a text in every place that can hold one. */
	static Traceback everywhere(String text) {
		TracedThrowable inSuppressed = throwable(text, null, List.of());
		TracedThrowable suppressed = throwable(text, inSuppressed, List.of());
		TracedThrowable cause = throwable(text, null, List.of(suppressed));
		return new Traceback(throwable(text, cause, List.of(suppressed)), text, text, List.of(text, text),
				List.of(section("Headers", text, text), section("Cookies")), section("Application", text, text));
	}

	/** With a text in the message only. */
	static Traceback message(String message) {
		return error(new TracedThrowable("com.acme.BookException", message, List.of(), 0, List.of(), List.of(), null,
				List.of()));
	}

	static Traceback error(TracedThrowable error) {
		return new Traceback(error, "GET http://localhost/books/1", "[1a2b-1] ", List.of(), List.of(),
				section("Application"));
	}

	static TracedThrowable throwable(String type, String message, TracedFrame... frames) {
		return new TracedThrowable(type, message, List.of(frames), 0, List.of(), List.of(), null, List.of());
	}

	static TracedFrame frame(String className, String method, int line, boolean application) {
		String simpleName = className.substring(className.lastIndexOf('.') + 1);
		return new TracedFrame(new StackTraceElement(className, method, simpleName + ".java", line),
				simpleName + "." + method, application, 1, null);
	}

	static TracedFrame withSource(TracedFrame frame, SourceExcerpt source) {
		return new TracedFrame(frame.element(), frame.function(), frame.application(), frame.count(), source);
	}

	static TracedFrame repeated(TracedFrame frame, int count) {
		return new TracedFrame(frame.element(), frame.function(), frame.application(), count, frame.source());
	}

	static Section section(String title, String... namesAndValues) {
		List<Section.Fact> facts = new ArrayList<>();
		for (int index = 0; index < namesAndValues.length; index += 2) {
			facts.add(new Section.Fact(namesAndValues[index], namesAndValues[index + 1]));
		}
		return new Section(title, facts);
	}

	/** Lines of plain text. */
	static SourceExcerpt source(@Nullable Path path, int firstLine, int failingLine, String... lines) {
		return new SourceExcerpt(path, firstLine, failingLine,
				Stream.of(lines)
					.map((line) -> List.of(new SourceExcerpt.Token(SourceExcerpt.Kind.PLAIN, line)))
					.toList(),
				null);
	}

	/** As much of a text as this file system has in its names. */
	static Path path(String text) {
		try {
			return Path.of("/src", text + ".java");
		}
		catch (InvalidPathException ex) {
			return Path.of("/src", text.replaceAll("[^\\x20-\\x7E]", "") + ".java");
		}
	}

	private static TracedThrowable throwable(String text, @Nullable TracedThrowable cause,
			List<TracedThrowable> suppressed) {
		StackTraceElement element = new StackTraceElement(text, text, text, text, text, text, 7);
		List<TracedFrame> frames = List.of(new TracedFrame(element, text, true, 1, source(text, path(text))),
				new TracedFrame(element, text, true, 3, null),
				new TracedFrame(element, text, false, 1, source(text, null)),
				new TracedFrame(element, text, false, 2, null));
		return new TracedThrowable(text, text, frames, 2, List.of(text, text), List.of(text, text), cause, suppressed);
	}

	private static SourceExcerpt source(String text, @Nullable Path path) {
		List<SourceExcerpt.Token> line = Stream.of(SourceExcerpt.Kind.values())
			.map((kind) -> new SourceExcerpt.Token(kind, text))
			.toList();
		return new SourceExcerpt(path, 6, 7, List.of(line, line, line), text);
	}

}
