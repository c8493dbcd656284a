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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.starlet.aot.Handlers.Declaring;
import io.starlet.aot.Handlers.Implementing;
import io.starlet.aot.Handlers.InEntity;
import io.starlet.aot.Handlers.InFlux;
import io.starlet.aot.Handlers.InList;
import io.starlet.aot.Handlers.InMono;
import io.starlet.aot.Handlers.Inherited;
import io.starlet.aot.Handlers.OfAClass;
import io.starlet.aot.Handlers.Plain;
import io.starlet.aot.Handlers.Scoped;
import io.starlet.aot.Handlers.WebErrors;
import io.starlet.autoconfigure.StarletProperties;
import org.apache.catalina.connector.RequestFacade;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image is told of Starlet and of an application's handlers (rule R38).
 */
@Timeout(60)
class RuntimeHintsTests {

	private static final Pattern LOOKED_UP = Pattern.compile("isPresent\\(\\s*\"([\\w.$]+)\"");

	private static RuntimeHints hints;

	@BeforeAll
	static void process() {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigReactiveWebApplicationContext context = new AnnotationConfigReactiveWebApplicationContext()) {
			context.register(Handlers.App.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		hints = generation.getRuntimeHints();
	}

	@ParameterizedTest
	@ValueSource(strings = { "notFound", "gone", "lengthRequired", "preconditionFailed", "contentTooLarge",
			"uriTooLong", "serverError", "notAcceptable", "closing" })
	void aHandlerMethodCanBeCalled(String name) {
		assertCallable(WebErrors.class, name);
	}

	@Test
	void aHandlerMethodOfASuperclassCanBeCalled() {
		assertCallable(Inherited.class, "inherited");
	}

	@Test
	void aHandlerMethodThatAnInterfaceAnnotatesCanBeCalled() {
		assertCallable(Implementing.class, "declared");
		assertCallable(Declaring.class, "declared");
	}

	@Test
	void aHandlerMethodOfAScopedBeanCanBeCalled() {
		assertCallable(Scoped.class, "scoped");
	}

	@Test
	void aHandlerMethodOfAConfigurationClassCanBeCalled() {
		assertCallable(Handlers.App.class, "ofTheConfiguration");
	}

	@Test
	void aHandlerClassIsKnown() {
		assertThat(RuntimeHintsPredicates.reflection().onType(OfAClass.class)).accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { Plain.class, InMono.class, InEntity.class, InFlux.class, InList.class })
	void theBodyThatAHandlerReturnsCanBeWritten(Class<?> body) throws NoSuchMethodException {
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(body.getDeclaredMethod("text")))
			.accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { HttpEntity.class, ResponseEntity.class })
	void whatABodyIsReturnedInIsNotWritten(Class<?> wrapper) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(wrapper)
			.withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS)).rejects(hints);
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceback.css", "traceback.js" })
	void theStyleAndScriptOfTheTracebackPageAreThere(String name) {
		assertThat(getClass().getResource("/io/starlet/traceback/" + name)).isNotNull();
		assertThat(RuntimeHintsPredicates.resource().forResource("io/starlet/traceback/" + name)).accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { StarletProperties.class, StarletProperties.Traceback.class,
			StarletProperties.WebSocket.class, StarletProperties.Background.class })
	void thePropertiesCanBeBound(Class<?> properties) {
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(properties.getDeclaredConstructors()[0]))
			.accepts(hints);
	}

	@Test
	void theWaysToTomcatsConnectionAndSessionAreOpen() throws ReflectiveOperationException {
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(RequestFacade.class.getDeclaredField("request")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(AbstractWebSocketSession.class.getDeclaredMethod("getDelegate"))).accepts(hints);
	}

	@Test
	void everyClassThatIsAskedForByNameIsFound() throws IOException {
		List<String> names = namesLookedUp();
		assertThat(names).contains("jakarta.websocket.Session");
		assertThat(names).filteredOn((name) -> ClassUtils.isPresent(name, null))
			.isNotEmpty()
			.allSatisfy((name) -> assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(name)))
				.accepts(hints));
	}

	private static List<String> namesLookedUp() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			StringBuilder sources = new StringBuilder();
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				sources.append(Files.readString(file));
			}
			return LOOKED_UP.matcher(sources)
				.results()
				.map((MatchResult result) -> result.group(1))
				.distinct()
				.toList();
		}
	}

	private static void assertCallable(Class<?> type, String method) {
		assertThat(type.getDeclaredMethods()).filteredOn((candidate) -> candidate.getName().equals(method))
			.filteredOn((candidate) -> !candidate.isBridge())
			.singleElement()
			.satisfies((found) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(found))
				.accepts(hints));
	}

}
