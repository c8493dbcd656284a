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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
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
			"/lost, 410, lost because of null", "/unpaid, 402, unpaid: Emma", "/limited, 429, configured" })
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
	void aCoroutineThatIsCancelledByItsTimeoutIsAnError() {
		HttpResponse<String> response = application.get("/timeout");
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).startsWith("{\"oops\":\"Timed out");
		assertThat(application.takeErrors()).hasSize(1);
	}

	@Test
	void aSessionIsClosedByACoroutine() {
		Frames frames = exchange("Emma");
		assertThat(frames.closed.join()).isEqualTo("4001 Emma");
		assertThat(frames.text).containsExactly("Emma is gone");
		assertThat(application.takeErrors()).isEmpty();
	}

	@Test
	void anErrorOfASessionsCoroutineClosesItWithoutAWord() {
		Frames frames = exchange("error");
		assertThat(frames.closed.join()).isEqualTo("1011 Internal Error");
		assertThat(frames.text).isEmpty();
		application.awaitIdle();
		assertThat(application.takeErrors()).singleElement()
			.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage()).isEqualTo("secret"));
	}

	private static Frames exchange(String text) {
		Frames frames = new Frames();
		HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create(application.uri("/ws").toString().replace("http:", "ws:")), frames)
			.thenCompose((webSocket) -> webSocket.sendText(text, true))
			.join();
		return frames;
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

	private static final class Frames implements WebSocket.Listener {

		private final List<String> text = new CopyOnWriteArrayList<>();

		private final CompletableFuture<String> closed = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.text.add(data.toString());
			webSocket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
			this.closed.complete(statusCode + " " + reason);
			return null;
		}

		@Override
		public void onError(WebSocket webSocket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

	}

}
