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

import java.util.Map;

import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Security as Boot configures it, without a line of configuration by the
 * application but the name and password of the user.
 */
@Timeout(60)
class SecurityDefaultsTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = SecuredApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Accept: */*", "Accept: application/json", SecuredApplication.BAD_BASIC })
	void aClientOfTheApiIsAnsweredByTheHandlerOf401WithTheChallenge(String header) {
		assertThat(RawConnection.send(application, "GET /", header)).startsWith("HTTP/1.1 401 Unauthorized\r\n")
			.containsOnlyOnce("WWW-Authenticate: Basic realm=\"Realm\"")
			.contains("X-Content-Type-Options: nosniff\r\n")
			.endsWith("\r\n\r\n{\"handled\":401}");
	}

	@Test
	void aScriptInABrowserIsAnsweredByTheHandlerOf401WithoutAChallengeThatWouldOpenADialog() {
		assertThat(RawConnection.send(application, "GET /", "X-Requested-With: XMLHttpRequest"))
			.startsWith("HTTP/1.1 401 Unauthorized\r\n")
			.doesNotContain("WWW-Authenticate")
			.endsWith("\r\n\r\n{\"handled\":401}");
	}

	@Test
	void aBrowserIsRedirectedToTheLoginPage() {
		assertThat(RawConnection.send(application, "GET /", SecuredApplication.BROWSER))
			.startsWith("HTTP/1.1 302 Found\r\n")
			.contains("Location: /login\r\n")
			.endsWith("content-length: 0\r\n\r\n");
	}

	@Test
	void aFormWithoutACsrfTokenIsAnsweredByTheHandlerOf403() {
		assertThat(RawConnection.send(application, "POST /", SecuredApplication.BASIC, "Content-Length: 0"))
			.startsWith("HTTP/1.1 403 Forbidden\r\n")
			.endsWith("\r\n\r\n{\"handled\":403}");
	}

	@Test
	void theUserIsWelcome() {
		assertThat(RawConnection.send(application, "GET /", SecuredApplication.BASIC)).startsWith("HTTP/1.1 200 OK\r\n")
			.endsWith("\r\n\r\nWelcome");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Home.class, Errors.class })
	static class App {

	}

	@RestController
	static class Home {

		@GetMapping("/")
		String home() {
			return "Welcome";
		}

	}

	static class Errors {

		@StatusHandler({ 401, 403 })
		Map<String, ?> refused(HttpException ex) {
			return Map.of("handled", ex.getStatusCode().value());
		}

	}

}
