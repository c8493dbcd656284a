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

package io.starlet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HttpExceptionTests {

	@Test
	void detailDefaultsToTheReasonPhrase() {
		assertThat(new HttpException(404).getDetail()).isEqualTo("Not Found");
		assertThat(new HttpException(HttpStatus.NOT_FOUND).getDetail()).isEqualTo("Not Found");
		assertThat(new HttpException(404, null).getDetail()).isEqualTo("Not Found");
		assertThat(new HttpException(HttpStatusCode.valueOf(499)).getDetail()).isEmpty();
		assertThat(new HttpException(404, "").getDetail()).isEmpty();
	}

	@Test
	void messageIsTheStatusAndTheDetail() {
		assertThat(new HttpException(404)).hasMessage("404: Not Found")
			.hasToString("io.starlet.HttpException: 404: Not Found");
		assertThat(new HttpException(HttpStatus.NOT_FOUND, "No book")).hasMessage("404: No book");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 99, 1000, -1 })
	void statusOutsideOf100To999IsRefused(int status) {
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpException(status));
	}

	@Test
	void headersAreNeverNullAndReadOnly() {
		assertThat(new HttpException(404).getHeaders().isEmpty()).isTrue();
		HttpHeaders headers = new HttpHeaders();
		headers.set("Retry-After", "120");
		HttpException exception = new HttpException(HttpStatus.SERVICE_UNAVAILABLE, "later", headers);
		assertThat(exception.getHeaders().getFirst("retry-after")).isEqualTo("120");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> exception.getHeaders().set("Retry-After", "1"));
	}

	@Test
	void causeIsKeptAndNotTold() {
		IllegalStateException cause = new IllegalStateException("secret");
		HttpException exception = new HttpException(409, "taken", null, cause);
		assertThat(exception).hasCause(cause);
		assertThat(exception.getMessage()).doesNotContain("secret");
		assertThat(new HttpException(HttpStatus.CONFLICT, "taken", null, cause)).hasCause(cause);
	}

	@Test
	void bodyIsAProblemDetailThatCanBeChanged() {
		HttpException exception = new HttpException(404, "No book");
		assertThat(exception.getBody().getStatus()).isEqualTo(404);
		assertThat(exception.getBody().getTitle()).isEqualTo("Not Found");
		assertThat(exception.getBody().getDetail()).isEqualTo("No book");
		exception.getBody().setProperty("id", 7);
		assertThat(exception.getBody().getProperties()).containsEntry("id", 7);
	}

	@Test
	void mayBeExtendedWithAStackTrace() {
		assertThat(new TracedException().getStackTrace()).isNotEmpty();
		assertThat(new HttpException(404).getStackTrace()).isEmpty();
	}

	static class TracedException extends HttpException {

		TracedException() {
			super(HttpStatus.NOT_FOUND, null, null, null, true);
		}

	}

}
