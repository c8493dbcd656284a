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
import java.util.concurrent.TimeUnit;

import io.starlet.benchmarks.contestant.Contestant;
import io.starlet.benchmarks.contestant.Request;
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
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

/**
 * A request through all of an application but the server, whose part is mocked.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class HttpHandlerBenchmark {

	/** What is asked for. */
	@Param
	public Request request = Request.ANNOTATED_OK;

	/** Who answers. */
	@Param
	public Contestant contestant = Contestant.DIRECT;

	private ReactiveWebServerApplicationContext application;

	private HttpHandler handler;

	/**
	 * Start the application.
	 */
	@Setup
	public void start() {
		this.application = this.contestant.start(Map.of());
		this.handler = this.application.getBean(HttpHandler.class);
		HttpStatusCode status = answer().getStatusCode();
		if (((status != null) ? status.value() : 200) != this.request.getStatus()) {
			throw new IllegalStateException("Answered with " + status);
		}
	}

	/**
	 * Stop the application.
	 */
	@TearDown
	public void stop() {
		this.application.close();
	}

	/**
	 * Answer one request.
	 * @return the response
	 */
	@Benchmark
	public MockServerHttpResponse answer() {
		MockServerHttpResponse response = new MockServerHttpResponse();
		// As Reactor Netty's do
		response.getHeaders().set("transfer-encoding", "chunked");
		MockServerHttpRequest accepting = MockServerHttpRequest.get(this.request.getPath())
			.accept(MediaType.ALL)
			.build();
		this.handler.handle(accepting, response).block();
		return response;
	}

}
