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

package io.starlet.filter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.test.StepVerifierOptions;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a handler that does not end in time, signal by signal.
 */
@Timeout(20)
class TimeLimitedMonoTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private final IllegalStateException exception = new IllegalStateException("raised");

	private final TestPublisher<Void> handler = TestPublisher
		.createNoncompliant(TestPublisher.Violation.DEFER_CANCELLATION, TestPublisher.Violation.CLEANUP_ON_TERMINATE);

	private final List<String> signals = new ArrayList<>();

	private final List<Disposable> timers = new ArrayList<>();

	private VirtualTimeScheduler time;

	@BeforeEach
	void stopTime() {
		this.time = VirtualTimeScheduler.getOrSet(new RecordedScheduler());
	}

	@AfterEach
	void resetTime() {
		VirtualTimeScheduler.reset();
	}

	@Test
	void whatDoesNotEndIsCancelledAndFails() {
		StepVerifier.create(limit(this.handler.mono()))
			.then(() -> this.time.advanceTimeBy(TIMEOUT.minusMillis(1)))
			.then(() -> assertThat(this.handler.wasCancelled()).isFalse())
			.then(() -> this.time.advanceTimeBy(Duration.ofMillis(1)))
			.verifyErrorSatisfies((failure) -> assertThat(failure).isInstanceOf(ResponseTimeoutException.class)
				.hasMessage("The handler did not end within PT1S")
				.hasNoSuppressedExceptions()
				.cause()
				.isSameAs(this.exception));
		this.handler.assertCancelled();
	}

	@Test
	void whatEndsAfterItsTimeIsIgnored() {
		limit(this.handler.mono()).subscribe(new Recorder());
		this.time.advanceTimeBy(TIMEOUT);
		assertThat(this.signals).containsExactly("ResponseTimeoutException");
		this.handler.complete();
		this.handler.error(new IllegalArgumentException());
		assertThat(this.signals).hasSize(1);
	}

	@Test
	void whatEndsInTimeDoesNotFailLater() {
		limit(this.handler.mono()).subscribe(new Recorder());
		this.handler.complete();
		assertThat(this.timers).singleElement().returns(true, Disposable::isDisposed);
		this.time.advanceTimeBy(TIMEOUT);
		assertThat(this.signals).containsExactly("complete");
	}

	@Test
	void whatFailsInTimeFailsAsItIs() {
		limit(this.handler.mono()).subscribe(new Recorder());
		this.handler.error(new IllegalArgumentException());
		assertThat(this.timers).singleElement().returns(true, Disposable::isDisposed);
		this.time.advanceTimeBy(TIMEOUT);
		assertThat(this.signals).containsExactly("IllegalArgumentException");
	}

	@Test
	void whatIsCancelledDoesNotFailLater() {
		Recorder recorder = new Recorder();
		limit(this.handler.mono()).subscribe(recorder);
		recorder.subscription.cancel();
		this.handler.assertCancelled();
		assertThat(this.timers).singleElement().returns(true, Disposable::isDisposed);
		this.time.advanceTimeBy(TIMEOUT);
		assertThat(this.signals).isEmpty();
	}

	@Test
	void whatCantBeCancelledFailsAllTheSame() {
		Mono<Void> stubborn = Mono.fromDirect((subscriber) -> subscriber.onSubscribe(new Subscription() {
			@Override
			public void request(long demand) {
				TimeLimitedMonoTests.this.signals.add("request " + demand);
			}

			@Override
			public void cancel() {
				throw new UnsupportedOperationException();
			}
		}));
		StepVerifier.create(limit(stubborn))
			.then(() -> this.time.advanceTimeBy(TIMEOUT))
			.verifyErrorSatisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.isInstanceOf(UnsupportedOperationException.class));
		assertThat(this.signals).containsExactly("request " + Long.MAX_VALUE);
	}

	@Test
	void whatHasEndedAtOnceNeedsNoTimer() {
		limit(Mono.empty()).subscribe(new Recorder());
		assertThat(this.signals).containsExactly("complete");
		assertThat(this.timers).isEmpty();
	}

	@Test
	void zeroIsNoLimit() {
		Mono<Void> source = this.handler.mono();
		assertThat(TimeLimitedMono.of(source, new MockServerHttpResponse(), Duration.ZERO, () -> "", this.exception))
			.isSameAs(source);
	}

	@Test
	void theHandlerHasTheContextOfWhoAwaitsIt() {
		StepVerifier
			.create(limit(Mono.deferContextual((context) -> Mono.error(new Exception(context.<String>get("key"))))),
					StepVerifierOptions.create().withInitialContext(Context.of("key", "value")))
			.verifyErrorMessage("value");
	}

	private Mono<Void> limit(Mono<Void> source) {
		return TimeLimitedMono.of(source, new MockServerHttpResponse(), TIMEOUT, () -> "The handler", this.exception);
	}

	private final class RecordedScheduler extends VirtualTimeScheduler {

		private RecordedScheduler() {
			super(false);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			Disposable timer = Disposables.composite(super.schedule(task, delay, unit));
			TimeLimitedMonoTests.this.timers.add(timer);
			return timer;
		}

	}

	/** Notes also what comes after the end. */
	private final class Recorder implements CoreSubscriber<Void> {

		private Subscription subscription = Operators.emptySubscription();

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Void never) {
		}

		@Override
		public void onError(Throwable failure) {
			TimeLimitedMonoTests.this.signals.add(failure.getClass().getSimpleName());
		}

		@Override
		public void onComplete() {
			TimeLimitedMonoTests.this.signals.add("complete");
		}

	}

}
