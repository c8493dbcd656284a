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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MarkdownTraceback}.
 */
class MarkdownTracebackTests {

	private static final TracedThrowable ERROR = Tracebacks.throwable("com.acme.BookException", "No book",
			Tracebacks.frame("com.acme.Books", "find", 42, true));

	@Test
	void eachPartIsAHeadingAndAFence() {
		Traceback traceback = new Traceback(ERROR, "GET http://localhost/books/1", "[1a2b-1] ",
				List.of("First hint.", "Second hint."),
				List.of(Tracebacks.section("Headers", "Accept", "*/*", "Accept", "text/html"),
						Tracebacks.section("Cookies")),
				Tracebacks.section("Application", "Java", "17"));
		assertThat(MarkdownTraceback.render(traceback)).isEqualTo("""
				### Request

				```text
				GET http://localhost/books/1
				[1a2b-1]
				```

				### Traceback

				```text
				com.acme.BookException: No book
					at com.acme.Books.find(Books.java:42)
				```

				### Hints

				```text
				First hint.
				Second hint.
				```

				### Headers

				```text
				Accept: */*
				Accept: text/html
				```

				### Cookies

				```text

				```

				### Application

				```text
				Java: 17
				```

				""");
	}

	@Test
	void withoutHintsThereIsNoHeadingForThem() {
		assertThat(MarkdownTraceback.render(Tracebacks.error(ERROR))).contains("### Traceback\n")
			.doesNotContain("### Hints");
	}

	@Test
	void fenceIsLongerThanAnyInTheText() {
		Traceback traceback = new Traceback(ERROR, "GET /", "", List.of("x\n`````\ny ``````` z"), List.of(),
				Tracebacks.section("Application"));
		assertThat(MarkdownTraceback.render(traceback)).contains("""
				### Hints

				````````text
				x
				`````
				y ``````` z
				````````
				""");
	}

}
