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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Security in an application without handlers for 401 and 403: what it answers is,
 * byte for byte, what it answers without Starlet.
 */
@Timeout(180)
class SecurityUnhandledTests {

	private static final String XHR = "X-Requested-With: XMLHttpRequest";

	private static final String ORIGIN = "Origin: https://friend.example";

	private static final String STRANGER = "Origin: https://stranger.example";

	private static final String PREFLIGHT = "Access-Control-Request-Method: GET";

	private static final String[] HANDSHAKE = { "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" };

	/** Each a request line and its headers. */
	private static final List<List<String>> REQUESTS = List.of(List.of("GET /private"),
			List.of("GET /private", "Accept: */*"), List.of("GET /private", "Accept: application/json"),
			List.of("GET /private", SecuredApplication.BROWSER), List.of("GET /private", XHR),
			List.of("GET /private", SecuredApplication.BROWSER, XHR), List.of("GET /private", "Accept: ;;;"),
			List.of("GET /private", SecuredApplication.BAD_BASIC), List.of("GET /private", "Authorization: Basic %%%"),
			List.of("GET /private", SecuredApplication.BASIC), List.of("HEAD /private"), List.of("OPTIONS /private"),
			List.of("HEAD /private", SecuredApplication.BROWSER), List.of("POST /private"),
			List.of("POST /private", SecuredApplication.BASIC), List.of("POST /login"), List.of("GET /login"),
			List.of("GET /admin"), List.of("GET /admin", SecuredApplication.BASIC),
			List.of("HEAD /admin", SecuredApplication.BASIC),
			List.of("GET /admin", SecuredApplication.BASIC, SecuredApplication.BROWSER), List.of("GET /open/mono"),
			List.of("GET /open/mono", SecuredApplication.BROWSER), List.of("GET /open/mono", SecuredApplication.BASIC),
			List.of("GET /open/flux"), List.of("GET /open/flux", SecuredApplication.BASIC),
			List.of("GET /open/service"), List.of("GET /open/service", SecuredApplication.BASIC),
			List.of("GET /open/service-flux"), List.of("GET /open/service-flux", SecuredApplication.BASIC),
			List.of("GET /open/functional"), List.of("GET /open/functional", SecuredApplication.BASIC),
			List.of("GET /open/functional-thrown"), List.of("GET /open/functional-thrown", SecuredApplication.BASIC),
			List.of("GET /open/authentication"), List.of("GET /open/denied-with-status"),
			List.of("GET /open/denied-with-status", SecuredApplication.BASIC),
			List.of("GET /open/authentication-with-status"), List.of("GET /open/parameters?a%01=b"),
			List.of("GET /open/header", "X-Name: \u00c9"), List.of("GET /private;a=b"), List.of("GET /open//private"),
			List.of("GET /bearer"), List.of("GET /bearer", "Authorization: Bearer bad"),
			List.of("GET /bearer", "Authorization: Bearer ~!"), List.of("GET /bearer", "Authorization: Bearer good"),
			List.of("GET /bearer/admin", "Authorization: Bearer good"),
			List.of("HEAD /bearer/admin", "Authorization: Bearer good"), List.of("POST /bearer"),
			List.of("GET /client/authorize"), List.of("OPTIONS /cors", ORIGIN, PREFLIGHT),
			List.of("OPTIONS /cors", STRANGER, PREFLIGHT), List.of("GET /cors", ORIGIN), List.of("GET /cors", STRANGER),
			List.of("GET /cors", ORIGIN, SecuredApplication.BASIC), List.of("GET /own/json"), List.of("HEAD /own/json"),
			List.of("GET /own/json/open"), List.of("GET /own/text"), List.of("GET /own/text", SecuredApplication.BASIC),
			List.of("GET /own/text/charset"), List.of("GET /own/entity"), List.of("GET /own/entity-bare"),
			List.of("GET /own/filter-text"), List.of("GET /own/filter-bare"), List.of("GET /own/filter-catches"),
			handshake("GET /ws"), handshake("GET /ws", SecuredApplication.BASIC));

	private static List<String> handshake(String requestLine, String... headers) {
		return Stream.of(new String[] { requestLine }, HANDSHAKE, headers).flatMap(Stream::of).toList();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			NoHandlers,
			NoHandlers, --spring.webflux.problemdetails.enabled=true
			NoHandlers, --starlet.filter-exceptions=error
			NoHandlers, --starlet.debug=true
			OtherHandlers,
			OtherHandlers, --starlet.status-pages.enabled=true
			""")
	void theAnswersAreThoseWithoutStarlet(String handlers, String property) {
		String[] properties = (property != null) ? new String[] { property.substring(2) } : new String[0];
		Class<?> configuration = handlers.equals("NoHandlers") ? SecuredApplication.class : OtherHandlers.class;
		Map<List<String>, String> without = answers(configuration, "starlet.enabled=false", properties);
		Map<List<String>, String> with = answers(configuration, "starlet.enabled=true", properties);
		assertThat(with).containsOnlyKeys(without.keySet());
		SoftAssertions.assertSoftly((softly) -> with
			.forEach((request, answer) -> softly.assertThat(answer).as("%s", request).isEqualTo(without.get(request))));
		assertThat(without.get(List.of("GET /private"))).startsWith("HTTP/1.1 401 ").contains("WWW-Authenticate: ");
	}

	private static Map<List<String>, String> answers(Class<?> configuration, String property, String... properties) {
		String[] all = Stream.of(new String[] { property }, properties).flatMap(Stream::of).toArray(String[]::new);
		try (TestApplication application = SecuredApplication.start(configuration, all)) {
			Map<List<String>, String> answers = new LinkedHashMap<>();
			for (List<String> request : REQUESTS) {
				String[] headers = request.subList(1, request.size()).toArray(new String[0]);
				answers.put(request, constant(RawConnection.send(application, request.get(0), headers)));
			}
			return answers;
		}
	}

	/** Without what is made up anew for each response. */
	static String constant(String response) {
		return response.replaceAll("SESSION=[^;]+", "SESSION=")
			.replaceAll("(state|code_challenge)=[^&\r]+", "$1=")
			.replaceAll("name=\"_csrf\"([^>]*)value=\"[^\"]+\"", "name=\"_csrf\"$1")
			.replaceAll("localhost:\\d+", "localhost");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ SecuredApplication.class, Errors.class })
	static class OtherHandlers {

	}

	static class Errors {

		@StatusHandler(404)
		String notFound() {
			return "Handled 404";
		}

		@StatusHandler(value = { 401, 403 }, paths = "/elsewhere/**")
		String refused() {
			return "Handled elsewhere";
		}

		@ExceptionHandlerFor(RuntimeException.class)
		String runtimeException() {
			return "Handled RuntimeException";
		}

		@ExceptionHandlerFor(HttpException.class)
		String httpException() {
			return "Handled HttpException";
		}

		@StatusHandler(500)
		String serverError() {
			return "Handled 500";
		}

	}

}
