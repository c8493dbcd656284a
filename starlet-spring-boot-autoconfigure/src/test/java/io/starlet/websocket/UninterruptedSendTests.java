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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;

import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages go out whole, and their source is cancelled between two of them.
 */
@Timeout(60)
class UninterruptedSendTests {

	private final TestPublisher<WebSocketMessage> source = TestPublisher.createNoncompliant(Violation.REQUEST_OVERFLOW,
			Violation.CLEANUP_ON_TERMINATE);

	private final UninterruptedSend send = new UninterruptedSend(this.source.flux());

	private static WebSocketMessage message() {
		NettyDataBuffer buffer = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT).allocateBuffer(10);
		buffer.write("text", StandardCharsets.UTF_8);
		return new WebSocketMessage(WebSocketMessage.Type.TEXT, buffer);
	}

	@Test
	void stoppedBetweenTwoMessagesTheyCompleteAndTheSourceIsCancelled() {
		WebSocketMessage message = message();
		StepVerifier.create(this.send)
			.then(() -> this.source.next(message))
			.expectNext(message)
			.then(this.send::stop)
			.verifyComplete();
		this.source.assertCancelled();
		assertThat(this.send.getError()).isNull();
		message.release();
	}

	@Test
	void stoppedWhileOneIsSentTheyCompleteAfterIt() {
		WebSocketMessage message = message();
		StepVerifier.create(this.send.doOnNext((sent) -> {
			this.send.stop();
			this.source.assertNotCancelled();
		})).then(() -> this.source.next(message)).expectNext(message).verifyComplete();
		this.source.assertCancelled();
		message.release();
	}

	@Test
	void whatComesOnceTheyAreStoppedIsReleased() {
		WebSocketMessage message = message();
		StepVerifier.create(this.send).then(this.send::stop).verifyComplete();
		this.source.next(message);
		assertThat(((NettyDataBuffer) message.getPayload()).isAllocated()).isFalse();
	}

	@Test
	void anErrorCompletesThemAndIsKept() {
		IllegalStateException error = new IllegalStateException();
		StepVerifier.create(this.send).then(() -> this.source.error(error)).verifyComplete();
		assertThat(this.send.getError()).isSameAs(error);
	}

	@Test
	void anErrorOnceTheyAreStoppedIsNotKept() {
		WebSocketMessage message = message();
		StepVerifier.create(this.send).then(() -> this.source.next(message)).consumeNextWith((sent) -> {
			this.send.stop();
			this.source.error(new IllegalStateException());
		}).verifyComplete();
		assertThat(this.send.getError()).isNull();
		message.release();
	}

	@Test
	void aServerThatThrowsIsToldAndTheSourceCancelled() {
		WebSocketMessage message = message();
		IllegalStateException failure = new IllegalStateException();
		List<Throwable> errors = new ArrayList<>();
		this.send.subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
			}

			@Override
			public void onNext(WebSocketMessage sent) {
				throw failure;
			}

			@Override
			public void onError(Throwable error) {
				errors.add(error);
			}

			@Override
			public void onComplete() {
				errors.add(new AssertionError("Completed"));
			}

		});
		this.source.next(message);
		assertThat(errors).containsExactly(failure);
		this.source.assertCancelled();
		message.release();
	}

	@Test
	void anErrorOfTheJvmThatIsThrownAsTheSourceIsSubscribedToCompletesThem() {
		NoClassDefFoundError error = new NoClassDefFoundError();
		UninterruptedSend send = new UninterruptedSend(Flux.from((subscriber) -> {
			throw error;
		}));
		StepVerifier.create(send).verifyComplete();
		assertThat(send.getError()).isInstanceOf(ExecutionException.class).hasCause(error);
	}

	@Test
	void anErrorOfTheJvmThatIsThrownAsTheSourceIsAskedCompletesThemAndCancelsIt() {
		StackOverflowError error = new StackOverflowError();
		AtomicBoolean cancelled = new AtomicBoolean();
		UninterruptedSend send = new UninterruptedSend(
				Flux.from((subscriber) -> subscriber.onSubscribe(new Subscription() {

					@Override
					public void request(long demand) {
						throw error;
					}

					@Override
					public void cancel() {
						cancelled.set(true);
					}

				})));
		StepVerifier.create(send).verifyComplete();
		assertThat(cancelled).isTrue();
		assertThat(send.getError()).isInstanceOf(ExecutionException.class).hasCause(error);
	}

}
