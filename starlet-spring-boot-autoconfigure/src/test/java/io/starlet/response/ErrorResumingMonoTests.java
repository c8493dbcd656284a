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

package io.starlet.response;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.util.RaceTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rule R24 and what is done when a request is given up.
 */
class ErrorResumingMonoTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final AtomicInteger cancelled = new AtomicInteger();

	private final AtomicReference<Throwable> error = new AtomicReference<>();

	@Test
	void errorThatReactorThrowsIsResumedInsideAnExecutionException() {
		StackOverflowError thrown = new StackOverflowError();
		Mono<Void> source = Mono.<Void>fromRunnable(() -> {
			throw thrown;
		});
		StepVerifier.create(resuming(source)).expectComplete().verify(TIMEOUT);
		assertThat(this.error.get()).isInstanceOf(ExecutionException.class).hasCause(thrown);
	}

	@Test
	void errorOfTheResumptionGoesOn() {
		IllegalStateException second = new IllegalStateException("second");
		StepVerifier
			.create(ErrorResumingMono.of(Mono.error(new IllegalStateException("first")), (first) -> Mono.error(second)))
			.expectErrorMatches((ex) -> ex == second)
			.verify(TIMEOUT);
	}

	@Test
	void sourceThatFailsWithoutAnExceptionIsResumed() {
		Mono<Void> source = Mono.fromFuture(CompletableFuture.failedFuture(new CompletionException("nothing", null)));
		StepVerifier.create(resuming(source)).expectComplete().verify(TIMEOUT);
		assertThat(this.error.get()).isInstanceOf(NullPointerException.class);
	}

	@Test
	void errorGoesOnThoughItsAnnouncementFails() {
		IllegalStateException error = new IllegalStateException("error");
		IllegalStateException announcement = new IllegalStateException("announcement");
		Mono<Void> announcing = new ErrorResumingMono(Mono.error(error)) {

			@Override
			protected Mono<Void> resume(Throwable raised) {
				return Mono.error(raised);
			}

			@Override
			protected void beforeError(Throwable raised) {
				throw announcement;
			}

		};
		StepVerifier.create(announcing).expectErrorMatches((ex) -> ex == error).verify(TIMEOUT);
		assertThat(error).hasSuppressedException(announcement);
	}

	@Test
	void errorIsResumedAndGoesOnWhenWhatRaisedItHasReturned() {
		List<String> order = new ArrayList<>();
		ErrorResumingMono.of(failing("source", order), (error) -> {
			order.add("resumed");
			return failing("resumption", order);
		}).subscribe(null, (error) -> order.add("error of " + error.getMessage()));
		assertThat(order).containsExactly("source has returned", "resumed", "resumption has returned",
				"error of resumption");
	}

	private static Mono<Void> failing(String name, List<String> order) {
		return new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.error(actual, new IllegalStateException(name));
				order.add(name + " has returned");
			}
		};
	}

	@Test
	void errorIsResumedIfWhatRaisedItThrowsInsteadOfReturning() {
		IllegalStateException signalled = new IllegalStateException("signalled");
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.error(actual, signalled);
				throw new IllegalStateException("thrown");
			}
		};
		resuming(source).subscribe();
		assertThat(this.error).hasValue(signalled);
	}

	@Test
	void errorOfAnotherThreadWaitsForNothing() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		AtomicBoolean endedInside = new AtomicBoolean();
		IllegalStateException second = new IllegalStateException("second");
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				new Thread(() -> Operators.error(actual, new IllegalStateException("first"))).start();
				try {
					endedInside.set(ended.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		};
		AtomicReference<Throwable> passed = new AtomicReference<>();
		ErrorResumingMono.of(source, (first) -> Mono.error(second)).subscribe(null, (failure) -> {
			passed.set(failure);
			ended.countDown();
		});
		assertThat(endedInside).isTrue();
		assertThat(passed).hasValue(second);
	}

	@Test
	void errorIsSuppressedInWhatIsThrownInsteadOfResuming() {
		IllegalStateException first = new IllegalStateException("first");
		IllegalStateException second = new IllegalStateException("second");
		StepVerifier.create(ErrorResumingMono.of(Mono.error(first), (error) -> {
			throw second;
		})).expectErrorMatches((ex) -> ex == second && ex.getSuppressed()[0] == first).verify(TIMEOUT);
	}

	@Test
	void errorThatReactorThrowsOfTheResumptionGoesOnInsideAnExecutionException() {
		NoClassDefFoundError thrown = new NoClassDefFoundError();
		StepVerifier.create(ErrorResumingMono.of(Mono.error(new IllegalStateException("first")), (first) -> {
			throw thrown;
		})).expectErrorMatches((ex) -> ex instanceof ExecutionException && ex.getCause() == thrown).verify(TIMEOUT);
	}

	@Test
	void errorThatReactorThrowsTwiceGoesOnAfterASubscription() {
		NoClassDefFoundError thrown = new NoClassDefFoundError();
		StepVerifier.create(ErrorResumingMono.of(throwing(new StackOverflowError()), (first) -> throwing(thrown)))
			.expectSubscription()
			.expectErrorMatches((ex) -> ex instanceof ExecutionException && ex.getCause() == thrown)
			.verify(TIMEOUT);
	}

	private static Mono<Void> throwing(Error error) {
		return new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				throw error;
			}
		};
	}

	@Test
	void whatAThrownErrorInterruptsIsCancelled() {
		LinkageError thrown = new LinkageError();
		AtomicBoolean interrupted = new AtomicBoolean();
		Sinks.Empty<Void> endless = Sinks.empty();
		resuming(new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				endless.asMono().doOnCancel(() -> interrupted.set(true)).subscribe(actual);
				throw thrown;
			}
		}).subscribe();
		assertThat(interrupted).isTrue();
		assertThat(this.error.get()).hasCause(thrown);
	}

	@Test
	void errorThatIsThrownAfterOneThatWasSignalledIsDropped() {
		IllegalStateException signalled = new IllegalStateException("signalled");
		LinkageError thrown = new LinkageError("thrown");
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.error(actual, signalled);
				throw thrown;
			}
		};
		StepVerifier.create(resuming(source))
			.expectComplete()
			.verifyThenAssertThat(TIMEOUT)
			.hasDroppedErrorsMatching(
					(dropped) -> dropped.size() == 1 && dropped.iterator().next().getCause() == thrown);
		assertThat(this.error).hasValue(signalled);
	}

	@Test
	void errorThatIsThrownWhereAllHasEndedIsThrownOn() {
		LinkageError thrown = new LinkageError();
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.complete(actual);
				throw thrown;
			}
		};
		assertThatExceptionOfType(LinkageError.class).isThrownBy(resuming(source)::subscribe).isSameAs(thrown);
		assertThat(this.error).hasNullValue();
	}

	@Test
	void errorAfterTheEndIsDropped() {
		IllegalStateException late = new IllegalStateException("late");
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.complete(actual);
				actual.onError(late);
			}
		};
		StepVerifier.create(resuming(source))
			.expectComplete()
			.verifyThenAssertThat(TIMEOUT)
			.hasDroppedErrorsMatching((dropped) -> dropped.contains(late) && dropped.size() == 1);
		assertThat(this.error).hasNullValue();
	}

	@Test
	void anErrorThatCannotBePassedOnIsReplacedByTheReason() {
		IllegalArgumentException reason = new IllegalArgumentException("can't be passed on");
		List<Throwable> passed = new ArrayList<>();
		ErrorResumingMono.of(Mono.error(new IllegalStateException("first")), Mono::error)
			.subscribe(new CoreSubscriber<>() {
				@Override
				public void onSubscribe(Subscription subscription) {
					subscription.request(1);
				}

				@Override
				public void onNext(Void never) {
				}

				@Override
				public void onError(Throwable throwable) {
					passed.add(throwable);
					if (throwable != reason) {
						throw reason;
					}
				}

				@Override
				public void onComplete() {
				}
			});
		assertThat(passed).hasSize(2).last().isSameAs(reason);
	}

	@Test
	void cancellingReachesTheSourceAndIsToldOnce() {
		Sinks.Empty<Void> source = Sinks.empty();
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		StepVerifier.create(resuming(source.asMono()).doOnSubscribe(subscription::set)).thenCancel().verify(TIMEOUT);
		subscription.get().cancel();
		assertThat(source.currentSubscriberCount()).isZero();
		assertThat(this.cancelled).hasValue(1);
	}

	@Test
	void errorAfterACancelIsNotResumed() {
		TestPublisher<Void> source = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		StepVerifier.create(resuming(source.mono())).thenCancel().verifyThenAssertThat(TIMEOUT).hasNotDroppedErrors();
		source.error(new IllegalStateException("late"));
		assertThat(this.error).hasNullValue();
	}

	@Test
	void nothingFollowsWhatCompletesAfterACancel() {
		TestPublisher<Void> source = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		AtomicBoolean proceeded = new AtomicBoolean();
		Mono<Void> proceeding = proceeding(source.mono(), () -> {
			proceeded.set(true);
			return Mono.empty();
		});
		StepVerifier.create(proceeding).thenCancel().verify(TIMEOUT);
		source.complete();
		assertThat(proceeded).isFalse();
	}

	@Test
	void errorOfWhatFollowsIsResumed() {
		IllegalStateException failure = new IllegalStateException("follows");
		StepVerifier.create(proceeding(Mono.empty(), () -> Mono.error(failure))).expectComplete().verify(TIMEOUT);
		assertThat(this.error).hasValue(failure);
	}

	@Test
	void errorOfWhatFollowsOnAnotherThreadIsResumed() {
		IllegalStateException failure = new IllegalStateException("follows");
		StepVerifier
			.create(proceeding(Mono.empty(), () -> Mono.<Void>error(failure).subscribeOn(Schedulers.parallel())))
			.expectComplete()
			.verify(TIMEOUT);
		assertThat(this.error).hasValue(failure);
	}

	@Test
	void whatIsThrownInsteadOfFollowingIsResumed() {
		StackOverflowError thrown = new StackOverflowError();
		StepVerifier.create(proceeding(Mono.empty(), () -> {
			throw thrown;
		})).expectComplete().verify(TIMEOUT);
		assertThat(this.error.get()).isInstanceOf(ExecutionException.class).hasCause(thrown);
	}

	@Test
	void followsOnceAndNotBehindWhatIsResumed() {
		AtomicInteger followed = new AtomicInteger();
		StepVerifier.create(proceeding(Mono.empty(), () -> {
			followed.incrementAndGet();
			return Mono.empty();
		})).expectComplete().verify(TIMEOUT);
		assertThat(followed).hasValue(1);
		StepVerifier.create(proceeding(Mono.error(new IllegalStateException("source")), () -> {
			followed.incrementAndGet();
			return Mono.empty();
		})).expectComplete().verify(TIMEOUT);
		assertThat(followed).hasValue(1);
	}

	@Test
	void sourceThatCompletesTwiceDoesNotEndWhatFollows() {
		Sinks.Empty<Void> next = Sinks.empty();
		verifyEndsWith(next, proceeding(completingOnceMoreAfter(CoreSubscriber::onComplete), next::asMono));
		assertThat(this.error).hasNullValue();
	}

	@Test
	void sourceThatCompletesAfterItsErrorDoesNotEndItsAnswer() {
		Sinks.Empty<Void> answer = Sinks.empty();
		Mono<Void> source = completingOnceMoreAfter((actual) -> actual.onError(new IllegalStateException("first")));
		verifyEndsWith(answer, ErrorResumingMono.of(source, (error) -> answer.asMono()));
	}

	@Test
	void whatFollowsIsNotInterruptedByWhatTheSourceThrowsAfterItsEnd() {
		Sinks.Empty<Void> next = Sinks.empty();
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Operators.complete(actual);
				throw new NoClassDefFoundError("late");
			}
		};
		verifyEndsWith(next, proceeding(source, next::asMono));
		assertThat(this.error).hasNullValue();
	}

	@Test
	void answerIsNotInterruptedByWhatTheSourceThrowsAfterAnErrorOnAnotherThread() {
		Sinks.Empty<Void> answer = Sinks.empty();
		Mono<Void> source = new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				Mono.<Void>error(new IllegalStateException("first"))
					.subscribeOn(Schedulers.boundedElastic())
					.subscribe(actual);
				Awaitility.await().until(() -> answer.currentSubscriberCount() == 1);
				throw new NoClassDefFoundError("late");
			}
		};
		verifyEndsWith(answer, ErrorResumingMono.of(source, (error) -> answer.asMono()));
	}

	@Test
	void oneOfTwoEndsAtOnceCounts() {
		Hooks.onErrorDropped((error) -> {
			// The other one
		});
		for (int i = 0; i < 1_000; i++) {
			AtomicReference<CoreSubscriber<? super Void>> subscriber = new AtomicReference<>();
			AtomicInteger followed = new AtomicInteger();
			AtomicInteger ended = new AtomicInteger();
			Mono<Void> source = new Mono<>() {
				@Override
				public void subscribe(CoreSubscriber<? super Void> actual) {
					actual.onSubscribe(Operators.emptySubscription());
					subscriber.set(actual);
				}
			};
			new ErrorResumingMono(source) {
				@Override
				protected Mono<Void> proceed() {
					followed.incrementAndGet();
					return Mono.empty();
				}

				@Override
				protected Mono<Void> resume(Throwable ex) {
					followed.incrementAndGet();
					return Mono.empty();
				}
			}.subscribe(null, null, ended::incrementAndGet);
			RaceTestUtils.race(() -> subscriber.get().onComplete(),
					() -> subscriber.get().onError(new IllegalStateException("source")));
			assertThat(followed).hasValue(1);
			assertThat(ended).hasValue(1);
		}
		Hooks.resetOnErrorDropped();
	}

	private static void verifyEndsWith(Sinks.Empty<Void> last, Mono<Void> whole) {
		AtomicBoolean completed = new AtomicBoolean();
		StepVerifier.create(whole.doOnSuccess((done) -> completed.set(true))).expectSubscription().then(() -> {
			assertThat(completed).isFalse();
			last.tryEmitEmpty();
		})
			.expectComplete()
			.verifyThenAssertThat(TIMEOUT)
			.hasDroppedErrorsMatching(
					(dropped) -> dropped.size() == 1 && dropped.iterator().next().toString().contains("late"));
	}

	private static Mono<Void> completingOnceMoreAfter(Consumer<CoreSubscriber<?>> end) {
		return new Mono<>() {
			@Override
			public void subscribe(CoreSubscriber<? super Void> actual) {
				actual.onSubscribe(Operators.emptySubscription());
				end.accept(actual);
				actual.onComplete();
				actual.onError(new IllegalStateException("late"));
			}
		};
	}

	@Test
	void cancellingWhatHasCompletedIsNotTold() {
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		StepVerifier.create(resuming(Mono.empty()).doOnSubscribe(subscription::set)).expectComplete().verify(TIMEOUT);
		subscription.get().cancel();
		assertThat(this.cancelled).hasValue(0);
	}

	private Mono<Void> proceeding(Mono<Void> source, Supplier<Mono<Void>> next) {
		return new ErrorResumingMono(source) {
			@Override
			protected Mono<Void> proceed() {
				return next.get();
			}

			@Override
			protected Mono<Void> resume(Throwable ex) {
				ErrorResumingMonoTests.this.error.set(ex);
				return Mono.empty();
			}
		};
	}

	private Mono<Void> resuming(Mono<Void> source) {
		return new ErrorResumingMono(source) {
			@Override
			protected Mono<Void> resume(Throwable ex) {
				ErrorResumingMonoTests.this.error.set(ex);
				return Mono.empty();
			}

			@Override
			protected void onCancel() {
				ErrorResumingMonoTests.this.cancelled.incrementAndGet();
			}
		};
	}

}
