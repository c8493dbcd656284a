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
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.CloseableDataBuffer;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * What a session receives, until it is closed. Where a subscriber cancels, as every
 * operator does that raises an exception, Reactor Netty would at once send a close frame
 * without a code, and Jetty would no longer read the client's. So the rest is received
 * and dropped.
 */
final class UncancelledReceive extends FluxOperator<WebSocketMessage, WebSocketMessage> {

	private final Consumer<Throwable> onError;

	UncancelledReceive(Flux<WebSocketMessage> source, Consumer<Throwable> onError) {
		super(source);
		this.onError = onError;
	}

	@Override
	public void subscribe(CoreSubscriber<? super WebSocketMessage> actual) {
		this.source.subscribe(new Receiver(actual, this.onError));
	}

	private static final class Receiver implements CoreSubscriber<WebSocketMessage>, Subscription {

		private static final AtomicLongFieldUpdater<Receiver> REQUESTED = AtomicLongFieldUpdater
			.newUpdater(Receiver.class, "requested");

		private final CoreSubscriber<? super WebSocketMessage> actual;

		private final Consumer<Throwable> onError;

		private @Nullable Subscription upstream;

		private volatile boolean cancelled;

		@SuppressWarnings("UnusedVariable")
		private volatile long requested;

		private Receiver(CoreSubscriber<? super WebSocketMessage> actual, Consumer<Throwable> onError) {
			this.actual = actual;
			this.onError = onError;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			this.actual.onSubscribe(this);
		}

		@Override
		public void onNext(WebSocketMessage message) {
			if (this.cancelled) {
				drop(message);
				return;
			}
			try {
				this.actual.onNext(message);
			}
			catch (StackOverflowError | LinkageError ex) {
				// Reactor throws these on, and the server would end the connection
				cancel();
				this.actual.onError(new ExecutionException(ex));
			}
		}

		/** Reactor Netty releases its own, and Tomcat's need not be. */
		private static void drop(WebSocketMessage message) {
			if (message.getPayload() instanceof CloseableDataBuffer closeable) {
				closeable.close();
			}
		}

		@Override
		public void onError(Throwable error) {
			this.onError.accept(error);
			if (!this.cancelled) {
				this.actual.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (!this.cancelled) {
				this.actual.onComplete();
			}
		}

		@Override
		public void request(long demand) {
			long before = Operators.addCap(REQUESTED, this, demand);
			// Spring's session on Jetty fails if it is asked for more than there can be
			long left = Long.MAX_VALUE - before;
			if (this.upstream != null && left > 0) {
				this.upstream.request(Math.min(demand, left));
			}
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			request(Long.MAX_VALUE);
		}

	}

}
