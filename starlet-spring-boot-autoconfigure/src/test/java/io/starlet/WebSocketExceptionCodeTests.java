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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What a {@link WebSocketException} says, and which codes it may have.
 */
class WebSocketExceptionCodeTests {

	@Test
	void withoutACodeItIsAPolicyViolation() {
		WebSocketException exception = new WebSocketException();
		assertThat(exception.getCode()).isEqualTo(1008);
		assertThat(exception.getReason()).isEmpty();
	}

	@Test
	void messageIsCodeAndReason() {
		assertThat(new WebSocketException(1008, "Unknown topic")).hasMessage("1008: Unknown topic");
		assertThat(new WebSocketException(3000, "Who?")).hasToString("io.starlet.WebSocketException: 3000: Who?");
	}

	@Test
	void withoutAReasonItIsEmpty() {
		assertThat(new WebSocketException(1001).getReason()).isEmpty();
		assertThat(new WebSocketException(1001, null).getReason()).isEmpty();
		assertThat(new WebSocketException(1001).getMessage()).startsWith("1001");
	}

	@Test
	void reasonIsKeptWhole() {
		assertThat(new WebSocketException(1001, "x".repeat(200)).getReason()).hasSize(200);
	}

	@Test
	void itIsCheapAsItIsNoError() {
		assertThat(new WebSocketException().getStackTrace()).isEmpty();
	}

	@Test
	void itKeepsWhatIsSuppressed() {
		WebSocketException exception = new WebSocketException();
		exception.addSuppressed(new IllegalStateException());
		assertThat(exception.getSuppressed()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999 })
	void codesThatAnEndpointMaySend(int code) {
		assertThat(new WebSocketException(code).getCode()).isEqualTo(code);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 404, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 65536 + 1000,
			Integer.MAX_VALUE })
	void codesThatAnEndpointMustNotSend(int code) {
		assertThatIllegalArgumentException().isThrownBy(() -> new WebSocketException(code))
			.withMessageContaining(Integer.toString(code));
		assertThatIllegalArgumentException().isThrownBy(() -> new WebSocketException(code, "reason"));
	}

}
