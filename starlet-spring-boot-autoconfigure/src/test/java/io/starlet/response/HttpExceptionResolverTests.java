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

package io.starlet.response;

import java.util.concurrent.CompletionException;

import io.starlet.HttpException;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.enumeration.EnumerationDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an exception amounts to, where it does not say so itself.
 */
@Timeout(60)
class HttpExceptionResolverTests {

	private final HttpExceptionResolver resolver = new HttpExceptionResolver();

	@Test
	void anAnnotatedExceptionWithoutAReasonHasTheReasonPhrase() {
		assertThat(this.resolver.resolve(new BlankReasonException())).isNotNull()
			.extracting(HttpException::getDetail)
			.isEqualTo("Gone");
		assertThat(this.resolver.resolve(new ReasonException())).isNotNull()
			.extracting(HttpException::getDetail)
			.isEqualTo("No more");
	}

	@Test
	void wrappersWithoutEndAreLookedThroughForSoLongOnly() {
		assertThat(HttpExceptionResolver.unwrap(new EndlessException())).isInstanceOf(EndlessException.class);
	}

	@Test
	void aMessageThatAnExceptionCannotTellIsNone() {
		assertThat(HttpExceptionResolver.getMessage(new IllegalStateException("told"))).isEqualTo("told");
		assertThat(HttpExceptionResolver.getMessage(new SpeechlessException())).isNull();
	}

	/** A library may have been compiled with a Spring that still had it. */
	@Test
	void anExceptionWhoseAnnotationNamesAStatusThatThereIsNoneOfIsAnErrorThatTells() throws Exception {
		RuntimeException exception = annotated("NO_LONGER_THERE");
		assertThat(this.resolver.resolve(exception)).isNull();
		assertThat(this.resolver.resolve(exception)).isNull();
		assertThat(exception.getSuppressed()).singleElement().isInstanceOf(EnumConstantNotPresentException.class);
		assertThat(this.resolver.resolve(annotated("GONE"))).isNotNull();
	}

	private static RuntimeException annotated(String status) throws ReflectiveOperationException {
		DynamicType.Unloaded<RuntimeException> type = new ByteBuddy().subclass(RuntimeException.class)
			.annotateType(AnnotationDescription.Builder.ofType(ResponseStatus.class)
				.define("code",
						new EnumerationDescription.Latent(TypeDescription.ForLoadedType.of(HttpStatus.class), status))
				.build())
			.make();
		return type.load(HttpExceptionResolverTests.class.getClassLoader())
			.getLoaded()
			.getDeclaredConstructor()
			.newInstance();
	}

	@ResponseStatus(code = HttpStatus.GONE, reason = " ")
	static class BlankReasonException extends RuntimeException {

	}

	@ResponseStatus(code = HttpStatus.GONE, reason = "No more")
	static class ReasonException extends RuntimeException {

	}

	static class EndlessException extends CompletionException {

		EndlessException() {
			super("endless");
		}

		@Override
		public synchronized Throwable getCause() {
			return new EndlessException();
		}

	}

	static class SpeechlessException extends RuntimeException {

		@Override
		public @Nullable String getMessage() {
			throw new IllegalStateException("No message");
		}

	}

}
