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
import java.util.Locale;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TextTraceback}.
 */
class TextTracebackTests {

	private static final TracedFrame BOOKS = Tracebacks.frame("com.acme.Books", "find", 42, true);

	private static final TracedFrame MAP = Tracebacks.frame("reactor.core.publisher.FluxMap", "onNext", 100, false);

	@Test
	void isTheStackTraceOfTheJvmWithTheRequestAndTheApplicationBelow() {
		Traceback traceback = new Traceback(Tracebacks.throwable("com.acme.BookException", "No book", BOOKS),
				"GET http://localhost/books/1", "[1a2b-1] ", List.of("First hint.", "Second hint."),
				List.of(Tracebacks.section("Headers", "Accept", "*/*")),
				Tracebacks.section("Application", "Java", "17", "Spring Boot", "4.1.1"));
		assertThat(TextTraceback.render(traceback)).isEqualTo("""
				com.acme.BookException: No book
					at com.acme.Books.find(Books.java:42)

				Hint: First hint.
				Hint: Second hint.
				Request: GET http://localhost/books/1
				Log prefix: [1a2b-1]\s
				Java: 17
				Spring Boot: 4.1.1
				""");
	}

	@Test
	void errorAloneHasNothingBelow() {
		assertThat(TextTraceback.render(Tracebacks.throwable("com.acme.BookException", "No book", BOOKS, MAP)))
			.isEqualTo("""
					com.acme.BookException: No book
						at com.acme.Books.find(Books.java:42)
						at reactor.core.publisher.FluxMap.onNext(FluxMap.java:100)
					""");
	}

	@Test
	void errorWithoutAMessageIsItsClass() {
		assertThat(TextTraceback.render(Tracebacks.throwable("com.acme.BookException", "")))
			.isEqualTo("com.acme.BookException\n");
	}

	@Test
	void failingLineStandsBelowAFrameOfTheApplicationOnly() {
		SourceExcerpt source = Tracebacks.source(Path.of("Books.java"), 41, 42, "{", "\treturn null;", "}");
		assertThat(TextTraceback.render(Tracebacks.throwable("com.acme.BookException", "",
				Tracebacks.withSource(BOOKS, source), Tracebacks.withSource(MAP, source))))
			.isEqualTo("""
					com.acme.BookException
						at com.acme.Books.find(Books.java:42)
						   42 | return null;
						at reactor.core.publisher.FluxMap.onNext(FluxMap.java:100)
					""");
	}

	@Test
	void frameThatRepeatsIsCounted() {
		assertThat(TextTraceback
			.render(Tracebacks.throwable("java.lang.StackOverflowError", "", Tracebacks.repeated(BOOKS, 1023), MAP)))
			.isEqualTo("""
					java.lang.StackOverflowError
						at com.acme.Books.find(Books.java:42) (1023 times)
						at reactor.core.publisher.FluxMap.onNext(FluxMap.java:100)
					""");
	}

	@Test
	void causesFollowAndSuppressedExceptionsAreIndented() {
		TracedThrowable closeCause = Tracebacks.throwable("java.io.IOException", "closed", MAP);
		TracedThrowable close = new TracedThrowable("java.lang.Exception", "close", List.of(BOOKS), 2, List.of(),
				List.of(), closeCause, List.of());
		TracedThrowable cause = new TracedThrowable("java.lang.Error", "cause", List.of(MAP), 5,
				List.of("checkpoint one", "checkpoint two"), List.of("A note."), null, List.of());
		TracedThrowable error = new TracedThrowable("com.acme.BookException", "", List.of(BOOKS), 0, List.of(),
				List.of(), cause, List.of(close));
		assertThat(TextTraceback.render(error)).isEqualTo("""
				com.acme.BookException
					at com.acme.Books.find(Books.java:42)
					Suppressed: java.lang.Exception: close
						at com.acme.Books.find(Books.java:42)
						... 2 more
					Caused by: java.io.IOException: closed
						at reactor.core.publisher.FluxMap.onNext(FluxMap.java:100)
				Caused by: java.lang.Error: cause
					at reactor.core.publisher.FluxMap.onNext(FluxMap.java:100)
					... 5 more
					Note: A note.
					Observed at: checkpoint one
					Observed at: checkpoint two
				""");
	}

	@Test
	void messageOfManyLinesStaysSo() {
		assertThat(TextTraceback.render(Tracebacks.throwable("java.lang.Error", "one\r\ntwo\n\tthree")))
			.isEqualTo("java.lang.Error: one\ntwo\n\tthree\n");
	}

	@Test
	void numbersAreThoseOfEveryLanguage() {
		Locale locale = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG"));
		try {
			TracedThrowable error = new TracedThrowable("java.lang.Error", "", List.of(Tracebacks.repeated(MAP, 12)),
					345, List.of(), List.of(), null, List.of());
			assertThat(TextTraceback.render(error)).contains("(12 times)", "... 345 more");
		}
		finally {
			Locale.setDefault(locale);
		}
	}

}
