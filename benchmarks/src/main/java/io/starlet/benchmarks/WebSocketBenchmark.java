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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.starlet.WebSocketException;
import io.starlet.benchmarks.contestant.BenchmarkApplication;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;

/**
 * Sessions with a client in the same JVM, with and without Starlet.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@SuppressWarnings("NullAway.Init")
public class WebSocketBenchmark {

	private static final int MESSAGES = 10_000;

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	/** Whether Starlet is enabled. */
	@Param({ "false", "true" })
	public boolean starlet;

	private ReactiveWebServerApplicationContext application;

	private String url;

	/**
	 * Start the server.
	 */
	@Setup
	public void start() {
		this.application = BenchmarkApplication.start(Map.of("starlet.enabled", this.starlet),
				ApplicationStartup.DEFAULT, List.of(Endpoints.class));
		WebServer server = Objects.requireNonNull(this.application.getWebServer());
		this.url = "ws://127.0.0.1:" + server.getPort();
	}

	/**
	 * Stop the server.
	 */
	@TearDown
	public void stop() {
		this.application.close();
	}

	/**
	 * Send many messages and receive them again, of which one is counted.
	 * @return how many came back
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public @Nullable Long message() {
		return HttpClient.create()
			.websocket()
			.uri(this.url + "/echo")
			.handle((inbound, outbound) -> inbound.receive()
				.take(MESSAGES)
				.count()
				.mergeWith(
						outbound.sendString(Flux.range(0, MESSAGES).map((number) -> "Emma")).then().cast(Long.class)))
			.blockLast(TIMEOUT);
	}

	/**
	 * Open a session, which the server closes.
	 * @return the status
	 */
	@Benchmark
	public WebSocketCloseStatus close() {
		return open("/closed", 4001);
	}

	/**
	 * Open a session, whose handler fails.
	 * @return the status
	 */
	@Benchmark
	public WebSocketCloseStatus fail() {
		return open("/failed", this.starlet ? 4001 : 1002);
	}

	private WebSocketCloseStatus open(String path, int code) {
		WebSocketCloseStatus status = HttpClient.create()
			.websocket()
			.uri(this.url + path)
			.handle((inbound, outbound) -> inbound.receiveCloseStatus())
			.blockLast(TIMEOUT);
		if (status == null || status.code() != code) {
			throw new IllegalStateException("Closed with " + status);
		}
		return status;
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		HandlerMapping sessions() {
			return new SimpleUrlHandlerMapping(Map.<String, WebSocketHandler>of("/echo",
					(session) -> session.send(session.receive().doOnNext((message) -> message.retain())), "/failed",
					(session) -> Mono.error(new WebSocketException(4001, "Unknown topic")), "/closed",
					(session) -> session.close(new CloseStatus(4001, "Unknown topic"))), -1);
		}

	}

}
