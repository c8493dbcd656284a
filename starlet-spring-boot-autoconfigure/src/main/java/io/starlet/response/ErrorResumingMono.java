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

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * {@code Mono.onErrorResume} that also takes the errors that Reactor throws instead of
 * signalling them, {@code StackOverflowError} and {@code LinkageError}, so that they are
 * answered too (rule R24). It wraps them, as Reactor would throw them again further on.
 * What may follow the source is resumed alike, and an error that comes after a cancel is
 * dropped.
 *
 * @since 0.1.0
 */
public abstract class ErrorResumingMono extends MonoOperator<Void, Void> {

	private static final Log logger = LogFactory.getLog(ErrorResumingMono.class);

	/**
	 * Create an operator.
	 * @param source what may fail
	 */
	protected ErrorResumingMono(Mono<Void> source) {
		super(source);
	}

	/**
	 * Create an operator.
	 * @param source what may fail
	 * @param onError what follows then
	 * @return completes when the source has, or what follows its error
	 */
	public static Mono<Void> of(Mono<Void> source, Function<Throwable, Mono<Void>> onError) {
		return new ErrorResumingMono(source) {
			@Override
			protected Mono<Void> resume(Throwable error) {
				return onError.apply(error);
			}
		};
	}

	/**
	 * Signal the errors that Reactor throws too, to those who resume with operators of
	 * its own.
	 * @param source what may fail
	 * @return completes and fails as the source does
	 */
	public static Mono<Void> signallingErrors(Mono<Void> source) {
		return of(source, Mono::error);
	}

	/**
	 * Return what follows an error.
	 * @param error the error
	 * @return subscribed to in the source's place
	 */
	protected abstract Mono<Void> resume(Throwable error);

	/** Whatever is thrown here, the error is not lost. */
	private Mono<Void> tryResume(Throwable error) {
		try {
			return resume(error);
		}
		catch (Throwable ex) {
			ExceptionLog.addSuppressed(ex, error);
			return Mono.error(ex);
		}
	}

	/**
	 * Return what follows when the source completes.
	 * @return subscribed to in the source's place, also for its error; {@code null} if
	 * there is nothing left to do
	 */
	protected @Nullable Mono<Void> proceed() {
		return null;
	}

	/**
	 * Called when it is cancelled before it is done.
	 */
	protected void onCancel() {
	}

	@Override
	public final void subscribe(CoreSubscriber<? super Void> actual) {
		beforeSubscription(actual.currentContext());
		new ErrorResumingSubscription(actual, this).subscribeTo(this.source);
	}

	/**
	 * Called each time that it is subscribed to.
	 * @param context what is known by then
	 */
	protected void beforeSubscription(ContextView context) {
	}

	/**
	 * Called before an error goes on, the one of what was resumed with.
	 * @param error the error
	 */
	protected void beforeError(Throwable error) {
	}

	/** Compilers differ in whether they see that Reactor's updaters take null. */
	@SuppressWarnings("NullAway")
	private static final class ErrorResumingSubscription implements Subscription {

		private static final AtomicReferenceFieldUpdater<ErrorResumingSubscription, Subscription> UPSTREAM = AtomicReferenceFieldUpdater
			.newUpdater(ErrorResumingSubscription.class, Subscription.class, "upstream");

		private static final AtomicReferenceFieldUpdater<ErrorResumingSubscription, Stage> STAGE = AtomicReferenceFieldUpdater
			.newUpdater(ErrorResumingSubscription.class, Stage.class, "stage");

		private final CoreSubscriber<? super Void> actual;

		private final ErrorResumingMono parent;

		private volatile @Nullable Subscription upstream;

		private volatile @Nullable Stage stage;

		private boolean subscribed;

		private boolean proceeded;

		private boolean resumed;

		private volatile boolean done;

		private ErrorResumingSubscription(CoreSubscriber<? super Void> actual, ErrorResumingMono parent) {
			this.actual = actual;
			this.parent = parent;
		}

		private void subscribeTo(Mono<? extends Void> source) {
			new Stage(this).subscribeTo(source);
		}

		private void signalSubscribed() {
			if (!this.subscribed) {
				this.subscribed = true;
				this.actual.onSubscribe(this);
			}
		}

		private void handle(Throwable error) {
			if (this.upstream == Operators.cancelledSubscription()) {
				// The response may be another request's by now
				ExceptionLog
					.tryLog(() -> logger.debug("Dropped what was raised after its request had been cancelled", error));
				return;
			}
			if (!this.resumed) {
				this.resumed = true;
				subscribeTo(this.parent.tryResume(error));
				return;
			}
			this.done = true;
			tryBeforeError(error);
			try {
				this.actual.onError(error);
			}
			catch (Throwable ex) {
				// A checkpoint can't be passed with an exception that hides its stack
				Exceptions.throwIfJvmFatal(ex);
				this.actual.onError(ex);
			}
		}

		private void tryBeforeError(Throwable error) {
			try {
				this.parent.beforeError(error);
			}
			catch (Throwable ex) {
				ExceptionLog.addSuppressed(error, ex);
			}
		}

		private void complete() {
			if (this.upstream == Operators.cancelledSubscription()) {
				return;
			}
			Mono<Void> next = tryProceed();
			if (next != null) {
				subscribeTo(next);
				return;
			}
			this.done = true;
			this.actual.onComplete();
		}

		private @Nullable Mono<Void> tryProceed() {
			if (this.proceeded || this.resumed) {
				return null;
			}
			this.proceeded = true;
			try {
				return this.parent.proceed();
			}
			catch (Throwable ex) {
				return Mono.error(ex);
			}
		}

		@Override
		public void request(long demand) {
			// There is no value that could be asked for
		}

		@Override
		public void cancel() {
			// Some operators cancel what has completed already, or cancel twice
			if (Operators.terminate(UPSTREAM, this) && !this.done) {
				this.parent.onCancel();
			}
		}

	}

	/** The source, or what follows it: one that ends twice must not end the next one. */
	@SuppressWarnings("NullAway")
	private static final class Stage implements CoreSubscriber<Void> {

		private static final AtomicReferenceFieldUpdater<Stage, Throwable> PENDING = AtomicReferenceFieldUpdater
			.newUpdater(Stage.class, Throwable.class, "pending");

		private final ErrorResumingSubscription whole;

		/** Compared by each thread with itself alone. */
		private @Nullable Thread subscribing;

		private volatile @Nullable Throwable pending;

		private Stage(ErrorResumingSubscription whole) {
			this.whole = whole;
		}

		/**
		 * An error that comes while the source is being subscribed to waits until that
		 * has returned: whoever reads the stack where it goes on, as its log does, would
		 * read all of what failed and what answered it.
		 */
		private void subscribeTo(Mono<? extends Void> source) {
			this.subscribing = Thread.currentThread();
			try {
				this.whole.stage = this;
				source.subscribe(this);
			}
			catch (StackOverflowError | LinkageError ex) {
				onThrown(ex);
			}
			finally {
				this.subscribing = null;
				Throwable error = this.pending;
				if (error != null && PENDING.compareAndSet(this, error, null)) {
					this.whole.handle(error);
				}
			}
		}

		private boolean end() {
			return ErrorResumingSubscription.STAGE.compareAndSet(this.whole, this, null);
		}

		private void onThrown(Error error) {
			if (this.whole.done) {
				throw error;
			}
			// An overflow may have come before what follows has begun
			if (!end() && !(error instanceof StackOverflowError)) {
				Operators.onErrorDropped(new ExecutionException(error), currentContext());
				return;
			}
			Subscription interrupted = this.whole.upstream;
			if (interrupted != null) {
				interrupted.cancel();
			}
			this.whole.signalSubscribed();
			fail(error);
		}

		private void fail(Throwable signalled) {
			Throwable error = Exceptions.isJvmFatal(signalled) ? new ExecutionException(signalled) : signalled;
			if (this.subscribing != Thread.currentThread()) {
				this.whole.handle(error);
			}
			else if (!PENDING.compareAndSet(this, null, error)) {
				Operators.onErrorDropped(error, currentContext());
			}
		}

		@Override
		public Context currentContext() {
			return this.whole.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (this.whole.stage != this) {
				subscription.cancel();
			}
			else if (Operators.replace(ErrorResumingSubscription.UPSTREAM, this.whole, subscription)) {
				this.whole.signalSubscribed();
				subscription.request(Long.MAX_VALUE);
			}
		}

		@Override
		public void onNext(Void never) {
			// There is no value of Void
		}

		@Override
		public void onError(@Nullable Throwable signalled) {
			// As Reactor does for a future that failed with no more than a wrapper
			Throwable error = (signalled != null) ? signalled : new NullPointerException("Failed without an exception");
			if (end()) {
				fail(error);
			}
			else {
				Operators.onErrorDropped(error, currentContext());
			}
		}

		@Override
		public void onComplete() {
			if (end()) {
				this.whole.complete();
			}
		}

	}

}
