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

package io.starlet.background;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.starlet.response.ErrorResumingMono;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

import org.springframework.util.Assert;

/**
 * One task: reactive or blocking work with a name.
 */
final class BackgroundTask {

	private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cc}");

	private final String name;

	private final @Nullable Supplier<? extends Mono<Void>> reactive;

	private final @Nullable Runnable blocking;

	private BackgroundTask(String name, @Nullable Supplier<? extends Mono<Void>> reactive,
			@Nullable Runnable blocking) {
		Assert.hasText(name, "'name' must have text");
		// It is written to the log, and may have been made of what a client sent
		this.name = CONTROL_CHARACTER.matcher(name).replaceAll("?");
		this.reactive = reactive;
		this.blocking = blocking;
	}

	static BackgroundTask reactive(String name, Supplier<? extends Mono<Void>> work) {
		Assert.notNull(work, "'task' must not be null");
		return new BackgroundTask(name, work, null);
	}

	static BackgroundTask blocking(String name, Runnable work) {
		Assert.notNull(work, "'task' must not be null");
		return new BackgroundTask(name, null, work);
	}

	/**
	 * Started in {@code handle}, which restores the thread locals that Micrometer
	 * propagates from the Reactor context, if it is there.
	 */
	Mono<Void> start(Scheduler nonBlocking, Scheduler blocking) {
		Mono<Void> done = Mono.just(this)
			.<Mono<Void>>handle((task, sink) -> sink.next(task.run(sink.contextView())))
			.flatMap((work) -> work);
		// Unlike subscribeOn, which may ask an executor once more for what is requested
		return Mono.just(ErrorResumingMono.signallingErrors(done))
			.publishOn((this.blocking != null) ? blocking : nonBlocking)
			.flatMap((work) -> work);
	}

	private Mono<Void> run(ContextView context) {
		if (this.blocking != null) {
			this.blocking.run();
			return Mono.empty();
		}
		Mono<Void> work = (this.reactive != null) ? this.reactive.get() : null;
		Assert.state(work != null, "The task returned null instead of a Mono");
		Sinks.Empty<Void> end = Sinks.empty();
		// Here, where the thread locals are
		Disposable running = ErrorResumingMono.signallingErrors(work.contextWrite(context))
			.subscribe(null, end::tryEmitError, end::tryEmitEmpty);
		return end.asMono().doOnCancel(running::dispose);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
