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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Cancels and fails what has not ended in time. A body that is on its way to a client has
 * all the time that it needs: the time runs until the response has started, and again
 * once it was sent. No timer is set for what ends by the time that it has been subscribed
 * to, or has begun to send then.
 */
final class TimeLimitedMono extends MonoOperator<Void, Void> {

	private final ServerHttpResponse response;

	private final Duration timeout;

	private final Supplier<String> what;

	private final Throwable exception;

	private TimeLimitedMono(Mono<Void> source, ServerHttpResponse response, Duration timeout, Supplier<String> what,
			Throwable exception) {
		super(source);
		this.response = response;
		this.timeout = timeout;
		this.what = what;
		this.exception = exception;
	}

	/**
	 * Create an operator.
	 * @param source what may not end
	 * @param response the response that it writes
	 * @param timeout how long it may take; zero if there is no limit
	 * @param what tells what it is, for the message of the failure
	 * @param exception the exception that it answers, for the cause of the failure
	 * @return fails with a {@link ResponseTimeoutException} if the source does not end
	 */
	static Mono<Void> of(Mono<Void> source, ServerHttpResponse response, Duration timeout, Supplier<String> what,
			Throwable exception) {
		return timeout.isZero() ? source : new TimeLimitedMono(source, response, timeout, what, exception);
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		TimeLimitedSubscriber subscriber = new TimeLimitedSubscriber(actual, this);
		this.source.subscribe(subscriber);
		subscriber.watch();
	}

	/** Its value is whether it is done. */
	private static final class TimeLimitedSubscriber extends AtomicBoolean
			implements CoreSubscriber<Void>, Subscription, Runnable {

		private final transient CoreSubscriber<? super Void> actual;

		private final transient TimeLimitedMono parent;

		private transient volatile @Nullable Subscription upstream;

		private transient volatile @Nullable Disposable timer;

		private TimeLimitedSubscriber(CoreSubscriber<? super Void> actual, TimeLimitedMono parent) {
			this.actual = actual;
			this.parent = parent;
		}

		private void watch() {
			if (!get() && !waitsForBody()) {
				schedule();
			}
		}

		private boolean waitsForBody() {
			TrackedResponse tracked = TrackedResponse.find(this.parent.response);
			if (tracked == null || !tracked.isBeingSent()) {
				return false;
			}
			tracked.whenWhole(this::schedule);
			return true;
		}

		private void schedule() {
			if (get()) {
				return;
			}
			Disposable scheduled = Schedulers.parallel()
				.schedule(this, TimeUnit.NANOSECONDS.convert(this.parent.timeout), TimeUnit.NANOSECONDS);
			this.timer = scheduled;
			if (get()) {
				scheduled.dispose();
			}
		}

		@Override
		public void run() {
			if (!get() && !waitsForBody() && compareAndSet(false, true)) {
				ResponseTimeoutException failure = new ResponseTimeoutException(this.parent.what.get(),
						this.parent.timeout, this.parent.exception);
				try {
					cancelUpstream();
				}
				catch (Throwable ex) {
					failure.addSuppressed(ex);
				}
				this.actual.onError(failure);
			}
		}

		private boolean end() {
			boolean first = compareAndSet(false, true);
			Disposable scheduled = this.timer;
			if (first && scheduled != null) {
				scheduled.dispose();
			}
			return first;
		}

		private void cancelUpstream() {
			Subscription subscription = this.upstream;
			if (subscription != null) {
				subscription.cancel();
			}
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.upstream, subscription)) {
				this.upstream = subscription;
				this.actual.onSubscribe(this);
			}
		}

		@Override
		public void onNext(Void never) {
			// There is no value of Void
		}

		@Override
		public void onError(Throwable error) {
			if (end()) {
				this.actual.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (end()) {
				this.actual.onComplete();
			}
		}

		@Override
		public void request(long demand) {
			Subscription subscription = this.upstream;
			if (subscription != null) {
				subscription.request(demand);
			}
		}

		@Override
		public void cancel() {
			if (end()) {
				cancelUpstream();
			}
		}

	}

}
