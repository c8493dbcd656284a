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

package io.starlet.aot;

import java.util.List;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import io.starlet.registry.HandlerDescription;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.testing.LogCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.web.reactive.server.HttpHandlerConnector;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that was processed ahead of time, started from what was generated.
 */
@CompileWithForkedClassLoader
@Timeout(300)
class AheadOfTimeTests {

	@Test
	void handlersOfEachKindAreFoundAndAnswer() {
		try (LogCapture log = new LogCapture()) {
			compile((compiled) -> start(compiled, (context) -> {
				assertThat(log.atLeast(Level.WARN)).isEmpty();
				assertThat(context.getBeanFactory().containsSingleton("io.starlet.aot.Handlers$WebErrors")).isFalse();
				assertThat(context.getBean(RegisteredHandlers.class).getDescriptions()).hasSize(18)
					.containsExactlyInAnyOrderElementsOf(findHandlersWithoutProcessing());
				WebTestClient client = client(context);
				answer(client, "/nope", 404, "{\"text\":\"plain\"}");
				answer(client, "/status/404", 404, "{\"text\":\"plain\"}");
				answer(client, "/status/406", 406, "own annotation");
				answer(client, "/status/410", 410, "{\"text\":\"in a Mono\"}");
				answer(client, "/status/411", 411, "{\"text\":\"in an entity\"}");
				answer(client, "/status/412", 412, "[{\"text\":\"in a Flux\"}]");
				answer(client, "/status/413", 413, "[{\"text\":\"in a List\"}]");
				answer(client, "/status/414", 414, "response");
				answer(client, "/status/415", 415, "inherited");
				answer(client, "/status/416", 416, "declared by an interface");
				answer(client, "/status/417", 417, "scoped");
				answer(client, "/status/418", 418, "of a class");
				answer(client, "/status/421", 421, "the first");
				answer(client, "/status/422", 422, "configured");
				answer(client, "/status/423", 423, "of the configuration");
				answer(client, "/argument", 400, "class of the generic");
				answer(client, "/error", 500, "server error");
			}));
		}
	}

	@Test
	void debugAndProductionAreDecidedWhenTheApplicationStarts() {
		compile((compiled) -> {
			start(compiled, (context) -> {
				String page = client(context).get()
					.uri("/error")
					.exchange()
					.expectStatus()
					.isEqualTo(500)
					.expectBody(String.class)
					.returnResult()
					.getResponseBody();
				assertThat(page).contains("java.lang.IllegalStateException", "Handlers$Failures.error");
			}, "starlet.debug=true");
			start(compiled, (context) -> answer(client(context), "/error", 500, "server error"), "starlet.debug=true",
					"spring.profiles.active=prod");
		});
	}

	private static List<HandlerDescription> findHandlersWithoutProcessing() {
		try (AnnotationConfigReactiveWebApplicationContext context = new AnnotationConfigReactiveWebApplicationContext()) {
			context.register(Handlers.App.class);
			context.refresh();
			return context.getBean(RegisteredHandlers.class).getDescriptions();
		}
	}

	private static TestGenerationContext process() {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigReactiveWebApplicationContext context = new AnnotationConfigReactiveWebApplicationContext()) {
			context.register(Handlers.App.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		generation.writeGeneratedContent();
		return generation;
	}

	private static void compile(Consumer<Compiled> action) {
		TestCompiler.forSystem().with(process()).compile(action);
	}

	private static void start(Compiled compiled, Consumer<GenericApplicationContext> test, String... properties) {
		try (GenericReactiveWebApplicationContext context = new GenericReactiveWebApplicationContext()) {
			TestPropertyValues.of(properties).applyTo(context);
			initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
			context.refresh();
			test.accept(context);
		}
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> generated) {
		return (ApplicationContextInitializer<GenericApplicationContext>) generated;
	}

	private static WebTestClient client(GenericApplicationContext context) {
		return WebTestClient.bindToServer(new HttpHandlerConnector(context.getBean(HttpHandler.class))).build();
	}

	private static void answer(WebTestClient client, String path, int status, String body) {
		client.get().uri(path).exchange().expectStatus().isEqualTo(status).expectBody(String.class).isEqualTo(body);
	}

}
