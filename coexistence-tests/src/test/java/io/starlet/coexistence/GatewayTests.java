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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Spring Cloud Gateway: what an upstream answers is nobody's exception, what the gateway
 * and its filters raise is.
 */
@Timeout(60)
class GatewayTests {

	private static HttpServer upstream;

	private static ServerSocket rudeUpstream;

	private static TestApplication application;

	@BeforeAll
	static void start() throws IOException {
		upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		upstream.createContext("/", GatewayTests::answer);
		upstream.start();
		rudeUpstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		Thread thread = new Thread(GatewayTests::hangUp, "rude upstream");
		thread.setDaemon(true);
		thread.start();
		int unused;
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			unused = socket.getLocalPort();
		}
		application = TestApplication.start(Gateway.class, "spring.cloud.gateway.server.webflux.enabled=true",
				"upstream=http://127.0.0.1:" + upstream.getAddress().getPort(),
				"rude-upstream=http://127.0.0.1:" + rudeUpstream.getLocalPort(), "absent=http://127.0.0.1:" + unused);
	}

	@AfterAll
	static void stop() throws IOException {
		application.close();
		rudeUpstream.close();
		upstream.stop(0);
	}

	private static void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			int status = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
			byte[] body = "The upstream's own %d".formatted(status).getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "text/x-upstream");
			exchange.sendResponseHeaders(status, body.length);
			exchange.getResponseBody().write(body);
		}
	}

	/** Ends each connection without an answer, by a reset or within a response. */
	private static void hangUp() {
		while (true) {
			try (Socket socket = rudeUpstream.accept()) {
				byte[] request = new byte[4096];
				int length = socket.getInputStream().read(request);
				String start = new String(request, 0, Math.max(length, 0), StandardCharsets.UTF_8);
				if (start.startsWith("GET /reset")) {
					socket.setSoLinger(true, 0);
				}
				else if (start.startsWith("GET /stall")) {
					// Until the gateway gives up
					assertThat(socket.getInputStream().read()).isEqualTo(-1);
				}
				else if (start.startsWith("GET /cut")) {
					socket.getOutputStream()
						.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".getBytes(StandardCharsets.UTF_8));
				}
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "200", "404", "418", "500", "503" })
	void whatTheUpstreamAnswersIsPassedThroughUntouched(int status) {
		HttpResponse<String> response = application.get("/up/" + status);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).contains("text/x-upstream");
		assertThat(response.body()).isEqualTo("The upstream's own " + status);
		assertThat(application.takeErrors()).isEmpty();
	}

	@Test
	void aPathWithoutARouteIsAnsweredByTheStatusHandler() {
		HttpResponse<String> response = application.get("/nowhere");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("{\"handled\":\"Not Found\"}");
		assertThat(application.takeErrors()).isEmpty();
	}

	@Test
	void anExceptionOfAGatewayFilterIsAnsweredByItsHandler() {
		HttpResponse<String> response = application.get("/teapot");
		assertThat(response.statusCode()).isEqualTo(418);
		assertThat(response.body()).isEqualTo("{\"handled\":\"Tea only\"}");
		assertThat(application.takeErrors()).isEmpty();
	}

	@Test
	void anExceptionOfAGatewayFilterAfterTheUpstreamReplacesItsAnswer() {
		HttpResponse<String> response = application.get("/judge/200");
		assertThat(response.statusCode()).isEqualTo(418);
		assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
		assertThat(response.body()).isEqualTo("{\"handled\":\"Rejected\"}");
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/unresolvable, 503, Unable to find instance for unknown
			/rude/stall, 504, Response took longer than timeout: PT0.2S
			""")
	void aStatusThatTheGatewayRaisesItselfIsAnsweredByItsHandler(String path, int status, String detail) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEqualTo("{\"handled\":\"" + detail + "\"}");
		assertThat(application.takeErrors()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/absent", "/rude/close", "/rude/reset" })
	void anUpstreamThatDoesNotAnswerIsAnErrorThatIsAnsweredAndLoggedOnce(String path) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
		assertThat(application.takeErrors()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("500 Server Error")
				.contains("\"" + path + "\""));
	}

	@Test
	void anUpstreamThatIsCutInItsAnswerCutsTheResponse() {
		assertThatIllegalStateException().isThrownBy(() -> application.get("/rude/cut"))
			.withRootCauseInstanceOf(IOException.class);
		assertThat(application.takeErrors()).hasSize(1);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class Gateway {

		@Bean
		RouteLocator routes(RouteLocatorBuilder builder, @Value("${upstream}") String upstream,
				@Value("${rude-upstream}") String rudeUpstream, @Value("${absent}") String absent) {
			return builder.routes()
				.route((route) -> route.path("/up/**").filters((filters) -> filters.stripPrefix(1)).uri(upstream))
				.route((route) -> route.path("/judge/**")
					.filters((filters) -> filters.stripPrefix(1)
						.filter((exchange, chain) -> chain.filter(exchange)
							.then(Mono.error(() -> new HttpException(418, "Rejected"))), 0))
					.uri(upstream))
				.route((route) -> route.path("/teapot").filters((filters) -> filters.filter((exchange, chain) -> {
					throw new HttpException(418, "Tea only");
				})).uri(upstream))
				.route((route) -> route.path("/unresolvable").uri("lb://unknown"))
				.route((route) -> route.path("/absent").uri(absent))
				.route((route) -> route.path("/rude/stall")
					.filters((filters) -> filters.stripPrefix(1))
					.metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, 200)
					.uri(rudeUpstream))
				.route((route) -> route.path("/rude/**").filters((filters) -> filters.stripPrefix(1)).uri(rudeUpstream))
				.build();
		}

	}

	static class Handlers {

		@StatusHandler({ 404, 418, 503, 504 })
		Map<String, @Nullable String> handled(HttpException ex) {
			return Map.of("handled", ex.getDetail());
		}

	}

}
