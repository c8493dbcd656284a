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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link FrameNames}.
 */
class FrameNamesTests {

	@ParameterizedTest
	@CsvSource({ "app.BookService, find, BookService.find", "BookService, find, BookService.find",
			"app.BookService, lambda$find$0, BookService.find (lambda)",
			"app.BookService, lambda$lambda$find$0$1, BookService.find (lambda)",
			"app.BookService, lambda$find$3a8b9c4d$1, BookService.find (lambda)",
			"app.BookService, lambda$find$all$12, BookService.find$all (lambda)",
			"app.BookService, lambda$null$3, BookService (lambda)", "app.BookService, lambda$0, BookService (lambda)",
			"app.BookService, lambda$new$2, new BookService (lambda)",
			"app.BookService, lambda$static$2, BookService static initialiser (lambda)",
			"app.BookService, <init>, new BookService", "app.BookService, <clinit>, BookService static initialiser",
			"app.BookService$Line, total, BookService.Line.total", "app.BookService$Line, <init>, new BookService.Line",
			"app.BookService$1, run, BookService.run (anonymous class)",
			"app.BookService$1, lambda$run$0, BookService.run (lambda)",
			"app.BookService$1, <init>, new BookService (anonymous class)",
			"app.BookService$1Local, run, BookService.Local.run", "app.Book$s, get, Book.s.get",
			"app.BookService, $values, BookService.$values", "app.BookService, access$000, BookService.access$000" })
	void javaNames(String className, String method, String function) {
		assertThat(FrameNames.function(new StackTraceElement(className, method, "BookService.java", 1)))
			.isEqualTo(function);
	}

	@ParameterizedTest
	@CsvSource({ "app.BooksKt, find, 7, find", "app.Books__MoreKt, find, 7, find",
			"app.BookService, find$lambda$0, 7, BookService.find (lambda)",
			"app.BookService, find$lambda$2$lambda$1, 7, BookService.find (lambda)",
			"app.BookService, find$lambda-0, 7, BookService.find (lambda)",
			"app.BookService, _init_$lambda$0, 7, new BookService (lambda)",
			"app.BookService, find$suspendImpl, 7, BookService.find",
			"app.BookService, find$default, 7, BookService.find", "app.BookService, access$find, 7, BookService.find",
			"app.BookService, find$app_main, 7, BookService.find", "app.BookService, find-abc1234, 7, BookService.find",
			"app.BookService, find-g-_u-s0, 7, BookService.find",
			"app.BookService, find-abc1234$default, 7, BookService.find", "app.Isbn, toString-impl, 7, Isbn.toString",
			"app.Isbn, constructor-impl, 7, new Isbn", "app.BookService, is half-done, 7, BookService.is half-done",
			"app.BookService$find$1, invokeSuspend, 7, BookService.find (lambda)",
			"app.BookService$find$1, invokeSuspend, -1, BookService.find",
			"app.BookService$find$2$1, invoke, 7, BookService.find (lambda)",
			"app.BooksKt$find$1, invoke, 7, find (lambda)",
			"app.BookService$find$1, compare, 7, BookService.find.compare (anonymous class)",
			"app.BookService$find$$inlined$map$1$2, emit, 7, BookService.find.map.emit (anonymous class)",
			"app.Shelf$DefaultImpls, find, 7, Shelf.find", "app.BooksKt, <clinit>, 7, BooksKt static initialiser",
			"app.BookService$Companion, of, 7, BookService.Companion.of" })
	void kotlinNames(String className, String method, int line, String function) {
		assertThat(FrameNames.function(new StackTraceElement(className, method, "Books.kt", line))).isEqualTo(function);
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.BookService$$SpringCGLIB$$0", "app.BookService$$SpringCGLIB$$FastClass$$1",
			"app.BookService$$EnhancerBySpringCGLIB$$7a1b2c3d", "app.BookService$$FastClassBySpringCGLIB$$7a1b2c3d",
			"jdk.proxy2.$Proxy12", "com.sun.proxy.$Proxy7", "app.$Proxy3", "$Proxy3",
			"app.BookService$$Lambda$14/0x0000000800066840", "app.BookService$$Lambda/0x00007f0012345678.run",
			"jdk.internal.reflect.GeneratedMethodAccessor12", "jdk.internal.reflect.GeneratedConstructorAccessor1",
			"sun.reflect.GeneratedMethodAccessor12", "java.lang.invoke.LambdaForm$DMH/0x0000000800066840",
			"_COROUTINE._BOUNDARY" })
	void proxiesAndAccessorsAreGenerated(String className) {
		assertThat(FrameNames.isGenerated(new StackTraceElement(className, "find", null, -1))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.BookService", "app.BookService$1", "app.$Proxy", "app.$ProxyOfMine", "app.Lambda$",
			"jdk.internal.reflect.DirectMethodHandleAccessor", "app.Flows$find$$inlined$map$1", "" })
	void whatSomebodyWroteIsNotGenerated(String className) {
		assertThat(FrameNames.isGenerated(new StackTraceElement(className, "find", null, -1))).isFalse();
	}

	@Test
	void realLambdasAndConstructorsAreNamed() {
		Runnable lambda = () -> {
			throw new IllegalStateException(new Object() {
				final StackTraceElement frame = new Throwable().getStackTrace()[0];

				@Override
				public String toString() {
					return FrameNames.function(this.frame);
				}
			}.toString());
		};
		Throwable failure = catchThrowable(lambda::run);
		assertThat(failure).hasMessage("new FrameNamesTests (anonymous class)");
		assertThat(FrameNames.function(failure.getStackTrace()[0]))
			.isEqualTo("FrameNamesTests.realLambdasAndConstructorsAreNamed (lambda)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "$", "$$$", "$1", "1", "a.", ".$.", "/", "/x", "a/", "-", "lambda$",
			"lambda$$", "lambda$lambda$", "access$", "<init>", "<clinit>", "\0", "\ud800", "-impl", "-abcdefg",
			"$lambda", "Kt" })
	void oddNamesBreakNothing(String name) {
		for (String file : new String[] { null, "", "A.java", "A.kt" }) {
			for (String method : new String[] { name, "find", "invoke", "<init>", "lambda$find$0" }) {
				StackTraceElement frame = new StackTraceElement(name, method, file, -1);
				assertThat(FrameNames.function(frame)).isNotEmpty();
				assertThat(FrameNames.function(new StackTraceElement("app.Books", name, file, 1))).isNotEmpty();
				assertThat(FrameNames.bound(frame)).isSameAs(frame);
				FrameNames.isGenerated(frame);
			}
		}
	}

	@Test
	void enormousNamesAreCut() {
		String enormous = "a$".repeat(1_000_000);
		StackTraceElement frame = FrameNames
			.bound(new StackTraceElement(enormous, "lambda$" + enormous, enormous + ".kt", 7));
		assertThat(frame.getClassName().length() + frame.getMethodName().length() + frame.getFileName().length())
			.isLessThanOrEqualTo(3_000);
		assertThat(frame.getLineNumber()).isEqualTo(7);
		assertThat(FrameNames.function(frame)).hasSizeLessThanOrEqualTo(300);
		assertThat(FrameNames.bound(new StackTraceElement("a", enormous, null, 7)).getFileName()).isNull();
	}

}
