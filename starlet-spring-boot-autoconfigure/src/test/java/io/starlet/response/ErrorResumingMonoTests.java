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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

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
	void cancellingReachesTheSourceAndIsToldOnce() {
		Sinks.Empty<Void> source = Sinks.empty();
		StepVerifier.create(resuming(source.asMono())).thenCancel().verify(TIMEOUT);
		assertThat(source.currentSubscriberCount()).isZero();
		assertThat(this.cancelled).hasValue(1);
	}

	@Test
	void cancellingWhatHasCompletedIsNotTold() {
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		StepVerifier.create(resuming(Mono.empty()).doOnSubscribe(subscription::set)).expectComplete().verify(TIMEOUT);
		subscription.get().cancel();
		assertThat(this.cancelled).hasValue(0);
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
