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

package io.starlet.coexistence;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Kotlin: controllers, routes and handlers that are coroutines.
 */
@Timeout(60)
class KotlinTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(KotlinApplication.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@AfterEach
	void forget() {
		application.takeErrors();
	}

	@ParameterizedTest
	@CsvSource({ "/books/7, No book 7", "/at-once, At once", "/flow, Nothing flows", "/co/status, No route to it",
			"/nowhere, Not Found" })
	void anHttpExceptionOfACoroutineIsAnsweredByACoroutine(String path, String detail) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("{\"handled\":\"%s\",\"path\":\"%s\"}".formatted(detail, path));
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/dispatched, 409, Emma: later", "/co/delayed, 409, delayed: later",
			"/damaged, 410, page 7 for nobody", "/reserved, 423, ''", "/moved, 301, ''",
			"/lost, 410, lost because of null" })
	void anExceptionOfACoroutineIsAnsweredByTheHandlerOfItsClass(String path, int status, String body) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEqualTo(body);
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/error", "/co/error" })
	void anErrorOfACoroutineIsAnsweredByTheServerErrorHandlerAndLoggedOnce(String path) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("{\"oops\":\"of a coroutine\"}");
		assertThat(application.takeErrors()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage())
				.endsWith("500 Server Error for HTTP GET \"" + path + "\""));
	}

	@Test
	void anErrorWithinAFlowCutsTheResponse() {
		assertThatIllegalStateException().isThrownBy(() -> application.get("/flow-later"));
		assertThat(application.takeErrors()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "/flow-fine, onetwo", "/co/fine, fine" })
	void whatSucceedsIsLeftAlone(String path, String body) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(body);
	}

}
