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

package io.starlet.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.starlet.HttpException;
import io.starlet.registry.RegisteredHandler;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.registry.TriedHandlers;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

/**
 * The look-up of the handler of an exception, among few and many.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class LookupBenchmark {

	/** How many handlers there are. */
	@Param({ "1", "10", "1000", "10000" })
	public int handlers;

	private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/books/7"));

	private final HttpException notFound = new HttpException(404);

	private GeneratedHandlers generated;

	private ReactiveWebServerApplicationContext application;

	private RegisteredHandlers registered;

	private RuntimeException exception;

	/**
	 * Start an application with so many handlers.
	 * @throws Exception if they can't be compiled
	 */
	@Setup
	public void start() throws Exception {
		this.generated = GeneratedHandlers.compile(this.handlers);
		this.application = this.generated.start(ApplicationStartup.DEFAULT);
		this.registered = this.application.getBean(RegisteredHandlers.class);
		this.exception = this.generated.newException();
		if (byClass() == null) {
			throw new IllegalStateException("No handler");
		}
	}

	/**
	 * Stop the application.
	 * @throws IOException if its classes can't be deleted
	 */
	@TearDown
	public void stop() throws IOException {
		this.application.close();
		this.generated.close();
	}

	/**
	 * Look up the handler of an exception.
	 * @return the handler
	 */
	@Benchmark
	public @Nullable RegisteredHandler byClass() {
		return this.registered.find(this.exchange, this.exception, null, TriedHandlers.NONE);
	}

	/**
	 * Look up the handler of an HTTP exception, of which there is none.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable RegisteredHandler none() {
		return this.registered.find(this.exchange, this.notFound, this.notFound, TriedHandlers.NONE);
	}

}
