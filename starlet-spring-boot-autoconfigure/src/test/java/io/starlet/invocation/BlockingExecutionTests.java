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

package io.starlet.invocation;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On which thread a handler method runs.
 */
@OnEachServer
@Timeout(60)
class BlockingExecutionTests {

	@Test
	void blockingHandlersRunOnTheBlockingExecutorAndReactiveOnesDoNot() {
		try (TestApplication app = TestApplication.start(BlockingApp.class)) {
			assertThat(app.get("/functional/471").body()).startsWith("blocking-");
			assertThat(app.get("/functional/472").body()).isNotEmpty().doesNotStartWith("blocking-");
			assertThat(app.get("/functional/473").body()).isNotEmpty().doesNotStartWith("blocking-");
			assertThat(app.get("/functional/474").body()).startsWith("blocking-");
		}
	}

	@Test
	void thePredicateOfTheBlockingExecutionDecides() {
		try (TestApplication app = TestApplication.start(PredicateApp.class)) {
			assertThat(app.get("/functional/471").body()).isNotEmpty().doesNotStartWith("blocking-");
			assertThat(app.get("/functional/472").body()).startsWith("blocking-");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void blockingHandlersRunOnVirtualThreads() {
		try (TestApplication app = TestApplication.start(VirtualThreadsApp.class,
				"spring.threads.virtual.enabled=true")) {
			assertThat(app.get("/functional/471").body()).startsWith("task-");
			assertThat(app.get("/functional/472").body()).isNotEmpty().doesNotStartWith("task-");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Functional.class, ThreadHandlers.class })
	static class BlockingApp implements WebFluxConfigurer {

		@Override
		public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
			configurer.setExecutor(new SimpleAsyncTaskExecutor("blocking-"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Functional.class, ThreadHandlers.class })
	static class PredicateApp implements WebFluxConfigurer {

		@Override
		public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
			configurer.setExecutor(new SimpleAsyncTaskExecutor("blocking-"));
			configurer.setControllerMethodPredicate((method) -> method.getMethod().getName().equals("mono"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Functional.class, ThreadHandlers.class })
	static class VirtualThreadsApp {

	}

	static class Functional {

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route()
				.GET("/functional/{status}",
						(request) -> Mono.error(new HttpException(Integer.parseInt(request.pathVariable("status")))))
				.build();
		}

	}

	static class ThreadHandlers {

		@StatusHandler(471)
		String value() {
			return Thread.currentThread().getName();
		}

		@StatusHandler(472)
		Mono<String> mono() {
			return Mono.just(Thread.currentThread().getName());
		}

		@StatusHandler(473)
		CompletionStage<String> stage() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

		@StatusHandler(474)
		ServerResponse response() {
			return Objects
				.requireNonNull(ServerResponse.status(474).bodyValue(Thread.currentThread().getName()).block());
		}

	}

}
