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

package io.starlet.testing;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What may become of a call.
 */
public enum Fault {

	/** An exception is thrown. */
	THROWS,

	/** An exception is signalled by what is returned. */
	SIGNALS,

	/** An error is thrown. */
	ERROR,

	/** An error is thrown that Reactor does not catch. */
	FATAL,

	/** There is no result, and no publisher of one. */
	NULL,

	/** The result is empty. */
	EMPTY,

	/** There is never a result. */
	NEVER,

	/** The result comes twice. */
	TWICE,

	/** The result is that of a future that was cancelled. */
	CANCELS,

	/**
	 * The result is that of a future that failed with a wrapper of nothing, for which
	 * Reactor signals nothing.
	 */
	SIGNALS_NULL;

	private static final AtomicInteger injected = new AtomicInteger();

	/**
	 * What a method that returns a publisher returns.
	 * @param result what it returns without a fault
	 */
	@SuppressWarnings("NullAway")
	public <T> Mono<T> apply(Mono<T> result) {
		injected.incrementAndGet();
		return switch (this) {
			case SIGNALS -> Mono.error(new InjectedException());
			case NEVER -> Mono.never();
			case TWICE -> Mono.fromDirect(Flux.concat(result, result));
			case CANCELS -> Mono.fromFuture(() -> {
				CompletableFuture<T> future = new CompletableFuture<>();
				future.cancel(true);
				return future;
			});
			case SIGNALS_NULL ->
				Mono.fromFuture(() -> CompletableFuture.failedFuture(new CompletionException("injected", null)));
			case THROWS, ERROR, FATAL, NULL, EMPTY -> value(result, Mono.empty());
		};
	}

	/**
	 * What a method that returns a value returns.
	 * @param result what it returns without a fault
	 * @param empty what is empty
	 */
	@SuppressWarnings("NullAway")
	public <T extends @Nullable Object> T value(T result, T empty) {
		injected.incrementAndGet();
		return switch (this) {
			case THROWS -> throw new InjectedException();
			case ERROR -> throw new AssertionError("injected");
			case FATAL -> throw new NoClassDefFoundError("injected");
			case NULL -> null;
			case EMPTY -> empty;
			case SIGNALS, NEVER, TWICE, CANCELS, SIGNALS_NULL -> result;
		};
	}

	/** From now on, faults count. */
	public static void startCounting() {
		injected.set(0);
	}

	/** How often there was a fault since. */
	public static int count() {
		return injected.get();
	}

	/**
	 * The fault that is told by a path.
	 * @param name its name
	 */
	public static Fault of(String name) {
		return valueOf(name.toUpperCase(Locale.ROOT));
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** What is thrown and signalled. */
	public static final class InjectedException extends RuntimeException {

		InjectedException() {
			super("injected");
		}

	}

}
