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

package io.starlet.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import org.springframework.core.io.buffer.CloseableDataBuffer;
import org.springframework.web.reactive.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * What a session receives is received to its end, whoever cancels.
 */
@Timeout(60)
class UncancelledReceiveTests {

	private final TestPublisher<WebSocketMessage> source = TestPublisher.create();

	private final List<Throwable> errors = new ArrayList<>();

	private final UncancelledReceive receive = new UncancelledReceive(this.source.flux(), this.errors::add);

	private final CloseableDataBuffer payload = mock();

	private final WebSocketMessage message = new WebSocketMessage(WebSocketMessage.Type.BINARY, this.payload);

	@Test
	void whoCancelsGetsNothingMoreAndTheRestIsReceivedAndClosed() {
		StepVerifier.create(this.receive, 1)
			.then(() -> this.source.next(this.message))
			.expectNext(this.message)
			.thenCancel()
			.verify();
		verify(this.payload, never()).close();
		this.source.assertNotCancelled();
		this.source.next(this.message, this.message);
		verify(this.payload, times(2)).close();
		IllegalStateException error = new IllegalStateException();
		this.source.error(error);
		assertThat(this.errors).containsExactly(error);
	}

	@Test
	void whoRaisesAnErrorOfTheJvmIsToldOfItAndTheRestIsReceived() {
		NoClassDefFoundError error = new NoClassDefFoundError();
		List<Throwable> told = new ArrayList<>();
		this.receive.subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(1);
			}

			@Override
			protected void hookOnNext(WebSocketMessage received) {
				throw error;
			}

			@Override
			protected void hookOnError(Throwable raised) {
				told.add(raised);
			}

		});
		this.source.next(this.message);
		assertThat(told).singleElement()
			.isInstanceOf(ExecutionException.class)
			.extracting(Throwable::getCause)
			.isSameAs(error);
		this.source.next(this.message);
		verify(this.payload).close();
	}

	@Test
	void noMoreIsAskedForThanThereCanBe() {
		List<Long> demands = new ArrayList<>();
		Flux<WebSocketMessage> counted = this.source.flux().doOnRequest(demands::add);
		StepVerifier.create(new UncancelledReceive(counted, this.errors::add), 0)
			.thenRequest(5)
			.thenRequest(Long.MAX_VALUE)
			.thenCancel()
			.verify();
		assertThat(demands).containsExactly(5L, Long.MAX_VALUE - 5);
	}

}
