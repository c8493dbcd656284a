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

package io.starlet.invocation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.reactive.result.view.View;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler method returns, over a real server. Every status here is raised with a
 * {@code Retry-After} header, and with content headers that describe its own detail.
 */
@OnEachServer
@Timeout(60)
class ReturnValueTests {

	private static final String JSON = "application/json";

	private static final String TEXT = "text/plain;charset=UTF-8";

	private static final String BYTES = "application/octet-stream";

	private static final String PROBLEM = "application/problem+json";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			record | application/json          | {"code":7}
			map    | application/json          | {"code":7}
			list   | application/json          | [7,8]
			string | text/plain;charset=UTF-8  | söven
			bytes  | application/octet-stream  | seven
			view   | text/plain;charset=UTF-8  | viewed
			""")
	void aBodyValueIsSentWithTheExceptionsStatusAndHeaders(String value, String contentType, String body) {
		for (String declared : List.of("object", "mono", "stage", "object-mono", "object-stage")) {
			RawHttpResponse response = application.get("/503/" + declared + "?value=" + value);
			assertThat(response.status()).as(declared).isEqualTo(503);
			assertThat(response.body()).as(declared).isEqualTo(body);
			assertThat(response.header("Content-Type")).as(declared).isEqualTo(contentType);
			assertThat(response.header("Retry-After")).as(declared).isEqualTo("120");
			assertThat(response.headers()).as(declared).doesNotContainKeys("Content-Language", "Content-Encoding");
		}
	}

	@Test
	void declaredTypesAreWrittenAsWell() {
		assertAnswer(601, JSON, "{\"code\":7}");
		assertAnswer(602, JSON, "{\"code\":7}");
		assertAnswer(603, TEXT, "söven");
		assertAnswer(604, BYTES, "seven");
		assertAnswer(605, JSON, "{\"code\":7}");
		assertAnswer(606, TEXT, "söven");
		assertAnswer(607, JSON, "{\"code\":7}");
		assertAnswer(608, JSON, "[{\"code\":7}]");
		assertAnswer(609, JSON, "[{\"code\":7},{\"code\":8}]");
		assertAnswer(610, TEXT, "onetwo");
		assertAnswer(611, BYTES, "onetwo");
	}

	@Test
	void aProblemDetailIsSentWithTheExceptionsStatusAndHeaders() {
		for (String path : List.of("/612", "/613", "/503/object?value=problem", "/503/mono?value=problem")) {
			RawHttpResponse response = application.get(path);
			assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(1, 4)));
			assertThat(response.header("Content-Type")).isEqualTo(PROBLEM);
			assertThat(response.header("Retry-After")).isEqualTo("120");
			assertThat(response.body()).contains("\"detail\":\"söven\"");
		}
	}

	@Test
	void aViewIsRenderedWithTheExceptionsStatusAndHeaders() {
		for (String path : List.of("/614", "/615", "/616", "/503/object?value=rendering", "/503/mono?value=rendering",
				"/503/stage?value=rendering", "/503/object-mono?value=rendering")) {
			RawHttpResponse response = application.get(path);
			assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(1, 4)));
			assertThat(response.header("Content-Type")).startsWith("text/html");
			assertThat(response.header("Retry-After")).isEqualTo("120");
			assertThat(response.header("Content-Language")).isNotEqualTo("tlh");
			assertThat(response.body()).contains("<p>söven</p>");
		}
	}

	@Test
	void aRenderingMaySetTheStatusAndRedirect() {
		assertThat(application.get("/617").status()).isEqualTo(410);
		RawHttpResponse response = application.get("/618");
		assertThat(response.status()).isEqualTo(303);
		assertThat(response.header("Location")).isEqualTo("/elsewhere");
	}

	@ParameterizedTest
	@ValueSource(strings = { "object", "mono", "stage", "object-mono", "object-stage" })
	void responseEntitiesAndServerResponsesDecideEverythingThemselves(String declared) {
		for (String value : List.of("entity", "server-response", "error-response")) {
			RawHttpResponse response = application.get("/503/" + declared + "?value=" + value);
			assertThat(response.status()).as(value).isEqualTo(409);
			assertThat(response.header("X-Own")).as(value).isEqualTo("yes");
			assertThat(response.headers()).as(value).doesNotContainKeys("Retry-After", "Content-Language");
			assertThat(response.body()).as(value).contains("\"code\":7");
		}
		RawHttpResponse empty = application.get("/503/" + declared + "?value=empty-entity");
		assertThat(empty.status()).isEqualTo(200);
		assertThat(empty.body()).isEmpty();
	}

	@Test
	void declaredEntitiesAndServerResponsesDecideEverythingThemselvesAsWell() {
		for (int status : List.of(621, 622, 623, 624, 625, 626, 627)) {
			RawHttpResponse response = application.get("/" + status);
			assertThat(response.status()).as("" + status).isEqualTo(409);
			assertThat(response.body()).as("" + status).contains("\"code\":7");
			assertThat(response.headers()).as("" + status).doesNotContainKeys("Retry-After", "Content-Language");
		}
	}

	@Test
	void anHttpEntityHasHeadersButNoStatusOfItsOwn() {
		for (String declared : List.of("object", "mono", "stage", "object-mono")) {
			RawHttpResponse response = application.get("/503/" + declared + "?value=http-entity");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.header("X-Own")).isEqualTo("yes");
			assertThat(response.body()).isEqualTo("{\"code\":7}");
			response = application.get("/503/" + declared + "?value=headers");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.header("X-Own")).isEqualTo("yes");
			assertThat(response.body()).isEmpty();
		}
	}

	@Test
	void aStatusOnTheMethodReplacesTheExceptions() {
		RawHttpResponse response = application.get("/628");
		assertThat(response.status()).isEqualTo(410);
		assertThat(response.body()).isEqualTo("{\"code\":7}");
		assertThat(application.get("/629").status()).isEqualTo(410);
		assertThat(application.get("/629").body()).isEmpty();
		assertThat(application.get("/error/GoneException").status()).isEqualTo(410);
		assertThat(application.get("/error/GoneException").body()).isEmpty();
	}

	@Test
	void resultHandlersOfTheApplicationWriteTheirOwnTypes() {
		for (String path : List.of("/630", "/631", "/503/object?value=money")) {
			RawHttpResponse response = application.get(path);
			assertThat(response.status()).as(path).isEqualTo(Integer.parseInt(path.substring(1, 4)));
			assertThat(response.body()).as(path).isEqualTo("EUR 5");
		}
	}

	@ParameterizedTest
	@CsvSource({ "204, object, map", "204, mono, map", "204, object, string", "304, object, bytes",
			"304, stage, record", "204, object, problem", "304, mono, problem", "204, object, rendering",
			"304, mono, rendering", "204, object, view", "204, object, flux", "205, object, map",
			"304, object, http-entity", "204, object, http-entity", "204, object, entity-204",
			"304, object, server-response-304" })
	void aStatusWithoutBodyIsSentWithoutTheBodyValue(int status, String declared, String value) {
		try (RawHttpClient client = application.connect()) {
			client.write("GET /%d/%s?value=%s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(status, declared, value));
			RawHttpResponse response = client.read("GET");
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEmpty();
			assertThat(response.header("Transfer-Encoding")).isNull();
			if (Set.of("map", "string", "bytes", "record", "flux").contains(value)) {
				assertThat(response.header("Content-Type")).as("not even written").isNull();
			}
			RawHttpResponse next = client.send("GET", "/ok");
			assertThat(next.status()).as("nothing is left in the connection").isEqualTo(200);
			assertThat(next.body()).isEqualTo("ok");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "void", "null", "mono-void", "empty-mono", "null-mono", "null-stage", "empty-stage",
			"empty-flux", "handler-empty", "handler-null" })
	void aHandlerThatReturnsNothingLeavesTheExceptionsStatusWithoutABody(String nothing) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/nothing/" + nothing);
			assertThat(response.status())
				.isEqualTo(Nothing.valueOf(nothing.replace('-', '_').toUpperCase(Locale.ROOT)).status);
			assertThat(response.body()).isEmpty();
			assertThat(response.header("Content-Language")).isNull();
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	@ParameterizedTest
	@CsvSource({ "VoidException, #nothing", "NullException, #nullValue", "EmptyException, #empty",
			"MonoVoidException, #monoVoid", "NullMonoException, #nullMono", "EmptyHandlerException, emptyHandler",
			"NullHandlerException, nullHandler" })
	void aHandlerThatReturnsNothingForAnErrorIsAServerErrorThatNamesTheHandler(String exception, String handler) {
		try (LogCapture log = new LogCapture()) {
			RawHttpResponse response = application.get("/error/" + exception);
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("Internal Server Error");
			ILoggingEvent event = log.awaitOne(Level.ERROR);
			assertThat(event.getThrowableProxy().getClassName()).isEqualTo(IllegalStateException.class.getName());
			assertThat(event.getThrowableProxy().getMessage()).contains(handler, exception);
			assertThat(event.getThrowableProxy().getCause().getClassName()).endsWith(exception);
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	@Test
	void aHandlerThatReturnsNothingForAnErrorButSetsAStatusHasAnswered() {
		RawHttpResponse response = application.get("/error/StatusSetException");
		assertThat(response.status()).isEqualTo(422);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void aBodyForAnErrorWithoutStatusIsA500() {
		RawHttpResponse response = application.get("/error/BodyException");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("{\"code\":7}");
		response = application.get("/error/ViewException");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).contains("<p>söven</p>");
	}

	@Test
	void aProblemDetailForAnErrorWithoutStatusHasItsOwn() {
		RawHttpResponse response = application.get("/error/ProblemException");
		assertThat(response.status()).isEqualTo(422);
		assertThat(response.header("Content-Type")).isEqualTo(PROBLEM);
		assertThat(response.body()).contains("\"status\":422", "\"instance\":\"/error/ProblemException\"");
	}

	@ParameterizedTest
	@ValueSource(ints = { 640, 641, 642, 643 })
	void aHandlerThatWritesTheResponseItselfAndReturnsAValueIsAnsweredOnce(int status) {
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			RawHttpResponse response = client.send("GET", "/" + status);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo("written");
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void aHandlerIsSubscribedToOnce() {
		AtomicInteger subscriptions = application.bean(Handlers.class).subscriptions;
		subscriptions.set(0);
		assertThat(application.get("/644").body()).isEqualTo("counted");
		assertThat(subscriptions).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/601", "/603", "/606", "/608", "/612", "/614", "/621", "/627", "/628",
			"/503/object?value=headers", "/nothing/void", "/error/VoidException", "/error/BodyException" })
	void headGetsTheSameStatusAndHeadersWithoutABody(String path) {
		try (RawHttpClient client = application.connect()) {
			RawHttpResponse get = client.send("GET", path);
			RawHttpResponse head = client.send("HEAD", path);
			assertThat(head.status()).isEqualTo(get.status());
			assertThat(withoutFraming(head)).isEqualTo(withoutFraming(get));
			assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
		}
	}

	private static Map<String, String> withoutFraming(RawHttpResponse response) {
		Map<String, String> headers = new TreeMap<>(response.headers());
		headers.keySet()
			.removeAll(List.of("Content-Length", "content-length", "transfer-encoding", "Transfer-Encoding"));
		return headers;
	}

	private static void assertAnswer(int status, String contentType, String body) {
		RawHttpResponse response = application.get("/" + status);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).as("" + status).isEqualTo(body);
		assertThat(response.header("Content-Type")).as("" + status).isEqualTo(contentType);
		assertThat(response.header("Retry-After")).as("" + status).isEqualTo("120");
		assertThat(response.headers()).as("" + status).doesNotContainKeys("Content-Language", "Content-Encoding");
	}

	enum Nothing {

		VOID(651), NULL(652), MONO_VOID(653), EMPTY_MONO(654), NULL_MONO(655), NULL_STAGE(656), EMPTY_STAGE(657),
		EMPTY_FLUX(658), HANDLER_EMPTY(659), HANDLER_NULL(660);

		final int status;

		Nothing(int status) {
			this.status = status;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class, DynamicHandlers.class, ErrorHandlers.class, MoneyResultHandler.class })
	static class App {

		@Bean
		@ExceptionHandlerFor
		HttpExceptionHandler<EmptyHandlerException> emptyHandler() {
			return (request, ex) -> Mono.empty();
		}

		@Bean
		@ExceptionHandlerFor
		NullHandler nullHandler() {
			return new NullHandler();
		}

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(659, (request, ex) -> Mono.empty())
				.status(660, ReturnValueTests::nullMono);
		}

	}

	@SuppressWarnings({ "NullAway", "unused" })
	private static Mono<ServerResponse> nullMono(ServerRequest request, Throwable ex) {
		return null;
	}

	static class NullHandler implements HttpExceptionHandler<NullHandlerException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, NullHandlerException ex) {
			return nullMono(request, ex);
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/{status:\\d+}")
		Mono<String> fail(@PathVariable int status) {
			return Mono.error(new HttpException(status, "détail", headers()));
		}

		@GetMapping("/{status:\\d+}/{declared}")
		Mono<String> fail(@PathVariable int status, @PathVariable String declared) {
			return Mono.error(switch (declared) {
				case "object" -> new ObjectException(status);
				case "mono" -> new MonoException(status);
				case "stage" -> new StageException(status);
				case "object-mono" -> new ObjectMonoException(status);
				case "object-stage" -> new ObjectStageException(status);
				default -> new IllegalArgumentException(declared);
			});
		}

		@GetMapping("/nothing/{nothing}")
		Mono<String> nothing(@PathVariable String nothing) {
			int status = Nothing.valueOf(nothing.replace('-', '_').toUpperCase(Locale.ROOT)).status;
			return Mono.error(new HttpException(status, "détail", headers()));
		}

		@GetMapping("/error/{name}")
		String error(@PathVariable String name) throws Exception {
			throw Class.forName(ReturnValueTests.class.getName() + "$" + name)
				.asSubclass(Exception.class)
				.getDeclaredConstructor()
				.newInstance();
		}

	}

	private static HttpHeaders headers() {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, "120");
		headers.set(HttpHeaders.CONTENT_TYPE, "text/csv");
		headers.set(HttpHeaders.CONTENT_LANGUAGE, "tlh");
		headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
		headers.setContentLength(9999);
		return headers;
	}

	static Object value(String name) {
		return switch (name) {
			case "record" -> new Code(7);
			case "map" -> Map.of("code", 7);
			case "list" -> List.of(7, 8);
			case "string" -> "söven";
			case "bytes" -> "seven".getBytes(StandardCharsets.UTF_8);
			case "view" -> new TextView();
			case "flux" -> Flux.just("one", "two");
			case "problem" -> ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "söven");
			case "rendering" -> Rendering.view("detail").modelAttribute("detail", "söven").build();
			case "entity" -> ResponseEntity.status(409).header("X-Own", "yes").body(new Code(7));
			case "empty-entity" -> ResponseEntity.ok().build();
			case "entity-204" -> ResponseEntity.status(204).body(new Code(7));
			case "http-entity" -> new HttpEntity<>(new Code(7), own());
			case "headers" -> own();
			case "error-response" -> new HttpExceptionWithCode(own());
			case "server-response" -> response(409);
			case "server-response-304" -> response(304);
			case "money" -> new Money(5);
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static HttpHeaders own() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("X-Own", "yes");
		return headers;
	}

	/** Built without a thread that waits. */
	private static ServerResponse response(int status) {
		return CompletableFuture.completedFuture(status)
			.thenCompose((value) -> ServerResponse.status(value)
				.header("X-Own", "yes")
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(new Code(7))
				.toFuture())
			.join();
	}

	/** Declared as what tells nothing, so that the value alone decides. */
	static class DynamicHandlers {

		@ExceptionHandlerFor
		Object object(ObjectException ex, @RequestParam String value) {
			return value(value);
		}

		@ExceptionHandlerFor
		Mono<?> mono(MonoException ex, @RequestParam String value) {
			return Mono.fromCallable(() -> value(value));
		}

		@ExceptionHandlerFor
		CompletionStage<?> stage(StageException ex, @RequestParam String value) {
			return CompletableFuture.completedFuture(value(value));
		}

		@ExceptionHandlerFor
		Object objectMono(ObjectMonoException ex, @RequestParam String value) {
			return Mono.fromCallable(() -> value(value));
		}

		@ExceptionHandlerFor
		@SuppressWarnings("FutureReturnValueIgnored")
		Object objectStage(ObjectStageException ex, @RequestParam String value) {
			return CompletableFuture.completedFuture(value(value));
		}

	}

	static class Handlers {

		final AtomicInteger subscriptions = new AtomicInteger();

		@StatusHandler(601)
		Code record() {
			return new Code(7);
		}

		@StatusHandler(602)
		Map<String, Object> map() {
			return Map.of("code", 7);
		}

		@StatusHandler(603)
		String string() {
			return "söven";
		}

		@StatusHandler(604)
		byte[] bytes() {
			return "seven".getBytes(StandardCharsets.UTF_8);
		}

		@StatusHandler(605)
		Mono<Code> recordMono() {
			return Mono.just(new Code(7));
		}

		@StatusHandler(606)
		Mono<String> stringMono() {
			return Mono.just("söven");
		}

		@StatusHandler(607)
		CompletableFuture<Code> recordFuture() {
			return CompletableFuture.completedFuture(new Code(7));
		}

		@StatusHandler(608)
		Mono<List<Code>> listMono() {
			return Mono.just(List.of(new Code(7)));
		}

		@StatusHandler(609)
		Flux<Code> flux() {
			return Flux.just(new Code(7), new Code(8));
		}

		@StatusHandler(610)
		Flux<String> stringFlux() {
			return Flux.just("one", "two");
		}

		@StatusHandler(611)
		Publisher<DataBuffer> bufferFlux(ServerWebExchange exchange) {
			return Flux.just("one", "two")
				.map((text) -> exchange.getResponse().bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)));
		}

		@StatusHandler(612)
		ProblemDetail problem() {
			return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "söven");
		}

		@StatusHandler(613)
		Mono<ProblemDetail> problemMono() {
			return Mono.just(problem());
		}

		@StatusHandler(614)
		Rendering rendering() {
			return Rendering.view("detail").modelAttribute("detail", "söven").build();
		}

		@StatusHandler(615)
		Mono<Rendering> renderingMono() {
			return Mono.just(rendering());
		}

		@StatusHandler(616)
		CompletionStage<Rendering> renderingStage() {
			return CompletableFuture.completedFuture(rendering());
		}

		@StatusHandler(617)
		Rendering renderingWithStatus() {
			return Rendering.view("detail").modelAttribute("detail", "söven").status(HttpStatus.GONE).build();
		}

		@StatusHandler(618)
		Rendering redirect() {
			return Rendering.redirectTo("/elsewhere").build();
		}

		@StatusHandler(621)
		ResponseEntity<Code> entity() {
			return ResponseEntity.status(409).body(new Code(7));
		}

		@StatusHandler(622)
		Mono<ResponseEntity<Code>> entityMono() {
			return Mono.just(entity());
		}

		@StatusHandler(623)
		CompletionStage<ResponseEntity<?>> entityStage() {
			return CompletableFuture.completedFuture(entity());
		}

		@StatusHandler(624)
		ResponseEntity<Mono<Code>> entityOfMono() {
			return ResponseEntity.status(409).body(Mono.just(new Code(7)));
		}

		@StatusHandler(625)
		Mono<ResponseEntity<Flux<Code>>> entityOfFlux() {
			return Mono.just(ResponseEntity.status(409).body(Flux.just(new Code(7))));
		}

		@StatusHandler(626)
		ErrorResponse errorResponse() {
			return new HttpExceptionWithCode(own());
		}

		@StatusHandler(627)
		Mono<ServerResponse> serverResponse() {
			return ServerResponse.status(409).bodyValue(new Code(7));
		}

		@StatusHandler(628)
		@ResponseStatus(HttpStatus.GONE)
		Mono<Code> gone() {
			return Mono.just(new Code(7));
		}

		@StatusHandler(629)
		@ResponseStatus(HttpStatus.GONE)
		void emptyGone() {
		}

		@StatusHandler(630)
		Money money() {
			return new Money(5);
		}

		@StatusHandler(631)
		Mono<Money> moneyMono() {
			return Mono.just(new Money(5));
		}

		@StatusHandler(640)
		Mono<String> writesAndReturnsText(ServerHttpResponse response) {
			return write(response).thenReturn("value");
		}

		@StatusHandler(641)
		Mono<ResponseEntity<Code>> writesAndReturnsAnEntity(ServerHttpResponse response) {
			return write(response).thenReturn(entity());
		}

		@StatusHandler(642)
		Mono<ServerResponse> writesAndReturnsAServerResponse(ServerWebExchange exchange) {
			return write(exchange.getResponse()).then(ServerResponse.status(409).bodyValue("value"));
		}

		@StatusHandler(643)
		Mono<Void> writesAndReturnsNothing(ServerWebExchange exchange) {
			return write(exchange.getResponse());
		}

		@StatusHandler(644)
		Mono<String> counted() {
			return Mono.fromCallable(() -> {
				this.subscriptions.incrementAndGet();
				return "counted";
			});
		}

		private static Mono<Void> write(ServerHttpResponse response) {
			return response
				.writeWith(Mono.just(response.bufferFactory().wrap("written".getBytes(StandardCharsets.UTF_8))));
		}

		@StatusHandler(651)
		void nothing() {
		}

		@StatusHandler(652)
		@Nullable String nullValue() {
			return null;
		}

		@StatusHandler(653)
		Mono<Void> monoVoid() {
			return Mono.empty();
		}

		@StatusHandler(654)
		Mono<Code> emptyMono() {
			return Mono.empty();
		}

		@StatusHandler(655)
		@Nullable Mono<Code> nullMono() {
			return null;
		}

		@StatusHandler(656)
		@Nullable CompletionStage<Code> nullStage() {
			return null;
		}

		@StatusHandler(657)
		CompletionStage<@Nullable Code> emptyStage() {
			return CompletableFuture.completedFuture(null);
		}

		@StatusHandler(658)
		Flux<String> emptyFlux() {
			return Flux.empty();
		}

	}

	static class ErrorHandlers {

		@ExceptionHandlerFor
		void nothing(VoidException ex) {
		}

		@ExceptionHandlerFor
		@Nullable Map<String, Object> nullValue(NullException ex) {
			return null;
		}

		@ExceptionHandlerFor
		Mono<Code> empty(EmptyException ex) {
			return Mono.empty();
		}

		@ExceptionHandlerFor
		Mono<Void> monoVoid(MonoVoidException ex, ServerWebExchange exchange) {
			return Mono.empty();
		}

		@ExceptionHandlerFor
		@Nullable Mono<ServerResponse> nullMono(NullMonoException ex) {
			return null;
		}

		@ExceptionHandlerFor
		void statusSet(StatusSetException ex, ServerHttpResponse response) {
			response.setRawStatusCode(422);
		}

		@ExceptionHandlerFor
		@ResponseStatus(HttpStatus.GONE)
		void gone(GoneException ex) {
		}

		@ExceptionHandlerFor
		Code body(BodyException ex) {
			return new Code(7);
		}

		@ExceptionHandlerFor
		Rendering view(ViewException ex) {
			return Rendering.view("detail").modelAttribute("detail", "söven").build();
		}

		@ExceptionHandlerFor
		ProblemDetail problem(ProblemException ex) {
			return ProblemDetail.forStatus(422);
		}

	}

	static class MoneyResultHandler implements HandlerResultHandler, Ordered {

		@Override
		public int getOrder() {
			return Ordered.LOWEST_PRECEDENCE;
		}

		@Override
		public boolean supports(HandlerResult result) {
			return result.getReturnValue() instanceof Money
					|| result.getReturnType().getGeneric().resolve() == Money.class;
		}

		@Override
		public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
			Publisher<?> money = (result.getReturnValue() instanceof Publisher<?> publisher) ? publisher
					: Mono.justOrEmpty(result.getReturnValue());
			return exchange.getResponse().writeWith(Mono.from(money).cast(Money.class).map((value) -> {
				byte[] text = ("EUR " + value.amount()).getBytes(StandardCharsets.UTF_8);
				return exchange.getResponse().bufferFactory().wrap(text);
			}));
		}

	}

	static class TextView implements View {

		@Override
		public List<MediaType> getSupportedMediaTypes() {
			return List.of(MediaType.TEXT_PLAIN);
		}

		@Override
		public Mono<Void> render(@Nullable Map<String, ?> model, @Nullable MediaType contentType,
				ServerWebExchange exchange) {
			ServerHttpResponse response = exchange.getResponse();
			response.getHeaders().setContentType(MediaType.parseMediaType(TEXT));
			return response
				.writeWith(Mono.just(response.bufferFactory().wrap("viewed".getBytes(StandardCharsets.UTF_8))));
		}

	}

	record Code(int code) {

	}

	record Money(int amount) {

	}

	static class HttpExceptionWithCode extends HttpException {

		HttpExceptionWithCode(HttpHeaders headers) {
			super(409, "taken", headers);
			getBody().setProperty("code", 7);
		}

	}

	static class ObjectException extends HttpException {

		ObjectException(int status) {
			super(status, "détail", headers());
		}

	}

	static class MonoException extends HttpException {

		MonoException(int status) {
			super(status, "détail", headers());
		}

	}

	static class StageException extends HttpException {

		StageException(int status) {
			super(status, "détail", headers());
		}

	}

	static class ObjectMonoException extends HttpException {

		ObjectMonoException(int status) {
			super(status, "détail", headers());
		}

	}

	static class ObjectStageException extends HttpException {

		ObjectStageException(int status) {
			super(status, "détail", headers());
		}

	}

	static class VoidException extends Exception {

	}

	static class NullException extends Exception {

	}

	static class EmptyException extends Exception {

	}

	static class MonoVoidException extends Exception {

	}

	static class NullMonoException extends Exception {

	}

	static class EmptyHandlerException extends Exception {

	}

	static class NullHandlerException extends Exception {

	}

	static class StatusSetException extends Exception {

	}

	static class GoneException extends Exception {

	}

	static class BodyException extends Exception {

	}

	static class ViewException extends Exception {

	}

	static class ProblemException extends Exception {

	}

}
