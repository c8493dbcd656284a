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

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.starlet.BackgroundTasks;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R32: tasks see the Reactor context of their request, and the thread locals that
 * are kept in it.
 */
@OnEachServer
@Timeout(60)
class BackgroundTaskContextTests {

	private static final String KEY = "tenant";

	private static final ThreadLocal<String> tenant = new ThreadLocal<>();

	@BeforeAll
	static void register() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, tenant);
	}

	@AfterAll
	static void unregister() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		Hooks.disableAutomaticContextPropagation();
	}

	@ParameterizedTest
	@CsvSource({ "REACTOR_NETTY, limited", "TOMCAT, limited", "JETTY, limited", "REACTOR_NETTY, auto", "TOMCAT, auto",
			"JETTY, auto" })
	void tasksSeeTheContextAndItsThreadLocals(Server server, String propagation) {
		try (TestApplication application = TestApplication.start(server, App.class,
				"spring.reactor.context-propagation=" + propagation)) {
			Recorder recorder = application.bean(Recorder.class);
			for (String name : new String[] { "one", "two" }) {
				recorder.clear();
				assertThat(application.get("/tasks", "X-Tenant: " + name).body()).isEqualTo("answered");
				assertThat(recorder.await(4)).containsExactly("run " + name, "supplier " + name,
						"context %s, work %s".formatted(name, name), "second run " + name);
			}
			recorder.clear();
			assertThat(application.get("/tasks").body()).isEqualTo("answered");
			assertThat(recorder.await(4)).containsExactly("run null", "supplier null", "context none, work null",
					"second run null");
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
	}

	@Test
	void tasksOfAFilterThatAnswersItselfSeeTheContextOfTheOutermostLayer() {
		try (TestApplication application = TestApplication.start(App.class)) {
			Recorder recorder = application.bean(Recorder.class);
			assertThat(application.get("/refused").status()).isEqualTo(429);
			assertThat(recorder.await(1)).containsExactly("observed true");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		WebFilter refusingFilter(Recorder recorder) {
			return (exchange, chain) -> {
				if (!exchange.getRequest().getPath().value().equals("/refused")) {
					return chain.filter(exchange);
				}
				BackgroundTasks.of(exchange)
					.add(() -> Mono.deferContextual((context) -> Mono.fromRunnable(() -> recorder
						.record("observed " + isBelowAnother(context.get(ObservationThreadLocalAccessor.KEY))))));
				exchange.getResponse().setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
				return exchange.getResponse().setComplete();
			};
		}

		private static boolean isBelowAnother(Observation observation) {
			return observation.getContext().getParentObservation() != null;
		}

		@Bean
		WebFilter tenantFilter() {
			return (exchange, chain) -> {
				String name = exchange.getRequest().getHeaders().getFirst("X-Tenant");
				return (name == null) ? chain.filter(exchange)
						: chain.filter(exchange).contextWrite((context) -> context.put(KEY, name));
			};
		}

	}

	@RestController
	static class Endpoints {

		private final Recorder recorder;

		Endpoints(Recorder recorder) {
			this.recorder = recorder;
		}

		@GetMapping("/tasks")
		String tasks(BackgroundTasks tasks) {
			tasks.run(() -> this.recorder.record("run " + tenant.get()));
			tasks.add(() -> {
				this.recorder.record("supplier " + tenant.get());
				return Mono.deferContextual((context) -> Mono.fromRunnable(() -> this.recorder
					.record("context %s, work %s".formatted(context.getOrDefault(KEY, "none"), tenant.get()))));
			});
			tasks.run(() -> this.recorder.record("second run " + tenant.get()));
			return "answered";
		}

	}

}
