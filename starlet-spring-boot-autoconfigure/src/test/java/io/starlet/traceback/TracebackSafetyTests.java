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
import java.util.Map;

import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.SpringVersion;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tracebacks are shown to nobody that they are not meant for, over real servers.
 */
@OnEachServer
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class TracebackSafetyTests {

	private static final String TRACEBACK = "TracebackSafetyTests$Endpoints.thrown";

	private static final String OTHER = "10.9.8.7";

	private static final String[] SPOOFED = { "X-Forwarded-For: " + OTHER, "Forwarded: for=" + OTHER,
			"X-Real-IP: " + OTHER };

	@ParameterizedTest
	@ValueSource(classes = { App.class, HandledApp.class })
	void withDebugOffNoDefaultResponseLeaksAnything(Class<?> configuration, CapturedOutput output) {
		try (TestApplication application = TestApplication.start(configuration)) {
			for (String accept : List.of("*/*", "text/html", "application/json")) {
				for (String path : List.of("/unknown", "/thrown", "/filter", "/conflict", "/status", "/post",
						"/typed/x", "/unreadable")) {
					for (String method : List.of("GET", "HEAD", "DELETE")) {
						leaksNothing(application, (client) -> client.send(method, path, "Accept: " + accept));
					}
				}
			}
			leaksNothing(application, (client) -> client.post("/post", "application/json", "{\"a\":"));
			leaksNothing(application, (client) -> client.post("/post", "application/json", "[\"hush\"]"));
			leaksNothing(application, (client) -> client.post("/post", "text/x-unknown", "hush"));
			leaksNothing(application, (client) -> client.post("/post", "not a media type", "hush"));
			leaksNothing(application, (client) -> client.send("GET", "/%zz"));
			leaksNothing(application, (client) -> client.send("GET", "/thrown", "Accept: not a media type"));
			leaksNothing(application, (client) -> client.send("BREW", "/thrown"));
			leaksNothing(application, (client) -> {
				client.write("hush\r\n\r\n");
				return client.read("GET");
			});
		}
		assertThat(output).doesNotContain("starlet.debug");
	}

	@Test
	void whatBootsErrorPropertiesAndParametersAskForIsNotTold() {
		try (TestApplication application = TestApplication.start(App.class,
				"spring.web.error.include-stacktrace=always", "spring.web.error.include-message=always",
				"spring.web.error.include-exception=true")) {
			for (String accept : List.of("*/*", "text/html", "application/json")) {
				leaksNothing(application,
						(client) -> client.send("GET", "/thrown?trace=true&message=true", "Accept: " + accept));
			}
		}
	}

	private static void leaksNothing(TestApplication application, Request request) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = request.send(client);
			assertThat(response.status()).isBetween(400, 599);
			assertThat(response.headers().keySet()).noneMatch((name) -> name.regionMatches(true, 0, "X-", 0, 2));
			assertThat(response.headers() + response.body()).doesNotContainIgnoringCase("exception", "hush", "starlet",
					"spring", "java", "reactor", "netty", "jackson", "stack", "\tat ", ".kt", "Endpoints", "tomcat",
					String.valueOf(SpringBootVersion.getVersion()), String.valueOf(SpringVersion.getVersion()),
					System.getProperty("java.version"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "prod", "production", "PROD", "Production", "other,prod" })
	void withAProductionProfileTracebacksStayOffAndOneLineSaysSo(String profiles, CapturedOutput output) {
		try (TestApplication application = TestApplication.start(HandledApp.class, "starlet.debug=true",
				"spring.profiles.active=" + profiles)) {
			assertThat(application.get("/thrown").body()).isEqualTo("sorry");
		}
		String profile = profiles.substring(profiles.indexOf(',') + 1);
		assertThat(output.toString().lines().filter((line) -> line.contains("starlet.debug"))).singleElement()
			.satisfies((line) -> assertThat(line).contains(" WARN ")
				.endsWith("starlet.debug is on, but so is the profile '" + profile
						+ "': nobody sees tracebacks. Remove starlet.debug=true or, if this is no production, "
						+ "set starlet.traceback.allow-in-production=true."));
	}

	@Test
	void withAProductionProfileByDefaultTracebacksStayOff() {
		try (TestApplication application = TestApplication.start(App.class, "starlet.debug=true",
				"spring.profiles.default=prod")) {
			assertThat(application.get("/thrown").body()).isEqualTo("Internal Server Error");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.profiles.active=prod", "spring.profiles.active=products,pre-production" })
	void tracebacksCanBeAllowedInProductionAndOneLineSaysSo(String profiles, CapturedOutput output) {
		try (TestApplication application = TestApplication.start(HandledApp.class, "starlet.debug=true", profiles,
				"starlet.traceback.allow-in-production=" + profiles.endsWith("=prod"))) {
			assertThat(application.get("/thrown").body()).contains(TRACEBACK);
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("starlet.debug"))).singleElement()
			.satisfies((line) -> assertThat(line).contains(" WARN ")
				.endsWith("starlet.debug is on: every client sees tracebacks, with source code and data of this "
						+ "application. Never set it in production; to turn it off, remove starlet.debug=true."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "framework", "native" })
	void addressIsThatOfTheSocketWhateverHeadersSay(String strategy) {
		try (TestApplication application = TestApplication.start(HandledApp.class, "starlet.debug=true",
				"server.forward-headers-strategy=" + strategy, "starlet.traceback.allowed-addresses=" + OTHER)) {
			assertThat(application.get("/remote", SPOOFED).body()).as("what the request believes")
				.isEqualTo(strategy.equals("none") ? "127.0.0.1" : OTHER);
			for (List<String> headers : List.of(List.<String>of(), List.of(SPOOFED))) {
				RawHttpResponse response = application.get("/thrown", headers.toArray(new String[0]));
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.body()).isEqualTo("sorry");
				assertThat(application.send("HEAD", "/thrown", headers.toArray(new String[0])).headers())
					.doesNotContainKey("Content-Security-Policy");
			}
		}
		try (TestApplication application = TestApplication.start(HandledApp.class, "starlet.debug=true",
				"server.forward-headers-strategy=" + strategy,
				"starlet.traceback.allowed-addresses=10.0.0.0/8, 127.0.0.0/8")) {
			assertThat(application.get("/thrown").body()).contains(TRACEBACK);
			assertThat(application.get("/thrown", SPOOFED).body()).contains(TRACEBACK);
		}
	}

	@Test
	void othersGetThePlain500WhereThereIsNoHandler(CapturedOutput output) {
		try (TestApplication application = TestApplication.start(App.class, "starlet.debug=true",
				"starlet.traceback.allowed-addresses[0]=10.0.0.0/8", "starlet.traceback.allowed-addresses[1]=::1")) {
			RawHttpResponse response = application.get("/thrown", "Accept: text/html");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
			assertThat(response.body()).isEqualTo("Internal Server Error");
		}
		assertThat(output).containsOnlyOnce("starlet.debug is on: every client from 10.0.0.0/8, ::1 sees tracebacks");
	}

	@ParameterizedTest
	@ValueSource(strings = { "starlet.traceback.editor=javascript:alert('{file}')",
			"starlet.traceback.allowed-addresses=localhost" })
	void invalidSettingStopsStartUpWithAnAnalysedFailure(String property, CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> TestApplication.start(App.class, "starlet.debug=true", property).close());
		String[] parts = property.split("=", 2);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '" + parts[1] + "' for configuration property '" + parts[0] + "'")
			.containsAnyOf("A browser would handle the scheme of this URL itself. Use the scheme",
					"'localhost' is not an IP address or range of addresses, and names are not looked up. Write");
	}

	/** One request. */
	private interface Request {

		RawHttpResponse send(RawHttpClient client);

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		WebFilter failing() {
			return (exchange, chain) -> {
				if (exchange.getRequest().getPath().value().equals("/filter")) {
					throw new IllegalStateException("hush");
				}
				return chain.filter(exchange);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ App.class, ServerErrorHandler.class })
	static class HandledApp {

	}

	static class ServerErrorHandler {

		@StatusHandler(500)
		String sorry(Throwable error) {
			return "sorry";
		}

		@StatusHandler(409)
		String failing() {
			throw new IllegalArgumentException("hush");
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/thrown")
		String thrown() {
			throw new IllegalStateException("hush", new IllegalArgumentException("hush"));
		}

		@GetMapping("/conflict")
		String conflict() {
			throw new HttpException(409, null, null, new IllegalStateException("hush"));
		}

		@GetMapping("/status")
		String status() {
			throw new HttpException(500);
		}

		@PostMapping(path = "/post", consumes = "application/json")
		String post(@RequestBody Map<String, Object> body) {
			return "posted";
		}

		@GetMapping("/typed/{number}")
		String typed(@PathVariable int number) {
			return "typed";
		}

		@GetMapping("/unreadable")
		Unreadable unreadable() {
			return new Unreadable();
		}

		@GetMapping("/remote")
		String remote(ServerHttpRequest request) {
			return (request.getRemoteAddress() != null) ? request.getRemoteAddress().getHostString() : "unknown";
		}

	}

	static class Unreadable {

		public String getSecret() {
			throw new IllegalStateException("hush");
		}

	}

}
