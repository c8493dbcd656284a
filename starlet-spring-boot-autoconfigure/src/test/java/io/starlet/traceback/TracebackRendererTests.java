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

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TracebackRenderer}.
 */
class TracebackRendererTests {

	private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/books"));

	@ParameterizedTest
	@ValueSource(classes = { NoClassDefFoundError.class, StackOverflowError.class, OutOfMemoryError.class,
			IllegalStateException.class })
	void whateverFailsWhileRenderingIsToldAtOnce(Class<? extends Throwable> type) {
		StepVerifier.create(renderer(type).render(this.exchange, new RuntimeException("boom")))
			.expectErrorSatisfies((failure) -> assertThat((failure.getCause() != null) ? failure.getCause() : failure)
				.isInstanceOf(type))
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void pageAndTextAreNotForOtherSitesNorCaches() {
		StepVerifier.create(renderer(null).render(this.exchange, new RuntimeException("boom")))
			.assertNext((rendered) -> {
				assertThat(rendered.body()).startsWith("java.lang.RuntimeException: boom");
				assertThat(rendered.headers().toSingleValueMap()).containsEntry("Cache-Control", "no-store")
					.containsEntry("Cross-Origin-Resource-Policy", "same-origin")
					.containsEntry("Referrer-Policy", "no-referrer")
					.containsEntry("X-Content-Type-Options", "nosniff")
					.containsEntry("X-Robots-Tag", "noindex")
					.containsEntry("Content-Security-Policy", HtmlTraceback.CONTENT_SECURITY_POLICY);
			})
			.expectComplete()
			.verify(Duration.ofSeconds(5));
	}

	private static TracebackRenderer renderer(@Nullable Class<? extends Throwable> failure) {
		GenericApplicationContext context = new GenericApplicationContext();
		context.refresh();
		return new TracebackRenderer(context, new ApplicationPackages(List.of("io.starlet")), new Redaction(List.of()),
				null, new FailingContributor(failure));
	}

	private record FailingContributor(@Nullable Class<? extends Throwable> failure) implements TracebackContributor {

		@Override
		public List<String> handlers(ServerWebExchange exchange, Throwable error) {
			return List.of();
		}

		@Override
		public List<String> hints(ServerWebExchange exchange, Throwable error) {
			if (this.failure != null) {
				TracebackRendererTests.<RuntimeException>raise(this.failure);
			}
			return List.of();
		}

	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> void raise(Class<? extends Throwable> type) throws E {
		try {
			throw (E) type.getConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
