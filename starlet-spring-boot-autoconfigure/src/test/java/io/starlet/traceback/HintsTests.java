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

package io.starlet.traceback;

import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link Hints}.
 */
@Timeout(60)
class HintsTests {

	@Test
	void blockingOnAnEventLoop() {
		for (Flux<?> blocking : List.of(
				Flux.just(1).map((value) -> List.of(Objects.requireNonNull(Mono.just(value).hide().block()))),
				Flux.just(1).map((value) -> List.of(Objects.requireNonNull(Flux.just(value).hide().blockFirst()))),
				Flux.just(1).map((value) -> Mono.just(value).hide().blockOptional()),
				Flux.just(1).map((value) -> Flux.just(value).hide().toIterable().iterator().hasNext()))) {
			Throwable error = catchThrowable(() -> blocking.subscribeOn(Schedulers.parallel()).blockLast());
			assertThat(find(new IllegalArgumentException("outer", error))).containsExactly(Hints.BLOCKING,
					Hints.NO_SOURCE);
		}
	}

	@Test
	void writingWithoutACodec() {
		Throwable error = catchThrowable(() -> ServerResponse.ok()
			.contentType(MediaType.valueOf("application/x-unknown"))
			.bodyValue(new Nothing())
			.flatMap((response) -> response.writeTo(MockServerWebExchange.from(MockServerHttpRequest.get("/")),
					new StandardContext()))
			.block());
		assertThat(error).hasMessageContaining("not supported for bodyType=");
		assertThat(find(error)).startsWith(Hints.NO_WRITER).doesNotContain(Hints.NO_READER);
	}

	@Test
	void readingWithoutACodec() {
		MockServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.post("/").contentType(MediaType.TEXT_HTML).body("<html>"));
		ServerRequest request = ServerRequest.create(exchange, HandlerStrategies.withDefaults().messageReaders());
		assertThat(find(catchThrowable(() -> request.body(BodyExtractors.toMono(Nothing.class)).block())))
			.startsWith(Hints.NO_READER);
		assertThat(find(catchThrowable(() -> request.bodyToMono(Nothing.class).block()))).startsWith(Hints.NO_READER);
	}

	@Test
	void typesThatJacksonCannotHandle() {
		JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.FAIL_ON_EMPTY_BEANS).build();
		assertThat(find(catchThrowable(() -> mapper.writeValueAsString(new Nothing()))))
			.startsWith(Hints.NO_PROPERTIES);
		assertThat(find(catchThrowable(() -> mapper.readValue("{}", Uncreatable.class)))).startsWith(Hints.NO_CREATOR);
	}

	@ParameterizedTest
	@CsvSource({ "java.lang.IllegalStateException, No HttpMessageWriter for app.Book, WRITER",
			"java.lang.IllegalStateException, No HttpMessageReader for text/html, READER",
			"java.lang.IllegalStateException, No suitable decoder, READER",
			"org.springframework.http.converter.HttpMessageNotWritableException, No Encoder for [app.Book] with preset, WRITER",
			"org.springframework.core.codec.CodecException, No SSE encoder configured, WRITER",
			"org.springframework.core.codec.CodecException, No SSE decoder configured, READER",
			"org.springframework.core.codec.CodecException, No suitable writer found for part: a, WRITER",
			"org.springframework.core.codec.CodecException, Type definition error, NONE",
			"org.springframework.http.converter.HttpMessageNotWritableException, Could not write JSON, NONE",
			"java.lang.IllegalStateException, No books, NONE", "app.Mine, No HttpMessageWriter for app.Book, NONE" })
	void otherMessagesOfSpring(String type, String message, String expected) {
		List<String> hints = Hints
			.find(new TracedThrowable(type, message, List.of(), 0, List.of(), List.of(), null, List.of()), true);
		assertThat(hints.contains(Hints.NO_WRITER)).isEqualTo(expected.equals("WRITER"));
		assertThat(hints.contains(Hints.NO_READER)).isEqualTo(expected.equals("READER"));
	}

	@Test
	void framesThatWereLost() {
		Exception error = new Exception(new WithoutSuppression());
		error.addSuppressed(new WithoutSuppression());
		assertThat(find(error)).containsOnlyOnce(Hints.SUPPRESSION_DISABLED);
	}

	@Test
	void framesThatTheJvmLeftOut() {
		NullPointerException error = new NullPointerException();
		error.setStackTrace(new StackTraceElement[0]);
		assertThat(find(error)).contains(Hints.FAST_THROW);
		assertThat(find(new NullPointerException())).doesNotContain(Hints.FAST_THROW);
	}

	@Test
	void noSourceForAnyFrameOfTheApplication() {
		Exception error = new Exception();
		assertThat(find(error)).containsExactly(Hints.NO_SOURCE);
		SourceExcerpt excerpt = new SourceExcerpt(null, 1, 1, List.of(List.of()), null);
		TracedThrowable traced = ThrowableTracerTests
			.tracer(packages("io.starlet.traceback"), new Redaction(List.of()),
					(frame) -> frame.getClassName().endsWith("HintsTests") ? excerpt : null)
			.trace(error);
		assertThat(Hints.find(traced)).isEmpty();
	}

	@Test
	void noFrameOfTheApplication() {
		TracedThrowable traced = ThrowableTracerTests.tracer(packages("app"), new Redaction(List.of()), (frame) -> null)
			.trace(new Exception());
		assertThat(Hints.find(traced)).containsExactly(Hints.NO_APPLICATION_FRAME, Hints.NO_REACTOR_TOOLS);
		assertThat(Hints.find(traced, true)).containsExactly(Hints.NO_APPLICATION_FRAME);
		Exception error = new Exception();
		error.setStackTrace(new StackTraceElement[0]);
		assertThat(find(error)).containsExactly(Hints.NO_REACTOR_TOOLS);
	}

	private static List<String> find(Throwable error) {
		return Hints.find(
				ThrowableTracerTests.tracer(packages("io.starlet.traceback"), new Redaction(List.of()), (frame) -> null)
					.trace(error));
	}

	private static ApplicationPackages packages(String name) {
		return new ApplicationPackages(List.of(name));
	}

	static final class Nothing {

	}

	/** It has no constructor that Jackson may use. */
	abstract static class Uncreatable {

	}

	static final class WithoutSuppression extends RuntimeException {

		WithoutSuppression() {
			super("no suppression", null, false, true);
			setStackTrace(new StackTraceElement[] { getStackTrace()[0] });
		}

	}

	private static final class StandardContext implements ServerResponse.Context {

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return HandlerStrategies.withDefaults().messageWriters();
		}

		@Override
		public List<ViewResolver> viewResolvers() {
			return List.of();
		}

	}

}
