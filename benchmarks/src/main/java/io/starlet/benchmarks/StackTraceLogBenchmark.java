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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.starlet.benchmarks.contestant.Contestant;
import io.starlet.benchmarks.contestant.Request;
import io.starlet.response.ExceptionLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * A 500 whose error is logged through Logback in Boot's pattern for files: the whole
 * request, and the log alone, with each amount of the stack trace and without Starlet.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StackTraceLogBenchmark {

	private static final Log logger = LogFactory.getLog(StackTraceLogBenchmark.class);

	private static final String MESSAGE = "[3f5cc5be-11] 500 Server Error for HTTP GET \"/annotated/error\"";

	/**
	 * How much of the stack trace is logged: a value of {@code starlet.log-stack-trace},
	 * or {@code boot} for an application without Starlet, which does all of it.
	 */
	@Param({ "boot", "full", "application" })
	@SuppressWarnings("NullAway.Init")
	public String logged;

	@SuppressWarnings("NullAway.Init")
	private ConfigurableApplicationContext applicationContext;

	private @Nullable ExceptionLog exceptionLog;

	@SuppressWarnings("NullAway.Init")
	private HttpHandler httpHandler;

	@SuppressWarnings("NullAway.Init")
	private Throwable error;

	/**
	 * Start the application and have it raise an error.
	 */
	@Setup(Level.Trial)
	public void start() {
		this.applicationContext = this.logged.equals("boot") ? Contestant.BOOT.start(Map.of(), Tracker.class)
				: Contestant.STARLET.start(Map.of("starlet.log-stack-trace", this.logged), Tracker.class);
		this.exceptionLog = this.applicationContext.getBeanProvider(ExceptionLog.class).getIfAvailable();
		this.httpHandler = this.applicationContext.getBean(HttpHandler.class);
		request();
		this.error = Objects.requireNonNull(this.applicationContext.getBean(Tracker.class).seen);
	}

	/**
	 * Stop the application.
	 */
	@TearDown(Level.Trial)
	public void stop() {
		this.applicationContext.close();
	}

	/**
	 * Have a request answered whose controller raises an error.
	 * @return the response
	 */
	@Benchmark
	public MockServerHttpResponse request() {
		MockServerHttpResponse response = new MockServerHttpResponse();
		this.httpHandler.handle(MockServerHttpRequest.get(Request.ANNOTATED_ERROR.getPath()).build(), response).block();
		return response;
	}

	/**
	 * Log the error of such a request again.
	 */
	@Benchmark
	public void log() {
		if (this.exceptionLog != null) {
			this.exceptionLog.error(logger, MESSAGE, this.error);
		}
		else {
			logger.error(MESSAGE, this.error);
		}
	}

	/**
	 * Remembers the last error.
	 */
	static class Tracker implements WebExceptionHandler, Ordered {

		private @Nullable Throwable seen;

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
			this.seen = error;
			return Mono.error(error);
		}

	}

}
