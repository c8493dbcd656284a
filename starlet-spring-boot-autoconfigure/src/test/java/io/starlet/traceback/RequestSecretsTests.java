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

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.HttpCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each part of a request alone tells what is secret everywhere on the page.
 */
class RequestSecretsTests {

	private static final String SECRET = "s3cret0of1theirs";

	@ParameterizedTest
	@MethodSource
	void secretOfAPartOfTheRequestIsMaskedElsewhere(MockServerHttpRequest request) {
		assertThat(redaction(request, Map.of()).text("said " + SECRET + " here")).startsWith("said ")
			.endsWith(" here")
			.doesNotContain(SECRET);
	}

	static Stream<MockServerHttpRequest> secretOfAPartOfTheRequestIsMaskedElsewhere() {
		String basic = Base64.getEncoder().encodeToString(("user:" + SECRET).getBytes(StandardCharsets.UTF_8));
		return Stream.of(MockServerHttpRequest.get("/").header("X-Api-Key", SECRET).build(),
				MockServerHttpRequest.get("/").header("Authorization", "Bearer " + SECRET).build(),
				MockServerHttpRequest.get("/").header("Authorization", "Basic " + basic).build(),
				MockServerHttpRequest.get("/").header("Cookie", "theme=dark; id=" + SECRET).build(),
				MockServerHttpRequest.get("/").cookie(new HttpCookie("id", SECRET)).build(),
				MockServerHttpRequest.get("/?token=" + SECRET).build(),
				MockServerHttpRequest.get("http://" + SECRET + "@localhost/").build(),
				MockServerHttpRequest.get("http://user:" + SECRET + "@localhost/").build());
	}

	@Test
	void secretOfThePathIsMaskedElsewhere() {
		assertThat(redaction(MockServerHttpRequest.get("/").build(), Map.of("token", SECRET)).text("said " + SECRET))
			.doesNotContain(SECRET);
	}

	@Test
	void wordOfACookieIsMaskedElsewhereOnlyIfItsNameTellsOfASecret() {
		MockServerHttpRequest request = MockServerHttpRequest.get("/")
			.cookie(new HttpCookie("theme", "darkgreen"), new HttpCookie("token", "lightgreen"))
			.build();
		assertThat(redaction(request, Map.of()).text("darkgreen, lightgreen")).startsWith("darkgreen, ")
			.doesNotContain("lightgreen");
	}

	private static Redaction redaction(MockServerHttpRequest request, Map<String, String> pathVariables) {
		return new RequestSecrets(new Redaction(List.of())).redaction(MockServerWebExchange.from(request),
				pathVariables, null);
	}

}
