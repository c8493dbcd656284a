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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link StackTraceFolder}.
 */
@Timeout(60)
class StackTraceFolderTests {

	private final StackTraceFolder folder = new StackTraceFolder(new ApplicationPackages(List.of("com.acme")));

	@Test
	void eachRunOfFramesOfLibrariesIsOneLine() {
		Throwable error = with(new IllegalStateException("collapsed"), "com.acme.Shelf", "org.lib.A", "org.lib.B",
				"com.acme.Books", "com.acme.Web", "org.lib.C", "org.lib.D", "org.lib.E");
		assertThat(fold(error)).isEqualTo("""

				java.lang.IllegalStateException: collapsed
					at com.acme.Shelf.call(Shelf.java:1)
					... 2 more
					at com.acme.Books.call(Books.java:1)
					at com.acme.Web.call(Web.java:1)
					... 3 more""");
	}

	@Test
	void theFrameThatRaisedItStaysAndASingleFrameIsNotFolded() {
		Throwable error = with(new IOException(), "org.lib.A", "org.lib.B", "com.acme.Books", "org.lib.C");
		assertThat(fold(error)).isEqualTo("""

				java.io.IOException
					at org.lib.A.call(A.java:1)
					at org.lib.B.call(B.java:1)
					at com.acme.Books.call(Books.java:1)
					at org.lib.C.call(C.java:1)""");
	}

	@Test
	void whatWasNotWrittenByAnyoneIsFolded() {
		Throwable error = with(new IOException(), "com.acme.Books", "com.acme.Books$$SpringCGLIB$$0", "org.lib.A");
		assertThat(fold(error)).endsWith("\n\tat com.acme.Books.call(Books.java:1)\n\t... 2 more");
	}

	@Test
	void nothingIsFoldedOfAThrowableWithoutLibraries() {
		Throwable cause = with(new IOException("a\nb"), "com.acme.Disk", "com.acme.Books", "com.acme.Main");
		cause.addSuppressed(with(new IOException("closing"), "com.acme.Close", "com.acme.Books", "com.acme.Main"));
		Throwable error = with(new LocalizedException(cause), "com.acme.Web", "com.acme.Books", "com.acme.Main");
		error.addSuppressed(error(new IOException(cause)));
		StringWriter printed = new StringWriter();
		error.printStackTrace(new PrintWriter(printed));
		assertThat(fold(error) + "\n").isEqualTo("\n" + printed.toString().replace(System.lineSeparator(), "\n"));
	}

	@Test
	void causesAndSuppressedExceptionsAreFoldedToo() {
		Throwable suppressed = with(new IOException("closing"), "org.lib.Close", "org.lib.X", "org.lib.Y",
				"com.acme.Books", "org.lib.B");
		suppressed.initCause(with(new IOException("why"), "org.lib.Why", "org.lib.Y", "org.lib.Z"));
		Throwable error = with(
				new IllegalStateException("top",
						with(new IOException("cause"), "org.lib.Disk", "com.acme.Disk", "com.acme.Books", "org.lib.B")),
				"com.acme.Web", "com.acme.Books", "org.lib.B");
		error.addSuppressed(suppressed);
		assertThat(fold(error)).isEqualTo("""

				java.lang.IllegalStateException: top
					at com.acme.Web.call(Web.java:1)
					at com.acme.Books.call(Books.java:1)
					at org.lib.B.call(B.java:1)
					Suppressed: java.io.IOException: closing
						at org.lib.Close.call(Close.java:1)
						... 4 more
					Caused by: java.io.IOException: why
						at org.lib.Why.call(Why.java:1)
						... 2 more
				Caused by: java.io.IOException: cause
					at org.lib.Disk.call(Disk.java:1)
					at com.acme.Disk.call(Disk.java:1)
					... 2 more""");
	}

	@Test
	void framesInCommonCountAmongThoseFoldedBefore() {
		Throwable cause = with(new IOException("cause"), "com.acme.Disk", "org.lib.X", "org.lib.A", "com.acme.Main");
		Throwable error = with(new IllegalStateException(cause), "org.lib.W", "org.lib.A", "com.acme.Main");
		assertThat(fold(error)).endsWith("""

				Caused by: java.io.IOException: cause
					at com.acme.Disk.call(Disk.java:1)
					... 3 more""");
	}

	@Test
	void aThrowableOfLibrariesAloneIsLeftToTheLogger() {
		Throwable error = with(new IOException(with(new IOException(), "org.lib.A")), "org.lib.B", "com.acmes.C");
		assertThat(this.folder.fold(error)).isNull();
		error.addSuppressed(with(new IOException("tells not where"), "com.acme.Handlers"));
		assertThat(this.folder.fold(error)).isNull();
		assertThat(this.folder.fold(new IOException(error(new IOException())))).isNull();
	}

	@Test
	void whatCheckpointsMovedIsRecovered() {
		Throwable error = with(new IllegalStateException("seen"), "org.lib.A", "org.lib.B", "org.lib.C",
				"com.acme.Books");
		error.addSuppressed(new IOException("own"));
		Throwable observed = catchThrowable(() -> Mono.error(error).checkpoint("one").checkpoint("two").block());
		assertThat(observed).isSameAs(error);
		assertThat(error.getStackTrace()).hasSize(1);
		assertThat(fold(error)).startsWith("""

				java.lang.IllegalStateException: seen
					at org.lib.A.call(A.java:1)
					... 2 more
					at com.acme.Books.call(Books.java:1)
					Suppressed: java.io.IOException: own""")
			.contains("\n\tSuppressed: java.lang.Exception: #block terminated with an error\n")
			.doesNotContain("checkpoint");
	}

	@Test
	void whoWaitedInBlockIsSaid() {
		StackTraceFolder own = new StackTraceFolder(new ApplicationPackages(List.of("io.starlet.traceback")));
		Throwable observed = catchThrowable(() -> Mono.error(() -> new IllegalStateException("elsewhere"))
			.subscribeOn(Schedulers.boundedElastic())
			.block());
		assertThat(own.fold(observed)).contains("Suppressed: java.lang.Exception: #block terminated with an error")
			.containsPattern("\n\t\tat io.starlet.traceback.StackTraceFolderTests.lambda.whoWaitedInBlock");
	}

	@Test
	void circularReferencesAreCut() {
		Throwable cause = with(new IOException("cause"), "com.acme.Disk");
		Throwable error = with(new IllegalStateException("top", cause), "com.acme.Web");
		cause.initCause(error);
		cause.addSuppressed(error);
		assertThat(fold(error)).isEqualTo("""

				java.lang.IllegalStateException: top
					at com.acme.Web.call(Web.java:1)
				Caused by: java.io.IOException: cause
					at com.acme.Disk.call(Disk.java:1)
					Suppressed: [CIRCULAR REFERENCE: java.lang.IllegalStateException: top]
				Caused by: [CIRCULAR REFERENCE: java.lang.IllegalStateException: top]""");
	}

	@Test
	void aThousandSuppressedExceptionsAreCutAndTheCauseIsThere() {
		Throwable error = with(new IllegalStateException("top", with(new IOException("why"), "com.acme.Disk")),
				"com.acme.Web");
		for (int i = 0; i < 1_000; i++) {
			error.addSuppressed(with(new IOException("number " + i), "com.acme.Disk"));
		}
		assertThat(fold(error)).contains("number 19").doesNotContain("number 20").endsWith("""

					Suppressed: [LEFT OUT]
				Caused by: java.io.IOException: why
					at com.acme.Disk.call(Disk.java:1)""");
		assertThat(fold(error)).hasLineCount(1 + 2 + 20 * 2 + 1 + 2);
	}

	@Test
	void causesWithoutEndAreCut() {
		assertThat(fold(with(new EndlessException(), "com.acme.Web"))).endsWith("\nCaused by: [LEFT OUT]")
			.hasLineCount(1 + 2 + 99 + 1);
	}

	@Test
	void aDeepRecursionIsCut() {
		List<String> classes = new ArrayList<>(List.of("org.lib.A", "org.lib.B"));
		for (int i = 0; i < 1_024; i++) {
			classes.add("com.acme.Books");
		}
		Throwable error = with(new StackOverflowError(), classes.toArray(new String[0]));
		assertThat(fold(error)).hasLineCount(1 + 1 + 1 + 1 + 49 + 1).endsWith("\n\t... 975 more");
	}

	@Test
	void whatCannotBeReadIsLeftToTheLogger() {
		assertThat(this.folder.fold(with(new IOException() {
			@Override
			public String getMessage() {
				throw new IllegalStateException("No message");
			}
		}, "com.acme.Web"))).isNull();
	}

	@Test
	void aCauseWhoseFramesCannotBeReadHasNone() {
		Throwable cause = new IOException("cause") {
			@Override
			public StackTraceElement[] getStackTrace() {
				throw new IllegalStateException("No frames");
			}
		};
		assertThat(fold(with(new IllegalStateException("top", cause), "com.acme.Web"))).isEqualTo("""

				java.lang.IllegalStateException: top
					at com.acme.Web.call(Web.java:1)
				Caused by: %s: cause""".formatted(cause.getClass().getName()));
	}

	private String fold(Throwable error) {
		return Objects.requireNonNull(this.folder.fold(error), "Left to the logger")
			.replace(System.lineSeparator(), "\n");
	}

	private static <T extends Throwable> T with(T error, String... classes) {
		error.setStackTrace(Arrays.stream(classes)
			.map((name) -> new StackTraceElement(name, "call", name.substring(name.lastIndexOf('.') + 1) + ".java", 1))
			.toArray(StackTraceElement[]::new));
		return error;
	}

	/** Without any frames. */
	private static <T extends Throwable> T error(T error) {
		return with(error);
	}

	private static final class LocalizedException extends RuntimeException {

		private LocalizedException(Throwable cause) {
			super("not said", cause);
		}

		@Override
		public String getLocalizedMessage() {
			return "localized";
		}

	}

	private static final class EndlessException extends RuntimeException {

		@Override
		public synchronized @Nullable Throwable getCause() {
			return with(new EndlessException());
		}

	}

}
