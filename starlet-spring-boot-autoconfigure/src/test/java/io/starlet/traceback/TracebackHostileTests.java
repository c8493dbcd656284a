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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The traceback page under attack, over real servers: whatever an exception, a filter, a
 * session store or a client does, the client gets one whole 500, the error is in the log
 * once, nothing is leaked, and the server goes on.
 */
@OnEachServer
@Timeout(120)
class TracebackHostileTests {

	private static final String HTML = "Accept: text/html";

	private static TestApplication application;

	private static Endpoints endpoints;

	private LogCapture log;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.debug=true",
				"starlet.traceback.application-packages=io.starlet.traceback");
		endpoints = application.bean(Endpoints.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void startLog() {
		endpoints.reset();
		this.log = new LogCapture();
	}

	@AfterEach
	void stopLog() {
		endpoints.latch.countDown();
		this.log.close();
	}

	static Stream<String> hostileExceptions() {
		return Stream.of("getMessage", "toString", "getCause", "getStackTrace")
			.flatMap((method) -> Stream
				.of("throws", "asserts", "overflows", "linkage", "virtual-machine", "memory", "null")
				.map((deed) -> method + "/" + deed))
			// Reactor itself reads the stack trace, and goes no further
			.filter((deed) -> !deed.matches("getStackTrace/(virtual-machine|memory|null)"));
	}

	@ParameterizedTest
	@MethodSource("hostileExceptions")
	void exceptionWhoseMethodsFailHasItsPage(String deed) {
		assertPage("/hostile/" + deed, "TracebackHostileTests$HostileException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "cycle", "suppressed-cycle", "wrapper-cycle", "causes", "endless-causes", "suppressed",
			"huge-message", "deep-stack", "stack-overflow", "linkage", "memory", "error-response-throws",
			"error-response-overflows", "error-response-asserts", "error-response-null", "attributes" })
	void monstrousExceptionHasItsPage(String kind) {
		assertPage("/monster/" + kind, "monster");
	}

	private static void assertPage(String path, String content) {
		for (String accept : List.of(HTML, "Accept: */*")) {
			try (LogCapture own = new LogCapture(); RawHttpClient client = application.connect()) {
				RawHttpResponse response = client.send("GET", path, accept);
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.body()).contains(content).hasSizeLessThan(3_000_000);
				assertThat(response.header("Content-Type"))
					.startsWith(accept.equals(HTML) ? "text/html" : "text/plain");
				assertThat(response.whole()).isTrue();
				assertUsable(client);
				own.awaitOne(Level.ERROR);
				assertThat(own.of("io.starlet", Level.ERROR)).hasSize(1);
			}
		}
	}

	@Test
	void pageThatIsNotReadyInTimeIsAPlain500AndItsThreadIsInterrupted() throws Exception {
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(request(application, "/held"), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("Internal Server Error");
		Awaitility.await().untilAsserted(() -> assertThat(endpoints.interrupted).hasValue(1));
		ILoggingEvent event = this.log.awaitOne(Level.ERROR);
		assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).startsWith(HeldException.class.getName())
			.contains("Suppressed: java.util.concurrent.TimeoutException");
		assertThat(this.log.atLeast(Level.ERROR)).hasSize(1);
	}

	/** Tomcat and Jetty only look when they read or write. */
	@Test
	@Tag("reactor-netty")
	void clientThatLeavesWhileItsPageIsRenderedAddsNoErrorAndHoldsNoThread() {
		try (RawHttpClient client = application.connect()) {
			client.write("GET /held HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n");
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.waiting).hasValue(1));
			client.abort();
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.interrupted).hasValue(1));
		}
		assertThat(application.get("/ok").body()).isEqualTo("ok");
		assertThat(this.log.atLeast(Level.WARN)).hasSizeLessThanOrEqualTo(1)
			.allSatisfy((event) -> assertThat(event.getLoggerName()).startsWith("io.starlet"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/held", "/held-attribute" })
	void eventLoopsServeOthersWhilePagesAreRendered(String path) {
		List<RawHttpClient> clients = IntStream.range(0, 50).mapToObj((number) -> application.connect()).toList();
		try (RawHttpClient other = application.connect()) {
			clients.forEach((client) -> client
				.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"));
			Awaitility.await().untilAsserted(() -> assertThat(endpoints.waiting).hasPositiveValue());
			assertUsable(other);
			endpoints.latch.countDown();
			assertThat(clients).allSatisfy((client) -> {
				RawHttpResponse response = client.read("GET");
				assertThat(response.body()).startsWith("<!doctype html>").endsWith("</html>\n");
				assertUsable(client);
			});
		}
		finally {
			endpoints.latch.countDown();
			clients.forEach(RawHttpClient::close);
		}
	}

	@Test
	void pageIsAPlain500IfNoThreadTakesIt() {
		Schedulers.setFactory(new Schedulers.Factory() {

			@Override
			public Scheduler newBoundedElastic(int threads, int tasks, ThreadFactory threadFactory, int ttl) {
				return Schedulers.fromExecutor((task) -> {
					throw new RejectedExecutionException("full");
				});
			}

		});
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/error/1", HTML);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			assertUsable(client);
		}
		finally {
			Schedulers.resetFactory();
		}
		assertThat(ThrowableProxyUtil.asString(this.log.awaitOne(Level.ERROR).getThrowableProxy()))
			.contains("message-1-end")
			.contains("full");
	}

	@Test
	void aThousandPagesAtOnceAreEachWholeAndOfTheirOwnError() throws Exception {
		List<RawHttpResponse> responses = sendAll(100, 10);
		Map<String, String> logged = new HashMap<>();
		Awaitility.await().untilAsserted(() -> assertThat(this.log.atLeast(Level.ERROR)).hasSize(1000));
		this.log.atLeast(Level.ERROR).forEach((event) -> {
			String message = event.getFormattedMessage();
			logged.put(event.getThrowableProxy().getMessage(), message.substring(0, message.indexOf(' ')));
		});
		assertThat(logged).hasSize(1000);
		for (int number = 0; number < responses.size(); number++) {
			String message = "message-" + number + "-end";
			RawHttpResponse response = responses.get(number);
			assertThat(response.whole()).isTrue();
			ParsedPage page = ParsedPage.of(response.body());
			assertThat(page.errors()).isEmpty();
			assertThat(page.texts(".message")).containsOnly(message);
			assertThat(page.first(".log").wholeText()).isEqualTo(logged.get(message));
			assertThat(Pattern.compile("message-[0-9]+-end").matcher(response.body()).results())
				.allMatch((match) -> match.group().equals(message));
		}
	}

	/** Each connection asks for ten pages, half of the connections for all at once. */
	private static List<RawHttpResponse> sendAll(int connections, int requestsEach) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(connections);
		try {
			List<Future<List<RawHttpResponse>>> futures = IntStream.range(0, connections)
				.mapToObj((connection) -> executor.submit(() -> send(connection, requestsEach)))
				.toList();
			List<RawHttpResponse> responses = new ArrayList<>();
			for (Future<List<RawHttpResponse>> future : futures) {
				responses.addAll(future.get(60, TimeUnit.SECONDS));
			}
			return responses;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static List<RawHttpResponse> send(int connection, int requests) {
		List<String> paths = IntStream.range(connection * requests, (connection + 1) * requests)
			.mapToObj((number) -> "/error/" + number)
			.toList();
		try (RawHttpClient client = application.connect()) {
			if (connection % 2 == 0 || Server.CURRENT.endsConnectionAfter(500)) {
				return paths.stream().map((path) -> client.send("GET", path, HTML)).toList();
			}
			client.write(paths.stream()
				.map((path) -> "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + HTML + "\r\n\r\n")
				.collect(Collectors.joining()));
			return paths.stream().map((path) -> client.read("GET")).toList();
		}
	}

	static Stream<String> strangeAccepts() {
		return Stream.of("text/html;q=x", "text/html;q=0", "text/html;q=0.000", "text/html;q=NaN", "text/html;q=-1",
				",,,", "text/html, /", "TEXT/HTML;charset=\"", "*/*", "text/*", "application/xhtml+xml",
				"x".repeat(6000), "a/b,".repeat(100) + "text/html;q=x");
	}

	@ParameterizedTest
	@MethodSource("strangeAccepts")
	void acceptThatDoesNotAskForHtmlGetsText(String accept) {
		RawHttpResponse response = application.get("/error/1", "Accept: " + accept);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.body()).startsWith("java.lang.IllegalStateException: message-1-end\n");
	}

	@ParameterizedTest
	@MethodSource("types")
	void acceptThatAsksForHtmlAmongOthersGetsThePage(String accept) {
		assertThat(application.get("/error/1", "Accept: " + accept).body()).startsWith("<!doctype html>");
	}

	static Stream<String> types() {
		return Stream.of("a/b;q=0.1,".repeat(100) + "Text/HTML;level=1;q=0.001", "*/*, text/html;charset=utf-8");
	}

	@Test
	void headHasTheHeadersOfThePageWithoutItsBody() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse head = client.send("HEAD", "/head", HTML);
			assertThat(head.status()).isEqualTo(500);
			assertThat(head.headers()).containsEntry("Content-Type", "text/html;charset=UTF-8")
				.containsEntry("Cache-Control", "no-store")
				.containsKeys("Content-Length", "Content-Security-Policy");
			assertUsable(client);
		}
		RawHttpResponse get = application.get("/head", HTML);
		assertThat(get.body()).startsWith("<!doctype html>").endsWith("</html>\n");
		assertThat(get.whole()).isTrue();
	}

	@Test
	void responseThatHasStartedIsCutWithoutAPage() {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/late", HTML);
			assertThat(Server.CURRENT.hasCut(response, 200)).isTrue();
			assertThat(response.body()).isEqualTo(Server.CURRENT.cut("early"));
			assertThat(client.isClosedByServer()).isTrue();
		}
		this.log.awaitOne(Level.ERROR);
		assertThat(this.log.ofCutResponse(Level.WARN)).hasSize(1);
		assertThat(endpoints.calls).hasValue(0);
	}

	@Test
	void handledExceptionIsAnsweredAsWithoutDebug() {
		RawHttpResponse response = application.get("/teapot", HTML);
		assertThat(response.status()).isEqualTo(418);
		assertThat(response.body()).isEqualTo("short and stout");
		assertThat(response.headers()).doesNotContainKey("Content-Security-Policy");
	}

	@ParameterizedTest
	@ValueSource(strings = { "before", "after", "mutate" })
	void errorOfAFilterHasItsPage(String deed) {
		RawHttpResponse response = application.get("/teapot", HTML, "X-Deed: " + deed);
		if (deed.equals("after")) {
			assertThat(response.body()).isEqualTo("short and stout");
		}
		else {
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).contains("filter " + deed).contains("/teapot").endsWith("</html>\n");
		}
		this.log.awaitOne(Level.ERROR);
		assertThat(this.log.atLeast(Level.WARN)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "headers", "headers-before-commit" })
	void headersOfThePageAreItsOwnWhateverFiltersSet(String deed) {
		RawHttpResponse response = application.get("/error/1", HTML, "X-Deed: " + deed);
		assertThat(response.headers()).containsEntry("Cache-Control", "no-store")
			.containsEntry("Content-Security-Policy", HtmlTraceback.CONTENT_SECURITY_POLICY)
			.containsEntry("Content-Type", "text/html;charset=UTF-8")
			.containsEntry("X-Filter", "yes");
		assertThat(response.whole()).isTrue();
	}

	@Test
	void requestWhoseHeadersCannotBeReadHasItsText() {
		RawHttpResponse response = application.get("/unreadable", HTML);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).startsWith("java.lang.IllegalStateException: unreadable\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "fails", "never", "throws" })
	void sessionStoreThatDoesNotAnswerLeavesTheRestOfThePage(String id) {
		RawHttpResponse response = application.get("/error/1", HTML, "Cookie: SESSION=" + id);
		assertThat(response.body()).contains("message-1-end", "could not be read").endsWith("</html>\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/error/1", "/monster/error-response-throws", "/monster/linkage" })
	void pageDoesNotChangeTheErrorThatGoesOn(String path) {
		List<List<String>> seen = new ArrayList<>();
		try (TestApplication plain = TestApplication.start(App.class)) {
			for (TestApplication one : List.of(plain, application)) {
				one.bean(Endpoints.class).reset();
				one.get(path, HTML);
				Awaitility.await().untilAsserted(() -> assertThat(one.bean(Endpoints.class).seen).hasSize(1));
				Throwable error = one.bean(Endpoints.class).seen.get(0);
				assertThat(error.getStackTrace()).hasSizeGreaterThan(1);
				// Further frames depend on the thread, and on what the JVM has compiled
				seen.add(
						Stream
							.concat(Arrays.stream(error.getStackTrace()).limit(1),
									Arrays.stream(error.getSuppressed())
										.map((suppressed) -> suppressed.getClass().getName()))
							.map(String::valueOf)
							.toList());
			}
		}
		assertThat(seen.get(1)).isEqualTo(seen.get(0));
	}

	/** Jetty would need a library of its own for HTTP/2. */
	static Stream<HttpClient.Version> versions() {
		return Stream.of(HttpClient.Version.values())
			.filter((version) -> Server.CURRENT != Server.JETTY || version == HttpClient.Version.HTTP_1_1);
	}

	@ParameterizedTest
	@MethodSource("versions")
	void pageIsWholeOverBothVersionsOfHttpAndCompressed(HttpClient.Version version) throws Exception {
		try (TestApplication other = TestApplication.start(App.class, "starlet.debug=true",
				"server.compression.enabled=true", "server.http2.enabled=" + (version == HttpClient.Version.HTTP_2))) {
			HttpClient client = HttpClient.newBuilder().version(version).build();
			for (int round = 0; round < 3; round++) {
				HttpResponse<byte[]> response = client.send(request(other, "/error/1"),
						HttpResponse.BodyHandlers.ofByteArray());
				assertThat(response.version()).isEqualTo(version);
				assertThat(response.statusCode()).isEqualTo(500);
				byte[] page = response.body();
				// Jetty leaves it as it is
				if (Server.CURRENT != Server.JETTY) {
					assertThat(response.headers().map()).containsEntry("content-encoding", List.of("gzip"));
					page = new GZIPInputStream(new ByteArrayInputStream(page)).readAllBytes();
				}
				assertThat(new String(page, StandardCharsets.UTF_8)).startsWith("<!doctype html>")
					.endsWith("</html>\n");
			}
		}
	}

	private static HttpRequest request(TestApplication application, String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + application.port() + path))
			.header("Accept", "text/html")
			.header("Accept-Encoding", "gzip")
			.build();
	}

	private static void assertUsable(RawHttpClient client) {
		assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Endpoints.class)
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes(Endpoints endpoints) {
			return RouterFunctions.route()
				.GET("/ok", (request) -> ServerResponse.ok().bodyValue("ok"))
				.GET("/error/{number}",
						(request) -> Mono
							.error(new IllegalStateException("message-" + request.pathVariable("number") + "-end")))
				.GET("/head", (request) -> Mono.error(new IllegalStateException("head")))
				.HEAD("/head", (request) -> Mono.error(new IllegalStateException("head")))
				.GET("/teapot", (request) -> Mono.error(new HttpException(418, "short and stout")))
				.GET("/unreadable", (request) -> Mono.error(new IllegalStateException("unreadable")))
				.GET("/late", (request) -> ServerResponse.ok()
					.body(Flux.just("early").concatWith(Mono.error(new IllegalStateException("late"))), String.class))
				.GET("/held", (request) -> Mono.error(new HeldException(endpoints)))
				.GET("/held-attribute", (request) -> {
					request.attributes().put("held", Collections.unmodifiableSet(new HeldSet(endpoints)));
					return Mono.error(new IllegalStateException("held"));
				})
				.GET("/hostile/{method}/{deed}",
						(request) -> Mono
							.error(new HostileException(request.pathVariable("method"), request.pathVariable("deed"))))
				.GET("/monster/attributes", (request) -> {
					Map<String, Object> cyclic = new HashMap<>();
					cyclic.put("itself", cyclic);
					request.attributes().put("cyclic", cyclic);
					request.attributes().put("huge", "h".repeat(10_000_000));
					IntStream.range(0, 10_000)
						.forEach((number) -> request.attributes().put("many" + number, "password=" + number));
					return Mono.error(new IllegalStateException("monster"));
				})
				.GET("/monster/{kind}", (request) -> Mono.error(Monsters.monster(request.pathVariable("kind"))))
				.build();
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				HttpHeaders headers = exchange.getResponse().getHeaders();
				return switch (String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Deed"))) {
					case "before" -> throw new IllegalStateException("filter before");
					case "after" -> chain.filter(exchange).then(Mono.error(new IllegalStateException("filter after")));
					case "mutate" ->
						chain.filter(exchange.mutate().request((request) -> request.path("/error/1")).build())
							.onErrorMap((error) -> new IllegalStateException("filter mutate", error));
					case "headers" -> {
						setHeaders(headers);
						yield chain.filter(exchange);
					}
					case "headers-before-commit" -> {
						exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> setHeaders(headers)));
						yield chain.filter(exchange);
					}
					default -> chain.filter(exchange);
				};
			};
		}

		private static void setHeaders(HttpHeaders headers) {
			headers.set("Content-Security-Policy", "default-src *");
			headers.set("Cache-Control", "public, max-age=3600");
			headers.set("X-Filter", "yes");
		}

		@Bean
		@Order(0)
		WebExceptionHandler tracker(Endpoints endpoints) {
			return (exchange, error) -> {
				endpoints.seen.add(error);
				return Mono.error(error);
			};
		}

		@Bean
		HttpHandlerDecoratorFactory unreadable() {
			return (handler) -> (request, response) -> handler.handle(
					request.getPath().value().equals("/unreadable") ? new UnreadableRequest(request) : request,
					response);
		}

		@Bean
		WebSessionManager webSessionManager() {
			DefaultWebSessionManager manager = new DefaultWebSessionManager();
			manager.setSessionStore(new InMemoryWebSessionStore() {

				@Override
				public Mono<WebSession> retrieveSession(String id) {
					return switch (id) {
						case "fails" -> Mono.error(new IOException("store"));
						case "never" -> Mono.never();
						default -> throw new IllegalStateException("store");
					};
				}

			});
			return manager;
		}

	}

	static class Endpoints {

		final AtomicInteger calls = new AtomicInteger();

		final AtomicInteger waiting = new AtomicInteger();

		final AtomicInteger interrupted = new AtomicInteger();

		final List<Throwable> seen = new CopyOnWriteArrayList<>();

		volatile CountDownLatch latch = new CountDownLatch(1);

		@StatusHandler(500)
		String oops(Throwable error) {
			this.calls.incrementAndGet();
			return "oops";
		}

		void reset() {
			this.calls.set(0);
			this.waiting.set(0);
			this.interrupted.set(0);
			this.seen.clear();
			this.latch = new CountDownLatch(1);
		}

		void hold() {
			this.waiting.incrementAndGet();
			try {
				this.latch.await();
			}
			catch (InterruptedException ex) {
				this.interrupted.incrementAndGet();
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Holds what renders it, but neither the event loop nor the log. */
	static class HeldException extends RuntimeException {

		private final transient Endpoints endpoints;

		HeldException(Endpoints endpoints) {
			this.endpoints = endpoints;
		}

		@Override
		public String getMessage() {
			if (isRendering()) {
				this.endpoints.hold();
			}
			return "held";
		}

		static boolean isRendering() {
			return Thread.currentThread().getName().startsWith("boundedElastic");
		}

	}

	/** Holds whoever asks for its size. */
	static class HeldSet extends AbstractSet<String> {

		private final Endpoints endpoints;

		HeldSet(Endpoints endpoints) {
			this.endpoints = endpoints;
		}

		@Override
		public Iterator<String> iterator() {
			return Collections.emptyIterator();
		}

		@Override
		public int size() {
			this.endpoints.hold();
			return 0;
		}

	}

	static class UnreadableRequest extends ServerHttpRequestDecorator {

		UnreadableRequest(ServerHttpRequest request) {
			super(request);
		}

		@Override
		public HttpHeaders getHeaders() {
			if (HeldException.isRendering()) {
				throw new IllegalStateException("headers");
			}
			return super.getHeaders();
		}

	}

	static final class Monsters {

		private Monsters() {
		}

		static Throwable monster(String kind) {
			return switch (kind) {
				case "cycle" -> cycle(new IllegalStateException("monster"), new IllegalStateException("other"));
				case "wrapper-cycle" -> cycle(new Wrapper("monster"), new Wrapper("other"));
				case "suppressed-cycle" -> {
					Exception one = new Exception("monster");
					Exception other = new Exception("other");
					one.addSuppressed(other);
					other.addSuppressed(one);
					yield one;
				}
				case "causes" -> IntStream.range(0, 1000)
					.boxed()
					.reduce(new IllegalStateException("monster"),
							(cause, number) -> new IllegalStateException("cause " + number, cause),
							(one, other) -> one);
				case "endless-causes" -> new Endless();
				case "suppressed" -> {
					Exception one = new Exception("monster");
					IntStream.range(0, 1_000)
						.forEach((number) -> one.addSuppressed(new Exception("suppressed " + number)));
					yield one;
				}
				case "huge-message" -> new IllegalStateException("monster" + "m".repeat(2_000_000));
				case "deep-stack" -> {
					Exception one = new Exception("monster");
					StackTraceElement[] stack = new StackTraceElement[20_000];
					for (int i = 0; i < stack.length; i++) {
						stack[i] = new StackTraceElement("a.B", "m" + i, "B.java", i);
					}
					one.setStackTrace(stack);
					yield one;
				}
				case "stack-overflow" -> new StackOverflowError("monster");
				case "linkage" -> new NoClassDefFoundError("monster");
				case "memory" -> new OutOfMemoryError("monster");
				default -> new HostileErrorResponse(kind.substring("error-response-".length()));
			};
		}

		private static Throwable cycle(Throwable one, Throwable other) {
			one.initCause(other);
			other.initCause(one);
			return one;
		}

		@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
		static <T> @Nullable T perform(String deed) {
			return switch (deed) {
				case "throws" -> throw new IllegalStateException("hostile");
				case "asserts" -> throw new AssertionError("hostile");
				case "overflows" -> throw new StackOverflowError("hostile");
				case "linkage" -> throw new NoClassDefFoundError("hostile");
				case "virtual-machine" -> throw new InternalError("hostile");
				case "memory" -> throw new OutOfMemoryError("hostile");
				default -> null;
			};
		}

	}

	static class Wrapper extends CompletionException {

		Wrapper(String message) {
			super(message);
		}

	}

	@SuppressWarnings("UnsynchronizedOverridesSynchronized")
	static class Endless extends RuntimeException {

		Endless() {
			super("monster", null, false, false);
		}

		@Override
		public Throwable getCause() {
			return new Endless();
		}

	}

	@SuppressWarnings("NullAway")
	static class HostileException extends RuntimeException {

		private final String method;

		private final String deed;

		HostileException(String method, String deed) {
			this.method = method;
			this.deed = deed;
		}

		private <T> @Nullable T perform(String method, @Nullable T result) {
			return this.method.equals(method) ? Monsters.perform(this.deed) : result;
		}

		@Override
		public String getMessage() {
			return perform("getMessage", "hostile");
		}

		@Override
		public String toString() {
			return perform("toString", "hostile");
		}

		@Override
		public synchronized @Nullable Throwable getCause() {
			return perform("getCause", super.getCause());
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			return (this.method != null) ? perform("getStackTrace", super.getStackTrace()) : super.getStackTrace();
		}

	}

	static class HostileErrorResponse extends RuntimeException implements ErrorResponse {

		private final String deed;

		HostileErrorResponse(String deed) {
			super("monster");
			this.deed = deed;
		}

		@Override
		@SuppressWarnings("NullAway")
		public HttpStatusCode getStatusCode() {
			return Monsters.perform(this.deed);
		}

		@Override
		public ProblemDetail getBody() {
			return ProblemDetail.forStatus(409);
		}

	}

}
