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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

import io.starlet.BackgroundTasks;
import io.starlet.filter.AfterResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * The tasks of one response, in their order (rule R30).
 */
final class ResponseTasks implements BackgroundTasks, AfterResponse {

	private final BackgroundTaskRunner runner;

	private final ServerWebExchange finished;

	private final String request;

	private final Deque<BackgroundTask> tasks = new ArrayDeque<>();

	private int added;

	private boolean idle;

	ResponseTasks(BackgroundTaskRunner runner, ServerWebExchange exchange) {
		this.runner = runner;
		this.finished = new FinishedExchange(exchange);
		Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		this.request = "%s %s".formatted(exchange.getRequest().getMethod(),
				(pattern != null) ? pattern : exchange.getRequest().getPath());
	}

	@Override
	public void add(Supplier<? extends Mono<Void>> task) {
		add(defaultName(), task);
	}

	@Override
	public void add(String name, Supplier<? extends Mono<Void>> task) {
		add(BackgroundTask.reactive(name, task));
	}

	@Override
	public void run(Runnable task) {
		run(defaultName(), task);
	}

	@Override
	public void run(String name, Runnable task) {
		add(BackgroundTask.blocking(name, task));
	}

	private synchronized String defaultName() {
		return "%s #%d".formatted(this.request, this.added + 1);
	}

	private void add(BackgroundTask task) {
		if (enqueue(task)) {
			this.runner.runAll(this, this.finished);
		}
	}

	private synchronized boolean enqueue(BackgroundTask task) {
		this.runner.admit(task);
		this.tasks.add(task);
		this.added++;
		boolean wasIdle = this.idle;
		this.idle = false;
		return wasIdle;
	}

	/** From now on tasks run as they come. */
	void runAfterResponse() {
		if (!becomeIdle()) {
			this.runner.runAll(this, this.finished);
		}
	}

	private synchronized boolean becomeIdle() {
		this.idle = this.tasks.isEmpty();
		return this.idle;
	}

	@Override
	public synchronized int size() {
		return this.tasks.size();
	}

	@Override
	public synchronized void keepFirst(int size) {
		while (this.tasks.size() > size) {
			this.runner.release(this.tasks.removeLast());
		}
	}

	/** Return the next task, or note that there is none yet. */
	synchronized @Nullable BackgroundTask next() {
		BackgroundTask next = this.tasks.poll();
		this.idle = next == null;
		return next;
	}

}
