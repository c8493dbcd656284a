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

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;

import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestInspector} and {@link ObservedExchange}.
 */
@OnEachServer
@Timeout(30)
class RequestInspectorTests {

	private static final BlockingQueue<RequestDetails> inspected = new LinkedBlockingQueue<>();

	private static final BlockingQueue<String> logPrefixes = new LinkedBlockingQueue<>();

	private static TestApplication application;

	private final RequestInspector inspector = new RequestInspector(new Redaction(List.of()));

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void forget() {
		inspected.clear();
		logPrefixes.clear();
	}

	@Test
	void theRequestIsDescribed() {
		RequestDetails details = get("/books/12/x?page=2&page=3&flag", "Accept: text/plain", "User-Agent: test");
		assertThat(details.requestLine()).isEqualTo("GET http://localhost/books/12/******?page=2&page=3&flag");
		assertThat(details.logPrefix()).isEqualTo(logPrefixes.remove()).startsWith("[").endsWith("]");
		assertThat(facts(details, "Request")).containsEntry("Method", List.of("GET"))
			.containsEntry("Handler", List.of(Endpoints.class.getName() + "#book(long, ServerWebExchange)"))
			.containsEntry("Pattern", List.of("/books/{id}/{accessToken}"))
			.hasEntrySatisfying("Remote address", (address) -> assertThat(address.get(0)).startsWith("127.0.0.1:"));
		assertThat(facts(details, "Path variables"))
			.isEqualTo(Map.of("id", List.of("12"), "accessToken", List.of("******")));
		assertThat(facts(details, "Query parameters")).containsEntry("page", List.of("2", "3"))
			.containsEntry("flag", List.of("null"));
		assertThat(facts(details, "Headers")).containsEntry("Accept", List.of("text/plain"))
			.containsEntry("User-Agent", List.of("test"));
		assertThat(facts(details, "Exchange attributes")).containsEntry("number", List.of("42"))
			.containsEntry("object", List.of(Loud.class.getName()))
			.containsEntry("list", List.of("java.util.ImmutableCollections$ListN (size 3)"))
			.allSatisfy((name, value) -> assertThat(name).doesNotStartWith("io.starlet."));
		assertThat(titles(details)).doesNotContain("Cookies", "Form parameters", "Session attributes");
	}

	@Test
	void aFunctionalEndpointIsDescribed() {
		RequestDetails details = get("/functional/7");
		assertThat(facts(details, "Request")).containsEntry("Pattern", List.of("/functional/{id}"))
			.hasEntrySatisfying("Handler", (handler) -> assertThat(handler.get(0)).startsWith(App.class.getName()));
		assertThat(facts(details, "Path variables")).containsEntry("id", List.of("7"));
	}

	@Test
	void whatHasNoHandlerIsDescribed() {
		RequestDetails details = get("/filter/fails?a=b");
		assertThat(details.requestLine()).isEqualTo("GET http://localhost/filter/fails?a=b");
		assertThat(facts(details, "Request")).doesNotContainKeys("Handler", "Pattern");
	}

	@Test
	void noSecretOfTheRequestIsShown() {
		String basic = Base64.getEncoder().encodeToString("joe:sentinel-basic".getBytes(StandardCharsets.UTF_8));
		RequestDetails details = get(
				"/books/1/sentinel-path?token=sentinel-query&pass%77ord=sentinel%20encoded%2B1"
						+ "&redirect=https%3A%2F%2Fx%3Ftoken%3Dsentinel-nested&echo=sentinel-cookie"
						+ "&callback=https://joe:sentinel-user@host/",
				"Authorization: Basic " + basic, "Proxy-Authorization: Bearer sentinel-proxy",
				"Cookie: theme=sentinel-cookie; other=sentinel%2Dcookie2", "X-Api-Key: sentinel-key",
				"Referer: https://localhost/?session=sentinel-referer&echo=sentinel-query",
				"X-Echo: sentinel-path sentinel-basic sentinel-attribute " + basic, "sentinel-cookie: x");
		assertNoSentinel(details);
		assertThat(details.requestLine())
			.contains("/books/1/******?token=******&password=******&redirect=https://x?token=******");
		assertThat(facts(details, "Cookies")).isEqualTo(Map.of("theme", List.of("******"), "other", List.of("******")));
		assertThat(facts(details, "Headers")).containsEntry("Cookie", List.of("******"))
			.containsEntry("Authorization", List.of("******"))
			.containsEntry("Proxy-Authorization", List.of("******"))
			.containsEntry("X-Echo", List.of("****** ****** ****** ******"));
		assertThat(details.redaction()
			.text("No user joe:sentinel-basic, sentinel encoded+1, sentinel+encoded%2B1, sentinel-cookie2"))
			.isEqualTo("No user ******, ******, ******, ******");
	}

	@Test
	void aShortSecretInThePathIsMaskedInTheUrl() {
		RequestDetails details = get("/books/1/a%C3%A9;v=1?x=1");
		assertThat(details.requestLine()).isEqualTo("GET http://localhost/books/1/******?x=1");
	}

	@Test
	void credentialsThatCannotBeDecodedLeaveTheRest() {
		RequestDetails details = get("/books/1/x", "Authorization: Basic sentinel-basic!", "X-Api-Key: sentinel-key",
				"X-Echo: sentinel-basic! sentinel-key");
		assertThat(facts(details, "Headers")).containsEntry("X-Echo", List.of("****** ******"));
	}

	@Test
	void aShortCookieIsMaskedWhereCookiesAre() {
		RequestDetails details = get("/books/1/x", "Cookie: lang=de");
		assertThat(facts(details, "Cookies")).isEqualTo(Map.of("lang", List.of("******")));
		assertThat(facts(details, "Headers")).containsEntry("Cookie", List.of("******"));
	}

	@Test
	void theSessionThatTheApplicationHasIsShown() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse first = client.send("GET", "/session/fill");
			String cookie = "Cookie: " + Objects.requireNonNull(first.header("Set-Cookie")).split(";", 2)[0];
			RequestDetails details = details(client.send("GET", "/session/fails", cookie));
			assertThat(facts(details, "Session attributes"))
				.isEqualTo(Map.of("user", List.of("joe"), "csrfToken", List.of("******"), "note",
						List.of("****** and https://******@host"), "cart", List.of(Loud.class.getName())));
			assertNoSentinel(details);
		}
	}

	@Test
	void theSessionThatTheApplicationDidNotAskForIsShownAndNotSaved() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse first = client.send("GET", "/session/fill");
			String cookie = "Cookie: " + Objects.requireNonNull(first.header("Set-Cookie")).split(";", 2)[0];
			RawHttpResponse response = client.send("GET", "/books/1/x", cookie);
			assertThat(facts(details(response), "Session attributes")).containsEntry("user", List.of("joe"));
			assertThat(response.header("Set-Cookie")).isNull();
		}
	}

	@Test
	void noSessionIsCreatedOrExpired() {
		int sessions = sessions();
		RawHttpResponse response = application.get("/books/1/x", "Cookie: SESSION=unknown-session");
		assertThat(titles(details(response))).doesNotContain("Session attributes");
		assertThat(response.header("Set-Cookie")).isNull();
		assertThat(sessions()).isEqualTo(sessions);
	}

	private static int sessions() {
		return ((InMemoryWebSessionStore) application.bean(DefaultWebSessionManager.class).getSessionStore())
			.getSessions()
			.size();
	}

	@Test
	void theNamesOfAFormThatTheApplicationReadAreShown() {
		try (RawHttpClient client = application.connect()) {
			RequestDetails details = details(client.post("/form", MediaType.APPLICATION_FORM_URLENCODED_VALUE,
					"user=sentinel-joe&password=sentinel+form&user=other"));
			assertThat(facts(details, "Form parameters"))
				.isEqualTo(Map.of("user", List.of("2 values, not shown"), "password", List.of("1 value, not shown")));
			assertNoSentinel(details);
			assertThat(details.redaction().text("Bad password sentinel form")).isEqualTo("Bad password ******");
		}
	}

	@Test
	void theNamesOfPartsThatTheApplicationReadAreShown() {
		try (RawHttpClient client = application.connect()) {
			RequestDetails details = details(client.post("/parts", "multipart/form-data; boundary=b", """
					--b
					Content-Disposition: form-data; name="secret"

					sentinel-part
					--b
					Content-Disposition: form-data; name="file"; filename="sentinel.txt"

					sentinel-file
					--b--
					""".replace("\n", "\r\n")));
			assertThat(facts(details, "Form parameters"))
				.isEqualTo(Map.of("secret", List.of("1 value, not shown"), "file", List.of("1 value, not shown")));
			assertNoSentinel(details);
			assertThat(details.redaction().text("Bad sentinel-part")).isEqualTo("Bad ******");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=b" })
	void theBodyIsNotRead(String contentType) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.post("/unread", contentType, "password=sentinel-body");
			assertThat(facts(details(response), "Form parameters")).containsOnlyKeys("Body");
			assertThat(response.body()).isEqualTo("password=sentinel-body");
			assertThat(client.send("GET", "/books/1/x").status()).isEqualTo(500);
		}
	}

	@Test
	void whatCannotBeReadIsSaidToBeSo() {
		ServerWebExchange broken = new ServerWebExchangeDecorator(
				MockServerWebExchange.from(MockServerHttpRequest.get("/x"))) {

			@Override
			public ServerHttpRequest getRequest() {
				throw new NoClassDefFoundError("sentinel");
			}

			@Override
			public String getLogPrefix() {
				throw new StackOverflowError("sentinel");
			}

		};
		RequestDetails details = inspect(broken);
		assertNoSentinel(details);
		assertThat(details.requestLine()).isEqualTo(
				"could not be read: java.lang.NoClassDefFoundError could not be read: java.lang.NoClassDefFoundError");
		assertThat(details.logPrefix()).isEqualTo("could not be read: java.lang.StackOverflowError");
		assertThat(titles(details)).contains("Headers", "Cookies", "Query parameters", "Form parameters");
		assertThat(text(details)).doesNotContain("Session");
	}

	@Test
	void attributesThatCannotBeReadLeaveTheRest() {
		ServerWebExchange broken = new ServerWebExchangeDecorator(
				MockServerWebExchange.from(MockServerHttpRequest.get("/x").header("A", "b"))) {

			@Override
			public Map<String, Object> getAttributes() {
				throw new IllegalStateException("sentinel");
			}

		};
		RequestDetails details = inspect(broken);
		assertThat(facts(details, "Headers")).containsEntry("A", List.of("b"));
		assertThat(facts(details, "Exchange attributes"))
			.isEqualTo(Map.of("", List.of("could not be read: java.lang.IllegalStateException")));
		assertNoSentinel(details);
	}

	@Test
	void everySingleMethodOfTheRequestMayFail() {
		ServerHttpRequest request = MockServerHttpRequest.post("/x")
			.contentType(MediaType.APPLICATION_FORM_URLENCODED)
			.build();
		ServerWebExchange broken = MockServerWebExchange.from(MockServerHttpRequest.get("/y"))
			.mutate()
			.request(new ServerHttpRequestDecorator(request) {

				@Override
				public URI getURI() {
					throw new IllegalStateException();
				}

				@Override
				public HttpHeaders getHeaders() {
					throw new IllegalStateException();
				}

				@Override
				public MultiValueMap<String, HttpCookie> getCookies() {
					throw new IllegalStateException();
				}

				@Override
				public HttpMethod getMethod() {
					return HttpMethod.PUT;
				}

			})
			.build();
		RequestDetails details = inspect(broken);
		assertThat(details.requestLine()).isEqualTo("PUT could not be read: java.lang.IllegalStateException");
		assertThat(facts(details, "Cookies")).hasSize(1);
	}

	@Test
	void objectsAreNotAsked() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/x"));
		exchange.getAttributes()
			.putAll(Map.of("object", new Loud(), "map", Map.of("a", new Loud()), "own-map", new LoudMap(), "array",
					new Object[] { new Loud() }, "date", LocalDate.of(2026, 1, 2), "type", Loud.class, "constant",
					HttpStatusLike.OK, "url", URI.create("https://joe:sentinel@host"), "text", "password=sentinel",
					"keys", 1));
		RequestDetails details = inspect(exchange);
		assertNoSentinel(details);
		assertThat(facts(details, "Exchange attributes")).containsEntry("object", List.of(Loud.class.getName()))
			.containsEntry("map", List.of("java.util.ImmutableCollections$Map1 (size 1)"))
			.containsEntry("own-map", List.of(LoudMap.class.getName()))
			.containsEntry("array", List.of("java.lang.Object[]"))
			.containsEntry("date", List.of("2026-01-02"))
			.containsEntry("type", List.of(Loud.class.getName()))
			.containsEntry("constant", List.of("OK"))
			.containsEntry("url", List.of("https://******@host"))
			.containsEntry("text", List.of("password=******"))
			.containsEntry("keys", List.of("******"));
	}

	@Test
	void sectionsAreBounded() {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/x");
		for (int i = 0; i < 5000; i++) {
			request.header("X-" + i + "-" + "n".repeat(300), "v".repeat(2000));
		}
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		exchange.getAttributes().put("huge", "😀".repeat(5_000_000));
		RequestDetails details = inspect(exchange);
		Map<String, List<String>> headers = facts(details, "Headers");
		assertThat(headers).hasSize(101).containsEntry("…", List.of("and 4900 more"));
		assertThat(headers.keySet()).allMatch((name) -> name.length() <= 201);
		assertThat(headers.values()).allMatch((values) -> values.get(0).length() <= 1001);
		assertThat(facts(details, "Exchange attributes")).hasEntrySatisfying("huge",
				(value) -> assertThat(value.get(0)).hasSizeLessThanOrEqualTo(1001).endsWith("😀…"));
	}

	@Test
	void aSessionStoreThatFailsDoesNotBreakThePage() {
		assertThat(facts(inspect(withStore(Mono.error(new IOException("sentinel")))), "Session attributes"))
			.isEqualTo(Map.of("Session", List.of("could not be read: java.io.IOException")));
		assertThat(facts(inspect(withStore(Mono.defer(() -> {
			throw new IllegalStateException("sentinel");
		}))), "Session attributes"))
			.isEqualTo(Map.of("Session", List.of("could not be read: java.lang.IllegalStateException")));
	}

	@Test
	void aSessionStoreThatNeverAnswersDoesNotHoldThePage() {
		assertThat(facts(inspect(withStore(Mono.never())), "Session attributes"))
			.isEqualTo(Map.of("Session", List.of("could not be read: java.util.concurrent.TimeoutException")));
	}

	@Test
	void aSessionThatTheApplicationAskedForInVainIsSaidToBeSo() {
		ServerWebExchange failing = ObservedExchange
			.observe(withSession(Mono.error(new IllegalStateException("sentinel"))));
		failing.getSession().onErrorComplete().block();
		assertThat(facts(inspect(failing), "Session attributes"))
			.isEqualTo(Map.of("Session", List.of("could not be read: java.lang.IllegalStateException")));
		ServerWebExchange silent = ObservedExchange.observe(withSession(Mono.never()));
		silent.getSession().subscribe().dispose();
		assertThat(facts(inspect(silent), "Session attributes"))
			.isEqualTo(Map.of("Session", List.of("could not be read: the store has not answered yet")));
	}

	@Test
	void anObserverSurvivesMutation() {
		ServerWebExchange exchange = ObservedExchange.observe(MockServerWebExchange
			.from(MockServerHttpRequest.post("/x").contentType(MediaType.APPLICATION_FORM_URLENCODED).body("name=x")));
		ServerWebExchange mutated = exchange.mutate().request((request) -> request.header("A", "b")).build();
		mutated.getFormData().block();
		assertThat(facts(inspect(exchange), "Form parameters")).containsOnlyKeys("name");
	}

	@Test
	void theDetailsDoNotTellTheirSecrets() {
		RequestDetails details = inspect(
				MockServerWebExchange.from(MockServerHttpRequest.get("/x").cookie(new HttpCookie("a", "sentinel"))));
		assertThat(details.toString()).doesNotContain("sentinel");
	}

	private static MockServerWebExchange withSession(Mono<WebSession> session) {
		return MockServerWebExchange.builder(MockServerHttpRequest.get("/x"))
			.sessionManager((exchange) -> session)
			.build();
	}

	private static ServerWebExchange withStore(Mono<WebSession> retrieved) {
		DefaultWebSessionManager manager = new DefaultWebSessionManager();
		manager.setSessionStore(new InMemoryWebSessionStore() {

			@Override
			public Mono<WebSession> retrieveSession(String id) {
				return retrieved;
			}

		});
		StaticApplicationContext context = new StaticApplicationContext();
		context.getBeanFactory().registerSingleton(WebHttpHandlerBuilder.WEB_SESSION_MANAGER_BEAN_NAME, manager);
		return MockServerWebExchange.builder(MockServerHttpRequest.get("/x").cookie(new HttpCookie("SESSION", "1")))
			.applicationContext(context)
			.build();
	}

	private static RequestDetails get(String path, String... headers) {
		return details(application.get(path, headers));
	}

	private static RequestDetails details(RawHttpResponse response) {
		assertThat(response.status()).isEqualTo(500);
		try {
			return Objects.requireNonNull(inspected.poll(10, TimeUnit.SECONDS));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private RequestDetails inspect(ServerWebExchange exchange) {
		return Objects.requireNonNull(this.inspector.inspect(exchange).block(Duration.ofSeconds(10)));
	}

	private static Set<String> titles(RequestDetails details) {
		return details.sections().stream().map(Section::title).collect(Collectors.toSet());
	}

	private static Map<String, List<String>> facts(RequestDetails details, String title) {
		assertThat(titles(details)).contains(title);
		return details.sections()
			.stream()
			.filter((section) -> section.title().equals(title))
			.flatMap((section) -> section.facts().stream())
			.collect(Collectors.groupingBy(Section.Fact::name,
					Collectors.mapping(Section.Fact::value, Collectors.toList())));
	}

	private static String text(RequestDetails details) {
		return details.requestLine() + details.logPrefix() + details.sections();
	}

	private static void assertNoSentinel(RequestDetails details) {
		String text = text(details);
		assertThat(text).doesNotContainIgnoringCase("sentinel");
		assertThat(URLDecoder.decode(text.replaceAll("%(?![0-9A-Fa-f]{2})", "%25"), StandardCharsets.UTF_8))
			.doesNotContainIgnoringCase("sentinel");
		assertThat(text).doesNotContain(URLEncoder.encode("sentinel", StandardCharsets.UTF_8));
	}

	/** What must not be asked for anything. */
	static class Loud {

		@Override
		public String toString() {
			throw new AssertionError("sentinel");
		}

	}

	/** A map that must not be asked for anything. */
	@SuppressWarnings("serial")
	static class LoudMap extends HashMap<String, String> {

		@Override
		public int size() {
			throw new AssertionError("sentinel");
		}

	}

	enum HttpStatusLike {

		OK {

			@Override
			public String toString() {
				throw new AssertionError("sentinel");
			}

		}

	}

	@Import({ Endpoints.class, InspectingFilter.class })
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.GET("/functional/{id}", (request) -> Mono.error(new IllegalStateException("functional")))
				.build();
		}

	}

	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class InspectingFilter implements WebFilter {

		private final RequestInspector inspector = new RequestInspector(new Redaction(List.of()));

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			logPrefixes.add(exchange.getLogPrefix().strip());
			ServerWebExchange observed = ObservedExchange.observe(exchange);
			Mono<Void> result = exchange.getRequest().getPath().value().startsWith("/filter/")
					? Mono.error(new IllegalStateException()) : chain.filter(observed);
			return result.onErrorResume((error) -> this.inspector.inspect(exchange).flatMap((details) -> {
				inspected.add(details);
				exchange.getResponse().setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
				Flux<DataBuffer> body = exchange.getRequest().getBody();
				return "/unread".equals(exchange.getRequest().getPath().value())
						? exchange.getResponse().writeWith(body) : exchange.getResponse().setComplete();
			}));
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/books/{id}/{accessToken}")
		String book(@PathVariable long id, ServerWebExchange exchange) {
			exchange.getAttributes()
				.putAll(Map.of("number", 42, "object", new Loud(), "list", List.of(1, 2, 3), "secretName",
						"sentinel-attribute", "text", "see https://x?key=sentinel-text and sentinel-query"));
			throw new IllegalStateException("book");
		}

		@GetMapping("/session/fill")
		String fill(WebSession session) {
			session.getAttributes()
				.putAll(Map.of("user", "joe", "csrfToken", "sentinel-csrf", "cart", new Loud(), "note",
						"sentinel-csrf and https://joe:sentinel@host"));
			return "filled";
		}

		@GetMapping("/session/fails")
		String fails(WebSession session) {
			throw new IllegalStateException("session");
		}

		@PostMapping("/form")
		Mono<String> form(ServerWebExchange exchange) {
			return exchange.getFormData().flatMap((form) -> Mono.error(new IllegalStateException("form")));
		}

		@PostMapping("/parts")
		Mono<String> parts(ServerWebExchange exchange) {
			return exchange.getMultipartData().flatMap((form) -> Mono.error(new IllegalStateException("parts")));
		}

		@PostMapping("/unread")
		String unread() {
			throw new IllegalStateException("unread");
		}

	}

}
