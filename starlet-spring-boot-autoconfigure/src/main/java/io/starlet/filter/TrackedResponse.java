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

import java.nio.file.Path;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.AbstractListenerServerHttpResponse;
import org.springframework.http.server.reactive.HttpHeadResponseDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * Knows whether a response has been written whole, which decides about its connection
 * when an error comes after the response has started (rules R15 and R19).
 */
class TrackedResponse extends ServerHttpResponseDecorator {

	/** Or another one that is written by callbacks of its container. */
	private final boolean servlet;

	private volatile boolean written;

	private volatile @Nullable Throwable answered;

	private volatile boolean commitFailed;

	private volatile @Nullable Throwable cutBy;

	private volatile @Nullable Runnable onComplete;

	private volatile @Nullable Runnable whenWhole;

	private TrackedResponse(ServerHttpResponse delegate) {
		super(delegate);
		this.servlet = delegate instanceof AbstractListenerServerHttpResponse;
	}

	static TrackedResponse of(ServerHttpResponse response) {
		return (response instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopy(response) : new TrackedResponse(response);
	}

	static @Nullable TrackedResponse find(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator) {
			if (decorator instanceof TrackedResponse tracked) {
				return tracked;
			}
			current = decorator.getDelegate();
		}
		return null;
	}

	static boolean isWhole(ServerHttpResponse response) {
		TrackedResponse tracked = find(response);
		return tracked != null && tracked.isWhole();
	}

	/** Whether a body was written to its end, which for HEAD sends nothing yet. */
	static boolean isWritten(ServerHttpResponse response) {
		TrackedResponse tracked = find(response);
		return tracked != null && tracked.written;
	}

	/** Note that what is written from now on answers an exception. */
	static void noteAnswer(ServerHttpResponse response, Throwable exception) {
		TrackedResponse tracked = find(response);
		if (tracked != null) {
			tracked.answered = exception;
		}
	}

	/** Return the exception that it answers, if any. */
	static @Nullable Throwable getAnswered(ServerHttpResponse response) {
		TrackedResponse tracked = find(response);
		return (tracked != null) ? tracked.answered : null;
	}

	boolean isWhole() {
		return this.written && isCommitted();
	}

	void markWhole() {
		this.written = true;
		runWhenWhole();
	}

	private void runWhenWhole() {
		Runnable action = this.whenWhole;
		if (action != null) {
			action.run();
		}
	}

	/** Have something done when the response was sent whole, be it only now. */
	void whenWhole(Runnable action) {
		this.whenWhole = action;
		if (this.written) {
			action.run();
		}
	}

	/**
	 * Whether a response has started that is not whole. One whose actions before the
	 * commit have not ended has not started, though it says that it is committed: a
	 * status that is refused tells it.
	 */
	boolean isBeingSent() {
		return !this.written && this.cutBy == null && isCommitted() && !setStatusCode(getStatusCode());
	}

	void onComplete(Runnable action) {
		this.onComplete = action;
	}

	/** Note that the response ends before its end, because of an error. */
	void cut(Throwable error) {
		this.cutBy = error;
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		super.beforeCommit(
				this.servlet ? () -> Mono.defer(action).doOnError((failure) -> this.commitFailed = true) : action);
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		if (this.commitFailed && !isCommitted()) {
			return discard(Flux.from(body));
		}
		return new TrackedWrite(
				super.writeWith((!this.servlet || body instanceof Mono) ? body : ErrorOnDemandFlux.of(body)), this);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		if (this.commitFailed && !isCommitted()) {
			return discard(Flux.from(body).concatMap((part) -> part));
		}
		return new TrackedWrite(super.writeAndFlushWith(this.servlet ? ErrorOnDemandFlux.of(body) : body), this);
	}

	/** Spring writes one body to such a server, also if that was not sent. */
	private Mono<Void> discard(Flux<? extends DataBuffer> body) {
		return body.doOnNext(DataBufferUtils::release).then(Mono.defer(() -> {
			getHeaders().clearContentHeaders();
			return super.setComplete().doOnSuccess((done) -> markWhole());
		}));
	}

	/**
	 * Called by the outer layer, and last of all by Spring, after the request has been
	 * observed and logged: a response that was cut is not completed but ended with its
	 * connection, so that the client can tell. Reactor Netty's connection is closed
	 * without another line in the log; other servers get the error and close it
	 * themselves.
	 */
	@Override
	public Mono<Void> setComplete() {
		Throwable cutBy = this.cutBy;
		if (cutBy != null) {
			return after(DisconnectedClient.disconnect(this) ? Mono.empty() : Mono.error(cutBy));
		}
		if (this.answered != null && !isCommitted() && !isToHead()) {
			// The client would wait for a body that somebody has swallowed
			getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
		}
		if (isCommitted()) {
			return after(super.setComplete());
		}
		// What was written to HEAD is not sent yet
		this.written = false;
		boolean failedBefore = this.commitFailed;
		// Committed by the call itself, not by the subscription as what is written is
		return after(super.setComplete().doOnSuccess((done) -> markWhole())
			// No body has begun, so that another may be written
			.doOnError((failure) -> this.commitFailed = failedBefore));
	}

	private boolean isToHead() {
		ServerHttpResponse current = getDelegate();
		while (current instanceof ServerHttpResponseDecorator decorator) {
			if (decorator instanceof HttpHeadResponseDecorator) {
				return true;
			}
			current = decorator.getDelegate();
		}
		return false;
	}

	private Mono<Void> after(Mono<Void> complete) {
		Runnable onComplete = this.onComplete;
		return (onComplete != null) ? complete.doFinally((signal) -> {
			// What has failed is answered first
			if (signal != SignalType.ON_ERROR || isCommitted()) {
				onComplete.run();
			}
		}) : complete;
	}

	/** {@code Mono.doOnSuccess}, at half the allocation for every request. */
	private static final class TrackedWrite extends MonoOperator<Void, Void> {

		private final TrackedResponse response;

		private TrackedWrite(Mono<Void> write, TrackedResponse response) {
			super(write);
			this.response = response;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Void> actual) {
			// What is written to a committed response is dropped, and says nothing
			this.source.subscribe(this.response.isCommitted() ? actual : new TrackedSubscriber(actual, this.response));
		}

	}

	private static final class TrackedSubscriber implements CoreSubscriber<Void> {

		private final CoreSubscriber<? super Void> actual;

		private final TrackedResponse response;

		private TrackedSubscriber(CoreSubscriber<? super Void> actual, TrackedResponse response) {
			this.actual = actual;
			this.response = response;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.actual.onSubscribe(subscription);
		}

		@Override
		public void onNext(Void never) {
			// There is no value of Void
		}

		@Override
		public void onError(Throwable error) {
			this.actual.onError(error);
		}

		@Override
		public void onComplete() {
			this.response.written = true;
			this.actual.onComplete();
			// Last, as what was waiting for that has mostly ended then
			this.response.runWhenWhole();
		}

	}

	private static final class ZeroCopy extends TrackedResponse implements ZeroCopyHttpOutputMessage {

		private ZeroCopy(ServerHttpResponse delegate) {
			super(delegate);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return isCommitted() ? Mono.empty()
					: ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count)
						.doOnSuccess((done) -> markWhole());
		}

	}

}
