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

package io.starlet.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

import ch.qos.logback.classic.Level;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Actuator on a port, and so in a context, of its own: its errors are answered as all
 * others.
 */
@Timeout(60)
class ManagementServerTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(Server.REACTOR_NETTY, App.class, "management.server.port=0",
				"management.server.address=127.0.0.1", "management.endpoints.web.exposure.include=*");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void unknownRouteIsAnsweredByTheHandler() throws Exception {
		HttpResponse<String> response = get("/nope");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("{\"detail\":\"Not Found\"}");
	}

	@Test
	void endpointThatFailsIsAnsweredByTheServerErrorHandlerAndLoggedOnce() throws Exception {
		try (LogCapture log = new LogCapture()) {
			HttpResponse<String> response = get("/actuator/broken");
			assertThat(response.statusCode()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("{\"error\":\"broken\"}");
			log.awaitOne(Level.ERROR);
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	private static HttpResponse<String> get(String path) throws Exception {
		int port = application.bean(Environment.class).getRequiredProperty("local.management.port", Integer.class);
		assertThat(port).isNotEqualTo(application.port());
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
					BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Handlers.class, Broken.class })
	static class App {

	}

	static class Handlers {

		@StatusHandler(404)
		Map<String, Object> notFound(HttpException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@StatusHandler(500)
		Map<String, Object> oops(Throwable error) {
			return Map.of("error", String.valueOf(error.getMessage()));
		}

	}

	@Endpoint(id = "broken")
	static class Broken {

		@ReadOperation
		Mono<String> read() {
			return Mono.error(new IllegalStateException("broken"));
		}

	}

}
