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
import java.util.Locale;

import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Secrets in every place that a traceback shows, each with a sentinel, in every format.
 */
@OnEachServer
@Timeout(60)
class TracebackRedactionTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.debug=true", "starlet.traceback.editor=vscode",
				"starlet.traceback.redacted-names=iban");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void noSecretIsOnThePageInItsMarkdownOrItsLinks() {
		RawHttpResponse response = get("text/html");
		assertThat(response.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
		Document page = Jsoup.parse(response.body());
		assertThat(page.select(".message").text())
			.contains("No answer from https://******@bank.example/a?api_key=******");
		assertThat(page.select(".root").text()).contains("Bad token ******");
		assertThat(page.select(".checkpoints").text()).contains("checkpoint ⇢ GET https://x/?access_token=******");
		assertThat(page.select("mark").eachText())
			.anyMatch((line) -> line.contains("new IllegalStateException(message, cause)"));
		assertThat(page.select("pre").text()).contains("String password = \"******\"");
		assertThat(page.select("textarea").text()).contains("Cookie: ******", "iban: ******", "apiKey: ******");
		assertThat(page.select("a[href^=vscode]")).isNotEmpty();
		assertNoSecret(response.body());
	}

	@Test
	void noSecretIsInThePlainText() {
		RawHttpResponse response = get("text/plain");
		assertThat(response.body()).contains("No answer from https://******@bank.example/a?api_key=******",
				"Observed at: checkpoint ⇢ GET https://x/?access_token=******", "Suppressed: ", "Caused by: ");
		assertNoSecret(response.body());
	}

	@Test
	void aSecretThatIsAWordOfTheCodeLeavesTheCodeAndTheHandlerAsTheyAre() {
		RawHttpResponse response = application.get("/reset/reset?token=error", "Accept: text/html",
				"Cookie: view=message; session=checkpoint");
		Document page = Jsoup.parse(response.body());
		assertThat(page.select("pre").text()).contains("reset(@PathVariable String token", "error(token)");
		assertThat(page.select("td").eachText()).contains("/reset/{token}")
			.anyMatch((value) -> value.contains("#reset("));
		assertThat(page.select(".message").text()).contains("Bad token ******");
	}

	private static RawHttpResponse get(String accept) {
		String credentials = Base64.getEncoder().encodeToString("joe:sentinel-basic".getBytes(StandardCharsets.UTF_8));
		RawHttpResponse response = application.get(
				"/reset/sentinel-path?iban=sentinel-query&pass%77ord=sentinel-encoded"
						+ "&next=https%3A%2F%2Fx%2F%3Ftoken%3Dsentinel-nested",
				"Accept: " + accept, "Authorization: Basic " + credentials, "Cookie: theme=sentinel-cookie; a=b",
				"X-Api-Key: sentinel-header", "Referer: https://joe:sentinel-user@x/?signature=sentinel-referer");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).doesNotContain(credentials);
		return response;
	}

	private static void assertNoSecret(String body) {
		assertThat(body.toLowerCase(Locale.ROOT)).doesNotContain("sentinel");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Resets.class)
	static class App {

	}

	@RestController
	static class Resets {

		@GetMapping("/reset/{token}")
		Mono<String> reset(@PathVariable String token, WebSession session, ServerWebExchange exchange) {
			session.getAttributes().put("apiKey", "sentinel-session");
			session.getAttributes().put("user", new User("sentinel-to-string"));
			exchange.getAttributes().put("credentials", "sentinel-attribute");
			return Mono.<String>error(() -> error(token)).checkpoint("GET https://x/?access_token=sentinel-checkpoint");
		}

		private static Throwable error(String token) {
			Throwable cause = new IllegalArgumentException("Bad token " + token);
			String message = "No answer from https://joe:sentinel-message@bank.example/a?api_key=sentinel-message";
			IllegalStateException error = new IllegalStateException(message, cause);
			error.addSuppressed(new IllegalStateException("{\"password\":\"sentinel-json\"}"));
			String password = "sentinel-source"; // secret=sentinel-comment
			throw fail(error, password);
		}

		private static RuntimeException fail(RuntimeException error, String password) {
			return (password.length() > 1) ? error : new IllegalArgumentException(password);
		}

	}

	record User(String password) {

	}

}
