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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The body of a response whose error waits until more is asked for, which is when all
 * before it has been written. In a servlet container, Spring would otherwise take a
 * response back that another thread is just about to send, and complete an empty 200.
 *
 * @param <T> what is written
 */
final class ErrorOnDemandFlux<T> extends FluxOperator<T, T> {

	private ErrorOnDemandFlux(Publisher<? extends T> body) {
		super(Flux.from(body));
	}

	static <T> Flux<T> of(Publisher<? extends T> body) {
		return new ErrorOnDemandFlux<>(body);
	}

	@Override
	public void subscribe(CoreSubscriber<? super T> actual) {
		this.source.subscribe(new ErrorOnDemandSubscriber<>(actual));
	}

	private static final class ErrorOnDemandSubscriber<T> implements CoreSubscriber<T>, Subscription {

		private final CoreSubscriber<? super T> actual;

		private final AtomicLong demand = new AtomicLong();

		private final AtomicBoolean ended = new AtomicBoolean();

		private @Nullable Subscription upstream;

		private volatile @Nullable Throwable error;

		private ErrorOnDemandSubscriber(CoreSubscriber<? super T> actual) {
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
		public void onNext(T value) {
			this.demand.getAndUpdate((demand) -> (demand == Long.MAX_VALUE) ? demand : demand - 1);
			this.actual.onNext(value);
		}

		@Override
		public void onError(Throwable error) {
			this.error = error;
			raiseOnDemand();
		}

		@Override
		public void onComplete() {
			this.actual.onComplete();
		}

		@Override
		public void request(long n) {
			this.demand.getAndUpdate((demand) -> Operators.addCap(demand, n));
			if (this.upstream != null) {
				this.upstream.request(n);
			}
			raiseOnDemand();
		}

		private void raiseOnDemand() {
			Throwable error = this.error;
			if (error != null && this.demand.get() > 0 && this.ended.compareAndSet(false, true)) {
				this.actual.onError(error);
			}
		}

		@Override
		public void cancel() {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
			Throwable error = this.error;
			if (error != null && this.ended.compareAndSet(false, true)) {
				Operators.onErrorDropped(error, currentContext());
			}
		}

	}

}
