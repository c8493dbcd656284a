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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.starlet.BackgroundTasks;
import io.starlet.filter.AfterResponse;
import io.starlet.filter.HandledExceptionWebFilter;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Runs background tasks, reports those that fail to the outer layer, and has the
 * application wait for them when it is shut down (rules R30 to R32).
 *
 * @since 0.1.0
 */
public final class BackgroundTaskRunner implements BackgroundTasks.Factory, SmartLifecycle, DisposableBean {

	private static final Log logger = LogFactory.getLog(BackgroundTaskRunner.class);

	private static final String OBSERVATION = "starlet.background.task";

	private static final int MAX_NAMES = 20;

	/** When no request is in flight any more, and before the server is stopped. */
	private static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE - 512;

	private final ServerErrorWebFilter outerLayer;

	private final Scheduler blockingScheduler;

	private final ObservationRegistry observationRegistry;

	private final OnError onError;

	private final int maxInFlight;

	private final boolean gracefulShutdown;

	private final ExceptionLog exceptionLog;

	private final AtomicInteger count = new AtomicInteger();

	private final Set<BackgroundTask> inFlight = ConcurrentHashMap.newKeySet();

	private final Disposable.Composite subscriptions = Disposables.composite();

	private final AtomicReference<@Nullable Runnable> whenIdle = new AtomicReference<>();

	private volatile boolean running;

	/**
	 * Create a runner.
	 * @param outerLayer calls the server-error handler
	 * @param executor runs blocking tasks; where it refuses one, or there is none, a
	 * thread of Reactor's for blocking work does
	 * @param observationRegistry observes tasks
	 * @param onError what becomes of the tasks after one that failed
	 * @param maxInFlight how many tasks may wait or run
	 * @param gracefulShutdown whether to wait for tasks when the application is shut down
	 * @param exceptionLog logs the errors of tasks
	 */
	public BackgroundTaskRunner(ServerErrorWebFilter outerLayer, Supplier<? extends @Nullable Executor> executor,
			ObservationRegistry observationRegistry, OnError onError, int maxInFlight, boolean gracefulShutdown,
			ExceptionLog exceptionLog) {
		this.outerLayer = outerLayer;
		this.blockingScheduler = Schedulers.fromExecutor((task) -> execute(executor.get(), task));
		this.observationRegistry = observationRegistry;
		this.onError = onError;
		this.maxInFlight = maxInFlight;
		this.gracefulShutdown = gracefulShutdown;
		this.exceptionLog = exceptionLog;
	}

	/**
	 * Boot's executor takes nothing more as soon as the application is shut down, and
	 * another one may run what it does not take on the thread that asks.
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	private void execute(@Nullable Executor executor, Runnable task) {
		if (executor != null) {
			try {
				Thread caller = Thread.currentThread();
				// Seen by the caller alone, which may be a thread of the executor's
				boolean[] calling = { true };
				executor.execute(() -> {
					if (Thread.currentThread() == caller && calling[0]) {
						Schedulers.boundedElastic().schedule(task);
					}
					else {
						task.run();
					}
				});
				calling[0] = false;
				return;
			}
			catch (RejectedExecutionException ex) {
				this.exceptionLog.handled(logger, () -> "Executor rejected a background task: " + ex, ex, 0);
			}
			catch (Throwable ex) {
				this.exceptionLog.error(logger, "Executor failed to take a background task", ex);
			}
		}
		Schedulers.boundedElastic().schedule(task);
	}

	@Override
	public BackgroundTasks getBackgroundTasks(ServerWebExchange exchange) {
		return (ResponseTasks) exchange.getAttributes().computeIfAbsent(AfterResponse.ATTRIBUTE, (name) -> {
			ResponseTasks tasks = new ResponseTasks(this, exchange);
			ResponseEnd.onEnd(exchange, tasks::runAfterResponse);
			return tasks;
		});
	}

	/** Take a task in, if there is room. */
	void admit(BackgroundTask task) {
		if (this.count.getAndUpdate((count) -> Math.min(count + 1, this.maxInFlight)) >= this.maxInFlight) {
			throw new TaskRejectedException(("%d background tasks are in flight, as many as "
					+ "starlet.background.max-in-flight allows: '%s' was not added")
				.formatted(this.maxInFlight, task));
		}
		this.inFlight.add(task);
	}

	void release(BackgroundTask task) {
		this.inFlight.remove(task);
		if (this.count.decrementAndGet() == 0) {
			Runnable idle = this.whenIdle.getAndSet(null);
			if (idle != null) {
				idle.run();
			}
		}
	}

	void runAll(ResponseTasks tasks, ServerWebExchange exchange) {
		Context context = Context.of(HandledExceptionWebFilter.getContext(exchange, Context.empty()));
		Disposable.Swap subscription = Disposables.swap();
		this.subscriptions.add(subscription);
		subscription.update(Flux.<BackgroundTask>generate((sink) -> {
			BackgroundTask next = tasks.next();
			if (next != null) {
				sink.next(next);
			}
			else {
				sink.complete();
			}
		})
			.concatMap((task) -> run(task, tasks, exchange), 0)
			.doFinally((signal) -> this.subscriptions.remove(subscription))
			.contextWrite(context)
			.subscribe());
	}

	private Mono<Void> run(BackgroundTask task, ResponseTasks tasks, ServerWebExchange exchange) {
		return Mono.deferContextual((context) -> {
			Observation observation = observe(task, context);
			return task.start(Schedulers.parallel(), this.blockingScheduler)
				.contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, observation))
				.doOnSuccess((done) -> stop(observation, null))
				.doOnError((error) -> stop(observation, error));
		}).onErrorResume((error) -> report(task, tasks, exchange, error)).doFinally((signal) -> release(task));
	}

	private Mono<Void> report(BackgroundTask task, ResponseTasks tasks, ServerWebExchange exchange, Throwable error) {
		int after = tasks.size();
		boolean dropped = this.onError == OnError.STOP && after > 0;
		if (dropped) {
			tasks.keepFirst(0);
		}
		String message = "%sBackground task '%s' failed%s".formatted(exchange.getLogPrefix(), task,
				dropped ? ", %d after it dropped".formatted(after) : "");
		int left = tasks.size();
		return this.outerLayer.reportAfterResponse(exchange, error).then(Mono.fromRunnable(() -> {
			// What the handler adds goes with its response, or failing tasks would have
			// no end
			int added = tasks.size() - left;
			tasks.keepFirst(left);
			this.exceptionLog.error(logger,
					(added > 0) ? "%s, %d added meanwhile dropped".formatted(message, added) : message, error);
		}));
	}

	private Observation observe(BackgroundTask task, ContextView context) {
		return tryObserve(() -> Observation.createNotStarted(OBSERVATION, this.observationRegistry)
			.contextualName("background task")
			.highCardinalityKeyValue("task", task.toString())
			.parentObservation(context.getOrDefault(ObservationThreadLocalAccessor.KEY, null))
			.start());
	}

	private void stop(Observation observation, @Nullable Throwable raised) {
		Throwable error = (raised != null) ? HttpExceptionResolver.unwrap(raised) : null;
		tryObserve(() -> {
			observation.lowCardinalityKeyValue("outcome", (error != null) ? "ERROR" : "SUCCESS");
			if (error != null) {
				observation.error(error);
			}
			observation.stop();
			return observation;
		});
	}

	/** Who observes must not make a task another by failing. */
	private Observation tryObserve(Supplier<Observation> observe) {
		try {
			return observe.get();
		}
		catch (Throwable ex) {
			this.exceptionLog.error(logger, "Background task could not be observed", ex);
			return Observation.NOOP;
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		stop();
		if (!this.gracefulShutdown || this.count.get() == 0) {
			callback.run();
			return;
		}
		logger.info("Waiting for %d background tasks to complete".formatted(this.count.get()));
		this.whenIdle.set(callback);
		if (this.count.get() == 0) {
			Runnable idle = this.whenIdle.getAndSet(null);
			if (idle != null) {
				idle.run();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/** Comes after the time that a graceful shutdown may take. */
	@Override
	public void destroy() {
		this.whenIdle.set(null);
		Set<BackgroundTask> dropped = Set.copyOf(this.inFlight);
		if (!dropped.isEmpty()) {
			logger.warn("%d background tasks were dropped when the application was shut down: %s%s".formatted(
					dropped.size(),
					dropped.stream()
						.map(BackgroundTask::toString)
						.sorted()
						.limit(MAX_NAMES)
						.collect(Collectors.joining(", ")),
					(dropped.size() > MAX_NAMES) ? " ..." : ""));
		}
		this.subscriptions.dispose();
		this.blockingScheduler.dispose();
	}

}
