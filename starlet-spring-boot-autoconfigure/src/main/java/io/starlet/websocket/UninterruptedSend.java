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

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * Messages that are sent up to an error or until they are stopped, and never in part.
 * Their source is cancelled only between two of them, as Reactor interrupts the thread of
 * what it cancels, and Tomcat ends the connection if that thread is writing. An error
 * completes them, so that those before are sent; those too that Reactor throws,
 * {@code StackOverflowError} and {@code LinkageError}.
 */
final class UninterruptedSend extends FluxOperator<WebSocketMessage, WebSocketMessage> {

	private static final int IDLE = 0;

	private static final int EMITTING = 1;

	private static final int STOPPING = 2;

	private static final int DONE = 3;

	private static final int COMPLETED = 4;

	private final AtomicInteger state = new AtomicInteger();

	private volatile @Nullable Sender sender;

	private volatile @Nullable Throwable error;

	UninterruptedSend(Flux<WebSocketMessage> source) {
		super(source);
	}

	/** Return the error that they ended in, if any. */
	@Nullable Throwable getError() {
		return this.error;
	}

	void stop() {
		int before = this.state.getAndUpdate(UninterruptedSend::stopped);
		Sender sender = this.sender;
		if (before == IDLE && sender != null && sender.subscribed) {
			sender.complete();
		}
	}

	private static int stopped(int state) {
		return switch (state) {
			case IDLE -> DONE;
			case EMITTING -> STOPPING;
			default -> state;
		};
	}

	@Override
	public void subscribe(CoreSubscriber<? super WebSocketMessage> actual) {
		Sender sender = new Sender(actual);
		this.sender = sender;
		try {
			this.source.subscribe(sender);
		}
		catch (StackOverflowError | LinkageError ex) {
			sender.fail(ex);
		}
	}

	private final class Sender implements CoreSubscriber<WebSocketMessage>, Subscription {

		private final CoreSubscriber<? super WebSocketMessage> actual;

		private @Nullable Subscription upstream;

		private volatile boolean subscribed;

		private Sender(CoreSubscriber<? super WebSocketMessage> actual) {
			this.actual = actual;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			this.actual.onSubscribe(this);
			this.subscribed = true;
			complete();
		}

		@Override
		public void onNext(WebSocketMessage message) {
			AtomicInteger state = UninterruptedSend.this.state;
			boolean first = state.compareAndSet(IDLE, EMITTING);
			if (!first && state.get() >= DONE) {
				DataBufferUtils.release(message.getPayload());
				return;
			}
			try {
				this.actual.onNext(message);
			}
			catch (RuntimeException ex) {
				// Tomcat throws it where the client has closed the session meanwhile
				if (state.getAndSet(COMPLETED) != COMPLETED) {
					cancel();
					this.actual.onError(ex);
				}
				return;
			}
			if (first && !state.compareAndSet(EMITTING, IDLE) && state.compareAndSet(STOPPING, DONE)) {
				complete();
			}
		}

		@Override
		public void onError(Throwable error) {
			int before = UninterruptedSend.this.state.getAndSet(COMPLETED);
			if (before < STOPPING) {
				UninterruptedSend.this.error = Exceptions.isJvmFatal(error) ? new ExecutionException(error) : error;
			}
			if (before != COMPLETED) {
				this.actual.onComplete();
			}
		}

		@Override
		public void onComplete() {
			if (UninterruptedSend.this.state.getAndSet(COMPLETED) != COMPLETED) {
				this.actual.onComplete();
			}
		}

		@Override
		public void request(long demand) {
			if (this.upstream != null) {
				try {
					this.upstream.request(demand);
				}
				catch (StackOverflowError | LinkageError ex) {
					fail(ex);
				}
			}
		}

		@Override
		public void cancel() {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
		}

		/** Once, where they have been stopped. */
		private void complete() {
			if (UninterruptedSend.this.state.compareAndSet(DONE, COMPLETED)) {
				cancel();
				this.actual.onComplete();
			}
		}

		private void fail(Error error) {
			if (this.upstream == null) {
				this.actual.onSubscribe(Operators.emptySubscription());
			}
			cancel();
			onError(error);
		}

	}

}
