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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.starlet.BackgroundTasks;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R30 where Tomcat can't end a response for a while, as a request holds the only
 * thread that could, though the endpoint has completed on another.
 */
@Timeout(60)
class TomcatResponseEndTests {

	private static final AtomicReference<HeldClient> client = new AtomicReference<>();

	private static TestApplication application;

	private static Recorder recorder;

	@BeforeAll
	static void start() {
		application = TestApplication.start(Server.TOMCAT, App.class, "server.tomcat.threads.max=1",
				"server.tomcat.threads.min-spare=1");
		recorder = application.bean(Recorder.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void noTaskStartsBeforeTheLastChunkThoughTheEndpointHasCompleted() throws Exception {
		Endpoints endpoints = application.bean(Endpoints.class);
		recorder.shut();
		try (HeldClient held = new HeldClient(application.port());
				HeldClient other = new HeldClient(application.port())) {
			client.set(held);
			held.send("GET /stream HTTP/1.1");
			endpoints.source.tryEmitNext("one").orThrow();
			held.readUntil("data:one\n\n\r\n");
			other.send("GET /holding HTTP/1.1");
			recorder.await("holds");
			endpoints.source.tryEmitComplete().orThrow();
			recorder.await("completed");
			assertThat(held.arrived()).isZero();
			assertThat(recorder.events()).containsExactly("holds", "completed");
			recorder.open();
			assertThat(recorder.await(3)).containsExactly("holds", "completed", "started with 5");
			assertThat(held.read(5)).isEqualTo("0\r\n\r\n");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	@RestController
	static class Endpoints {

		private final Sinks.Many<String> source = Sinks.many().replay().all();

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> stream(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("started with " + Objects.requireNonNull(client.get()).arrived()));
			return this.source.asFlux().doAfterTerminate(() -> this.recorder.record("completed"));
		}

		@GetMapping("/holding")
		String holding() {
			this.recorder.record("holds");
			this.recorder.pass();
			return "held";
		}

	}

}
