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

import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.test.StepVerifier;
import reactor.test.StepVerifierOptions;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the error of a body is raised (rule R15).
 */
@Timeout(20)
class ErrorOnDemandFluxTests {

	private final Flux<String> failing = ErrorOnDemandFlux
		.of(Flux.just("one").concatWith(Flux.error(() -> new IllegalStateException("raised"))));

	@Test
	void errorWaitsUntilMoreThanWhatCameBeforeIsAskedFor() {
		AtomicReference<Throwable> raised = new AtomicReference<>();
		StepVerifier.create(this.failing.doOnError(raised::set), 1)
			.expectNext("one")
			.then(() -> assertThat(raised).hasNullValue())
			.thenRequest(1)
			.verifyErrorMessage("raised");
	}

	@Test
	void errorThatNobodyHasAskedForIsDroppedWhereReactorTells() {
		AtomicReference<Throwable> dropped = new AtomicReference<>();
		Hooks.onErrorDropped(dropped::set);
		try {
			TestPublisher<String> body = TestPublisher.create();
			StepVerifier.create(ErrorOnDemandFlux.of(body), 1)
				.then(() -> body.next("one"))
				.expectNext("one")
				.then(() -> body.error(new IllegalStateException("raised")))
				.thenCancel()
				.verify();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
		assertThat(dropped.get()).hasMessage("raised");
	}

	@Test
	void errorThatWasRaisedIsNotDroppedByACancellation() {
		AtomicReference<Throwable> dropped = new AtomicReference<>();
		Hooks.onErrorDropped(dropped::set);
		try {
			AtomicReference<Subscription> subscription = new AtomicReference<>();
			StepVerifier.create(this.failing.doOnSubscribe(subscription::set))
				.expectNext("one")
				.verifyErrorMessage("raised");
			subscription.get().cancel();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
		assertThat(dropped).hasNullValue();
	}

	@Test
	void demandAndCancellationReachTheBody() {
		TestPublisher<String> body = TestPublisher.create();
		StepVerifier.create(ErrorOnDemandFlux.of(body), 0)
			.then(() -> body.assertMaxRequested(0))
			.thenRequest(3)
			.then(() -> body.assertMinRequested(3))
			.thenCancel()
			.verify();
		body.assertCancelled();
	}

	@Test
	void bodyIsReadWithTheContextOfWhoWritesIt() {
		StepVerifier
			.create(ErrorOnDemandFlux.of(Flux.deferContextual((context) -> Flux.just(context.<String>get("key")))),
					StepVerifierOptions.create().withInitialContext(Context.of("key", "value")))
			.expectNext("value")
			.verifyComplete();
	}

	@Test
	void errorAfterUnlimitedDemandIsRaisedAtOnce() {
		StepVerifier.create(this.failing).expectNext("one").verifyErrorMessage("raised");
	}

	@Test
	void completionDoesNotWait() {
		StepVerifier.create(ErrorOnDemandFlux.of(Flux.just("one")), 1).expectNext("one").verifyComplete();
	}

}
