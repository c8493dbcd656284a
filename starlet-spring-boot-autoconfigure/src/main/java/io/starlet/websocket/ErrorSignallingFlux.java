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

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * Messages to be sent, with the errors signalled that Reactor throws instead,
 * {@code StackOverflowError} and {@code LinkageError}: thrown at the server that asks for
 * the next message, they would leave the session open without end.
 */
final class ErrorSignallingFlux extends FluxOperator<WebSocketMessage, WebSocketMessage> {

	ErrorSignallingFlux(Flux<WebSocketMessage> source) {
		super(source);
	}

	@Override
	public void subscribe(CoreSubscriber<? super WebSocketMessage> actual) {
		ErrorSignallingSubscriber subscriber = new ErrorSignallingSubscriber(actual);
		try {
			this.source.subscribe(subscriber);
		}
		catch (StackOverflowError | LinkageError ex) {
			subscriber.signal(ex);
		}
	}

	private static final class ErrorSignallingSubscriber implements CoreSubscriber<WebSocketMessage>, Subscription {

		private final CoreSubscriber<? super WebSocketMessage> actual;

		private @Nullable Subscription upstream;

		private ErrorSignallingSubscriber(CoreSubscriber<? super WebSocketMessage> actual) {
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
		}

		@Override
		public void onNext(WebSocketMessage message) {
			this.actual.onNext(message);
		}

		@Override
		public void onError(Throwable error) {
			this.actual.onError(error);
		}

		@Override
		public void onComplete() {
			this.actual.onComplete();
		}

		@Override
		public void request(long demand) {
			if (this.upstream != null) {
				try {
					this.upstream.request(demand);
				}
				catch (StackOverflowError | LinkageError ex) {
					signal(ex);
				}
			}
		}

		@Override
		public void cancel() {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
		}

		private void signal(Error error) {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
			else {
				this.actual.onSubscribe(Operators.emptySubscription());
			}
			this.actual.onError(new ExecutionException(error));
		}

	}

}
