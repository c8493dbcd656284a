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
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link ThrowableTracer} and {@link RecoveredStack}.
 */
@OnEachServer
@Timeout(60)
class ThrowableTracerTests {

	private static final ApplicationPackages PACKAGES = new ApplicationPackages(List.of("io.starlet.traceback"));

	@AfterEach
	void resetHooks() {
		Hooks.resetOnOperatorDebug();
	}

	@Test
	void anExceptionWithoutReactorIsShownAsItIs() {
		IllegalStateException error = raise("as it is");
		TracedThrowable traced = trace(error);
		assertThat(traced.type()).isEqualTo("java.lang.IllegalStateException");
		assertThat(traced.message()).isEqualTo("as it is");
		assertThat(elements(traced)).isEqualTo(writtenFrames(error));
		assertThat(traced.frames().get(0).function()).isEqualTo("ThrowableTracerTests.raise");
		assertThat(traced.frames().get(0).application()).isTrue();
		assertThat(traced.frames()).extracting(TracedFrame::application).contains(false);
		assertThat(traced.framesInCommon()).isZero();
		assertThat(traced.checkpoints()).isEmpty();
		assertThat(traced.notes()).isEmpty();
		assertThat(traced.cause()).isNull();
		assertThat(traced.suppressed()).isEmpty();
	}

	@Test
	void framesMovedByACheckpointAreRecovered() {
		IllegalStateException error = raise("moved");
		List<StackTraceElement> frames = writtenFrames(error);
		Throwable observed = observe(Mono.error(error).checkpoint("first").checkpoint("second"));
		assertThat(observed.getStackTrace()).hasSize(1);
		TracedThrowable traced = trace(observed);
		assertThat(elements(traced)).isEqualTo(frames);
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ first", "checkpoint ⇢ second");
		assertThat(traced.suppressed()).isEmpty();
		assertThat(traced.notes()).isEmpty();
	}

	@Test
	void framesOfWhatAnOperatorThrowsAreRecovered() {
		TracedThrowable traced = trace(observe(Mono.just(1).map(ThrowableTracerTests::fail).checkpoint("here")));
		assertThat(traced.frames().get(0).function()).isEqualTo("ThrowableTracerTests.raise");
		assertThat(traced.frames().get(1).function()).isEqualTo("ThrowableTracerTests.fail");
		assertThat(traced.frames()).hasSizeGreaterThan(5);
	}

	@Test
	void anotherThreadInBetweenChangesNothing() {
		TracedThrowable traced = trace(observe(Mono.just(1)
			.publishOn(Schedulers.parallel())
			.flatMap((value) -> Mono.just(value).map(ThrowableTracerTests::fail).checkpoint("inner"))
			.publishOn(Schedulers.boundedElastic())
			.checkpoint("outer")));
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.raise", "ThrowableTracerTests.fail");
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ inner", "checkpoint ⇢ outer");
	}

	@Test
	void causesThatPassedACheckpointThemselvesAreRecovered() {
		Throwable observed = observe(Mono.error(raise("cause"))
			.checkpoint("of the cause")
			.onErrorMap((cause) -> new UnsupportedOperationException("mapped", cause))
			.checkpoint("of the outer one"));
		TracedThrowable traced = trace(observed);
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ of the outer one");
		TracedThrowable cause = cause(traced);
		assertThat(cause.checkpoints()).containsExactly("checkpoint ⇢ of the cause");
		assertThat(functions(cause)).startsWith("ThrowableTracerTests.raise");
		assertThat(cause.suppressed()).isEmpty();
	}

	@Test
	void checkpointsWithAStackTraceAndWithoutADescriptionAreRead() {
		TracedThrowable traced = trace(observe(Mono.error(raise("heavy")).checkpoint().checkpoint("described", true)));
		assertThat(traced.checkpoints()).hasSize(2);
		assertThat(traced.checkpoints().get(0))
			.startsWith("checkpoint() ⇢ at io.starlet.traceback.ThrowableTracerTests."
					+ "checkpointsWithAStackTraceAndWithoutADescriptionAreRead(ThrowableTracerTests.java:");
		assertThat(traced.checkpoints().get(1)).startsWith("checkpoint(described) ⇢ at io.starlet.traceback.");
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.raise");
	}

	@Test
	void operatorDebuggingTellsWhereOperatorsWereAssembled() {
		Hooks.onOperatorDebug();
		TracedThrowable traced = trace(
				observe(Mono.just(1).map(ThrowableTracerTests::fail).filter((value) -> true).checkpoint("light")));
		assertThat(traced.checkpoints()).hasSizeGreaterThanOrEqualTo(3);
		assertThat(traced.checkpoints().get(0)).startsWith("Mono.map ⇢ at io.starlet.traceback.ThrowableTracerTests.");
		assertThat(traced.checkpoints().get(1)).startsWith("Mono.filter ⇢ at ");
		assertThat(traced.checkpoints().get(2)).isEqualTo("checkpoint ⇢ light");
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.raise", "ThrowableTracerTests.fail");
		assertThat(traced.frames()).extracting((frame) -> frame.element().getClassName())
			.noneMatch((name) -> name.contains("OnAssembly"));
	}

	@Test
	void repeatedObservationsAreCounted() {
		IllegalStateException error = raise("again");
		Mono<Object> mono = Mono.error(error).checkpoint("again");
		observe(mono);
		observe(mono);
		TracedThrowable traced = trace(observe(mono));
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ again (observed 3 times)");
	}

	@Test
	void severalSubscribersAndManyCheckpointsAreBounded() {
		IllegalStateException error = raise("many");
		List<StackTraceElement> frames = writtenFrames(error);
		for (int i = 0; i < 1_000; i++) {
			observe(Mono.error(error).checkpoint("number " + i));
		}
		TracedThrowable traced = trace(error);
		assertThat(elements(traced)).isEqualTo(frames);
		assertThat(traced.checkpoints()).hasSize(100).startsWith("checkpoint ⇢ number 0", "checkpoint ⇢ number 1");
		assertThat(traced.notes()).containsExactly("Only the first 100 checkpoints are shown.");
	}

	@Test
	void aDescriptionOfSeveralLinesIsOneCheckpoint() {
		TracedThrowable traced = trace(observe(Mono.error(raise("lines"))
			.checkpoint("select *\n  from books\n*_ where\nOriginal Stack Trace:")
			.checkpoint("x".repeat(5_000))));
		assertThat(traced.checkpoints()).hasSize(2);
		assertThat(traced.checkpoints().get(0))
			.isEqualTo("checkpoint ⇢ select *\n  from books\n*_ where\nOriginal Stack Trace:");
		assertThat(traced.checkpoints().get(1)).hasSizeLessThan(1_100).endsWith("… (cut, of 5013 characters)");
	}

	@Test
	void anExceptionThatIsFilledInAgainHasItsNewFrames() {
		IllegalStateException error = raise("first");
		observe(Mono.error(error).checkpoint("first"));
		error.fillInStackTrace();
		observe(Mono.error(error).checkpoint("second"));
		TracedThrowable traced = trace(error);
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.anExceptionThatIsFilledInAgainHasItsNewFrames");
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ first", "checkpoint ⇢ second");
	}

	@Test
	void aSharedExceptionSaysThatItsFramesAreNotThoseOfTheError() {
		observe(Mono.error(Shared.ERROR).checkpoint("one"));
		TracedThrowable traced = trace(observe(Mono.error(Shared.ERROR).checkpoint("two")));
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.Shared static initialiser");
		assertThat(traced.frames()).hasSizeGreaterThan(3);
		assertThat(traced.notes()).singleElement().asString().contains("static initialiser");
	}

	@Test
	void framesThatWereLostAreToldOf() {
		Throwable observed = observe(Mono.error(new WithoutSuppression()).checkpoint("lost"));
		TracedThrowable traced = trace(observed);
		assertThat(traced.frames()).hasSize(1);
		assertThat(traced.notes()).containsExactly(RecoveredStack.FRAMES_LOST);
	}

	@Test
	void anExceptionWithoutAStackTraceSaysSo() {
		TracedThrowable traced = trace(observe(Mono.error(new WithoutStackTrace()).checkpoint("seen")));
		assertThat(traced.frames()).isEmpty();
		assertThat(traced.notes()).containsExactly(RecoveredStack.NO_FRAMES);
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ seen");
	}

	@Test
	void theMarkOfBlockBecomesTheCallersCheckpoint() {
		Mono<Object> mono = Mono.error(raise("blocked")).checkpoint("before").subscribeOn(Schedulers.boundedElastic());
		Throwable observed = catchThrowable(mono::block);
		assertThat(observed.getSuppressed()).hasSize(2);
		TracedThrowable traced = trace(observed);
		assertThat(traced.suppressed()).isEmpty();
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.raise");
		assertThat(traced.checkpoints()).hasSize(2).startsWith("checkpoint ⇢ before");
		assertThat(traced.checkpoints().get(1))
			.startsWith("block() ⇢ at io.starlet.traceback.ThrowableTracerTests.theMarkOfBlock");
	}

	@Test
	void wrappersOfReactorAreLookedThrough() {
		IOException error = new IOException("checked");
		Throwable wrapper = catchThrowable(() -> Mono.error(error).checkpoint("inside").block());
		assertThat(wrapper).isNotSameAs(error).hasCause(error);
		Throwable observed = observe(Mono.error(Exceptions.wrapSource(wrapper)).checkpoint("outside"));
		TracedThrowable traced = trace(observed);
		assertThat(traced.type()).isEqualTo("java.io.IOException");
		assertThat(traced.message()).isEqualTo("checked");
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.wrappersOfReactorAreLookedThrough");
		assertThat(traced.checkpoints()).hasSize(3).startsWith("checkpoint ⇢ inside").endsWith("checkpoint ⇢ outside");
		assertThat(traced.cause()).isNull();
		assertThat(traced.suppressed()).isEmpty();
		assertThat(cause(trace(new IllegalStateException(wrapper))).type()).isEqualTo("java.io.IOException");
		assertThat(cause(trace(Exceptions.bubble(Exceptions.multiple(error)))).type()).isEqualTo("java.io.IOException");
	}

	@Test
	void theErrorsThatReactorCollectedAreShown() {
		Throwable observed = observe(Flux
			.mergeDelayError(4, Flux.error(raise("one")).checkpoint("of one"),
					Mono.error(new UnsupportedOperationException("two")), Mono.error(new IOException("three")))
			.checkpoint("merged"));
		assertThat(Exceptions.isMultiple(observed)).isTrue();
		TracedThrowable traced = trace(observed);
		assertThat(cause(traced).message()).isEqualTo("one");
		assertThat(cause(traced).checkpoints()).containsExactly("checkpoint ⇢ of one");
		assertThat(functions(traced.rootCause())).startsWith("ThrowableTracerTests.raise");
		assertThat(traced.suppressed()).extracting(TracedThrowable::message).containsExactly("two", "three");
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ merged");
		assertThat(traced.notes()).singleElement().asString().startsWith("Reactor collected 3 errors");
	}

	@Test
	void whatReactorCollectedIsNoMoreThanWhatItHolds() {
		Throwable empty = Exceptions.multiple();
		assertThat(trace(empty).cause()).isNull();
		assertThat(trace(empty).notes()).singleElement().asString().startsWith("Reactor collected 0 errors");
	}

	@Test
	void anErrorInOneOfSeveralZippedSourcesHasItsOwnFrames() {
		TracedThrowable traced = trace(
				observe(Mono.zip(Mono.just(1).map(ThrowableTracerTests::fail).checkpoint("zipped"), Mono.just(2))
					.checkpoint("zip")));
		assertThat(functions(traced)).startsWith("ThrowableTracerTests.raise", "ThrowableTracerTests.fail");
		assertThat(traced.checkpoints()).containsExactly("checkpoint ⇢ zipped", "checkpoint ⇢ zip");
	}

	@Test
	void framesInCommonAreThoseOfTheRecoveredStack() {
		Throwable observed = observe(Mono.just(1).map(ThrowableTracerTests::wrap).checkpoint("wrapped"));
		List<StackTraceElement> outer = List.of(observed.getSuppressed()[0].getStackTrace());
		StackTraceElement[] inner = Objects.requireNonNull(observed.getCause()).getStackTrace();
		TracedThrowable cause = cause(trace(observed));
		assertThat(functions(cause)).containsExactly("ThrowableTracerTests.raise", "ThrowableTracerTests.fail",
				"ThrowableTracerTests.wrap");
		assertThat(inner).hasSizeGreaterThan(outer.size() + 2);
		assertThat(cause.framesInCommon()).isEqualTo(outer.size() - 1);
	}

	@Test
	void oneFrameStaysEvenIfAllAreInCommon() {
		TracedThrowable cause = cause(trace(new IllegalStateException(new IOException("same place"))));
		assertThat(cause.frames()).hasSize(1);
		assertThat(cause.framesInCommon()).isPositive();
	}

	@Test
	void proxiesAreNotShown() {
		IllegalStateException error = new IllegalStateException();
		error.setStackTrace(new StackTraceElement[] { frame("app.Books", 1), frame("app.Books$$SpringCGLIB$$0", -1),
				frame("jdk.proxy2.$Proxy12", -1), frame("app.Main", 2) });
		assertThat(functions(trace(error))).containsExactly("Books.find", "Main.find");
		error.setStackTrace(new StackTraceElement[] { frame("jdk.proxy2.$Proxy12", -1), frame("$Proxy13", -1) });
		assertThat(trace(error).frames()).hasSize(2);
	}

	@Test
	void aThousandCausesAreCutInTheMiddle() {
		Exception error = new Exception("root cause");
		for (int i = 1; i < 1_000; i++) {
			error = new Exception("number " + i, error);
		}
		TracedThrowable traced = trace(error);
		List<TracedThrowable> chain = chain(traced);
		assertThat(chain).hasSize(50);
		assertThat(traced.message()).isEqualTo("number 999");
		assertThat(traced.rootCause().message()).isEqualTo("root cause");
		assertThat(chain.get(24).notes()).containsExactly("950 causes are left out here.");
		assertThat(chain.get(24).message()).isEqualTo("number 975");
		assertThat(chain.get(25).message()).isEqualTo("number 24");
	}

	@Test
	void causesWithoutEndAreCut() {
		TracedThrowable traced = trace(new Endless());
		assertThat(chain(traced)).hasSize(50);
		assertThat(traced.rootCause().notes()).containsExactly("Its causes are left out.");
	}

	@Test
	void tenThousandSuppressedExceptionsAreCut() {
		Exception error = new Exception();
		for (int i = 0; i < 10_000; i++) {
			error.addSuppressed(new Exception("number " + i));
		}
		TracedThrowable traced = trace(error);
		assertThat(traced.suppressed()).hasSize(20)
			.extracting(TracedThrowable::message)
			.startsWith("number 0", "number 1");
		assertThat(traced.notes()).containsExactly("9980 suppressed exceptions are left out.");
	}

	@Test
	void aHugeTreeIsCut() {
		List<TracedThrowable> all = all(trace(tree(5))).toList();
		assertThat(all).hasSizeBetween(50, 100);
		assertThat(all).flatExtracting(TracedThrowable::notes)
			.anySatisfy((note) -> assertThat(note).endsWith("left out."));
		Exception error = new Exception();
		for (int i = 0; i < 10_000; i++) {
			Exception outer = new Exception();
			outer.addSuppressed(error);
			error = outer;
		}
		assertThat(all(trace(error))).hasSize(6);
	}

	@Test
	void cyclesAreToldOf() {
		Exception first = new Exception("first");
		Exception second = new Exception("second", first);
		first.initCause(second);
		second.addSuppressed(first);
		TracedThrowable traced = trace(first);
		assertThat(cause(traced).message()).isEqualTo("second");
		assertThat(cause(traced).cause()).isNull();
		assertThat(cause(traced).suppressed()).isEmpty();
		assertThat(cause(traced).notes()).containsExactlyInAnyOrder(
				"Its cause is shown already: java.lang.Exception: first",
				"A suppressed exception is shown already: java.lang.Exception: first");
	}

	@Test
	void aCycleThroughAWrapperIsToldOf() {
		IOException error = new IOException("checked");
		error.addSuppressed(Exceptions.propagate(error));
		assertThat(trace(error).notes())
			.containsExactly("A suppressed exception is shown already: java.io.IOException: checked");
	}

	@Test
	void recursionIsShownOnce() {
		TracedThrowable traced = trace(catchThrowable(() -> recurse(1)));
		assertThat(traced.type()).isEqualTo("java.lang.StackOverflowError");
		assertThat(traced.frames()).hasSizeLessThan(100);
		assertThat(traced.frames()).anySatisfy((frame) -> {
			assertThat(frame.function()).isEqualTo("ThrowableTracerTests.recurse");
			assertThat(frame.count()).isGreaterThan(500);
		});
	}

	@Test
	void mutualRecursionIsShownOnce() {
		Throwable error = catchThrowable(() -> ping(1));
		TracedThrowable traced = trace(error);
		assertThat(traced.frames()).hasSizeLessThan(100);
		assertThat(traced.frames().stream().mapToInt(TracedFrame::count).sum()).isEqualTo(error.getStackTrace().length);
		assertThat(traced.notes()).singleElement()
			.asString()
			.matches("The 2 frames from ThrowableTracerTests.p[io]ng on are \\d+ times in a row on the stack\\.");
	}

	@Test
	void aDeepStackIsCut() {
		IllegalStateException error = new IllegalStateException();
		error.setStackTrace(Stream.iterate(1, (line) -> line + 1)
			.limit(20_000)
			.map((line) -> frame("app.Books", line))
			.toArray(StackTraceElement[]::new));
		TracedThrowable traced = trace(error);
		assertThat(traced.frames()).hasSize(500);
		assertThat(traced.notes()).containsExactly("10000 frames at the end of its stack are left out.",
				"9500 frames at the end of its stack are left out.");
	}

	@Test
	void hostileExceptionsAreContained() {
		TracedThrowable traced = trace(new Hostile());
		assertThat(traced.type()).endsWith("$Hostile");
		assertThat(traced.message()).isEqualTo("(The message can't be read: java.lang.StackOverflowError)");
		assertThat(traced.frames()).isEmpty();
		assertThat(traced.notes()).containsExactlyInAnyOrder("Its stack trace can't be read: java.lang.LinkageError.",
				"Its cause can't be read: java.lang.IllegalStateException.");
		assertThat(functions(trace(new NullFrame()))).containsExactly("Books.find");
		TracedThrowable nulls = trace(new Nulls());
		assertThat(nulls.message()).isEmpty();
		assertThat(nulls.frames()).isEmpty();
		assertThat(nulls.notes()).containsExactly("Its stack trace can't be read: java.lang.NullPointerException.");
	}

	@Test
	void enormousMessagesAreCut() {
		TracedThrowable traced = trace(new IllegalStateException("m".repeat(20_000_000)));
		assertThat(traced.message()).hasSize(10_000 + "… (cut, of 20000000 characters)".length())
			.endsWith("m… (cut, of 20000000 characters)");
		assertThat(trace(new IllegalStateException("m".repeat(9_999) + "\ud83d\ude00" + "m")).message())
			.endsWith("m… (cut, of 10002 characters)");
	}

	@Test
	void aCutLeavesNoPartOfASecret() {
		String secret = "hunter2hunter2";
		ThrowableTracer tracer = tracer(PACKAGES, new Redaction(List.of()).withSecrets(List.of(secret)),
				(frame) -> null);
		for (int i = 0; i <= secret.length(); i++) {
			String message = secret + " " + "m".repeat(9_985 - i) + secret + "m".repeat(30_000);
			assertThat(tracer.trace(new IllegalStateException(message)).message()).doesNotContain("hun")
				.doesNotContain("mh")
				.startsWith("****** mmm");
		}
	}

	@Test
	void messagesAndCheckpointsAreRedacted() {
		TracedThrowable traced = trace(observe(Mono.error(raise("see https://joe:hunter2@localhost/?token=hunter2"))
			.checkpoint("HTTP GET \"/books?token=hunter2\"")));
		assertThat(traced.message()).startsWith("see https://").doesNotContain("hunter2");
		assertThat(traced.checkpoints()).singleElement().asString().contains("/books").doesNotContain("hunter2");
	}

	@Test
	void excerptsAreAskedForApplicationFramesFirst() {
		IllegalStateException error = new IllegalStateException(raise("root cause"));
		List<StackTraceElement> library = Stream.iterate(1, (line) -> line + 1)
			.limit(100)
			.map((line) -> frame("org.library.Books", line))
			.toList();
		List<StackTraceElement> stack = new ArrayList<>(library);
		stack.add(frame("io.starlet.traceback.Books", 1));
		stack.add(frame("io.starlet.traceback.Books", -1));
		stack.add(frame("io.starlet.traceback.Main", 1));
		stack.add(frame("io.starlet.traceback.Books", 1));
		error.setStackTrace(stack.toArray(StackTraceElement[]::new));
		List<StackTraceElement> asked = new ArrayList<>();
		TracedThrowable traced = trace(error, (frame) -> {
			asked.add(frame);
			return new SourceExcerpt(null, 1, 1, List.of(List.of()), null);
		});
		assertThat(asked).hasSize(50).doesNotHaveDuplicates();
		assertThat(asked.get(0).getMethodName()).isEqualTo("raise");
		assertThat(asked).contains(stack.get(100), stack.get(102)).doesNotContain(stack.get(101));
		assertThat(asked.stream().dropWhile((frame) -> PACKAGES.contains(frame.getClassName()))).hasSizeGreaterThan(30)
			.noneMatch((frame) -> PACKAGES.contains(frame.getClassName()));
		assertThat(traced.rootCause().frames().get(0).source()).isNotNull();
		assertThat(traced.frames().get(103).source()).isNotNull();
		assertThat(traced.frames().get(99).source()).isNull();
	}

	@Test
	void failingExcerptsAreContained() {
		TracedThrowable traced = trace(raise("no source"), (frame) -> {
			throw new NoClassDefFoundError();
		});
		assertThat(traced.frames()).isNotEmpty().allSatisfy((frame) -> assertThat(frame.source()).isNull());
	}

	@Test
	void aRequestsFramesAreThoseFromTheControllerToTheRepository() {
		try (TestApplication application = TestApplication.start(BooksConfiguration.class)) {
			application.get("/books?token=hunter2");
			Throwable error = application.bean(ErrorCapture.class).error.get();
			assertThat(error.getStackTrace()).hasSize(1);
			List<Object> before = state(error);
			TracedThrowable traced = trace(error);
			assertThat(state(error)).isEqualTo(before);
			assertThat(traced.message()).isEqualTo("No books");
			assertThat(functions(traced.rootCause())).containsExactly("ThrowableTracerTests.Repository.read",
					"ThrowableTracerTests.Service.find");
			assertThat(functions(traced)).containsSubsequence("ThrowableTracerTests.Service.find",
					"ThrowableTracerTests.Controller.books (lambda)");
			assertThat(cause(traced).message()).isEqualTo("disk");
			assertThat(traced.checkpoints()).hasSizeGreaterThan(2)
				.anySatisfy((checkpoint) -> assertThat(checkpoint).contains("HTTP GET \"/books"))
				.allSatisfy((checkpoint) -> assertThat(checkpoint).startsWith("checkpoint ⇢ ").doesNotContain("\n"));
			assertThat(traced.suppressed()).isEmpty();
			assertThat(traced.notes()).isEmpty();
		}
	}

	@Test
	void nothingOfAThrowableIsChanged() {
		Exception error = new Exception("outer", raise("cause"));
		error.addSuppressed(new IOException("suppressed"));
		Throwable observed = observe(Mono.error(error).checkpoint("one").checkpoint("two"));
		List<Object> before = state(observed);
		trace(observed);
		assertThat(state(observed)).isEqualTo(before);
	}

	private static List<Object> state(Throwable throwable) {
		List<Object> state = new ArrayList<>();
		state.add(List.of(throwable.getStackTrace()));
		state.add(String.valueOf(throwable.getMessage()));
		for (Throwable suppressed : throwable.getSuppressed()) {
			state.add(System.identityHashCode(suppressed));
			state.addAll(state(suppressed));
		}
		if (throwable.getCause() != null) {
			state.add(System.identityHashCode(throwable.getCause()));
			state.addAll(state(throwable.getCause()));
		}
		return state;
	}

	private static TracedThrowable trace(Throwable error) {
		return trace(error, (frame) -> null);
	}

	private static TracedThrowable trace(Throwable error,
			Function<StackTraceElement, @Nullable SourceExcerpt> sources) {
		return tracer(PACKAGES, new Redaction(List.of()), sources).trace(error);
	}

	@SuppressWarnings("NullAway")
	static ThrowableTracer tracer(ApplicationPackages packages, Redaction redaction,
			Function<StackTraceElement, @Nullable SourceExcerpt> sources) {
		return new ThrowableTracer(packages, redaction, sources);
	}

	private static TracedThrowable cause(TracedThrowable traced) {
		return Objects.requireNonNull(traced.cause());
	}

	private static Throwable observe(Publisher<?> publisher) {
		AtomicReference<Throwable> observed = new AtomicReference<>();
		Flux.from(publisher).doOnError(observed::set).onErrorComplete().blockLast();
		return observed.get();
	}

	private static IllegalStateException raise(String message) {
		return new IllegalStateException(message);
	}

	private static Object fail(Object value) {
		throw raise("failed " + value);
	}

	private static Object wrap(Object value) {
		try {
			return fail(value);
		}
		catch (IllegalStateException ex) {
			throw new UnsupportedOperationException("wrapped", ex);
		}
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int recurse(int depth) {
		return recurse(depth + 1) + 1;
	}

	private static int ping(int depth) {
		return pong(depth + 1) + 1;
	}

	private static int pong(int depth) {
		return ping(depth + 1) + 1;
	}

	private static Exception tree(int depth) {
		Exception node = new Exception("depth " + depth, (depth > 0) ? new IOException("cause") : null);
		for (int i = 0; i < 6 && depth > 0; i++) {
			node.addSuppressed(tree(depth - 1));
		}
		return node;
	}

	private static StackTraceElement frame(String className, int line) {
		return new StackTraceElement(className, "find", "Books.java", line);
	}

	/** Reflection calls a method by code of its own once it has done so often. */
	private static List<StackTraceElement> writtenFrames(Throwable throwable) {
		return Arrays.stream(throwable.getStackTrace()).filter((frame) -> !FrameNames.isGenerated(frame)).toList();
	}

	private static List<StackTraceElement> elements(TracedThrowable traced) {
		return traced.frames()
			.stream()
			.flatMap((frame) -> Stream.generate(frame::element).limit(frame.count()))
			.toList();
	}

	private static List<String> functions(TracedThrowable traced) {
		return traced.frames().stream().map(TracedFrame::function).toList();
	}

	private static List<TracedThrowable> chain(TracedThrowable traced) {
		return Stream.iterate(traced, (one) -> one != null, TracedThrowable::cause).toList();
	}

	private static Stream<TracedThrowable> all(TracedThrowable traced) {
		return Stream.concat(Stream.of(traced),
				Stream.concat(Stream.ofNullable(traced.cause()), traced.suppressed().stream())
					.flatMap(ThrowableTracerTests::all));
	}

	/** Raised many times. */
	@SuppressWarnings("StaticAssignmentOfThrowable")
	static final class Shared {

		static final IllegalStateException ERROR = new IllegalStateException("shared");

	}

	static final class WithoutSuppression extends RuntimeException {

		WithoutSuppression() {
			super("no suppression", null, false, true);
		}

	}

	static final class WithoutStackTrace extends RuntimeException {

		WithoutStackTrace() {
			super("no stack trace", null, true, false);
		}

	}

	static final class Endless extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			return new Endless();
		}

	}

	static final class Hostile extends RuntimeException {

		@Override
		public String getMessage() {
			throw new StackOverflowError();
		}

		@Override
		public synchronized Throwable getCause() {
			throw new IllegalStateException();
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			throw new LinkageError();
		}

	}

	static final class Nulls extends RuntimeException {

		@Override
		public @Nullable String getMessage() {
			return null;
		}

		@Override
		@SuppressWarnings("NullAway")
		public StackTraceElement[] getStackTrace() {
			return null;
		}

	}

	static final class NullFrame extends RuntimeException {

		@Override
		@SuppressWarnings("NullAway")
		public StackTraceElement[] getStackTrace() {
			return new StackTraceElement[] { null, frame("app.Books", 1), null };
		}

	}

	static class BooksConfiguration {

		@Bean
		Controller controller() {
			return new Controller(new Service(new Repository()));
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		ErrorCapture errorCapture() {
			return new ErrorCapture();
		}

	}

	static class ErrorCapture implements WebExceptionHandler {

		final AtomicReference<Throwable> error = new AtomicReference<>();

		@Override
		public Mono<Void> handle(ServerWebExchange exchange, Throwable ex) {
			this.error.set(ex);
			return Mono.error(ex);
		}

	}

	@RestController
	static class Controller {

		private final Service service;

		Controller(Service service) {
			this.service = service;
		}

		@GetMapping("/books")
		Mono<String> books() {
			return Mono.just("books").publishOn(Schedulers.parallel()).flatMap((name) -> this.service.find(name));
		}

	}

	static class Service {

		private final Repository repository;

		Service(Repository repository) {
			this.repository = repository;
		}

		Mono<String> find(String name) {
			try {
				return Mono.just(this.repository.read(name));
			}
			catch (UncheckedIOException ex) {
				throw new IllegalStateException("No " + name, ex.getCause());
			}
		}

	}

	static class Repository {

		String read(String name) {
			throw new UncheckedIOException(new IOException("disk"));
		}

	}

}
