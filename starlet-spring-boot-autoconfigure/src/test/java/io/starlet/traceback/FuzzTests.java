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
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.WebSocketException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.RawWebSocketClient.Frame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a client sends and an exception is made of: the status is the exception's, the
 * body is what the exception says, no header is injected, the traceback page holds no
 * foreign element and shows the text as it is, sessions are closed with a reason that
 * fits, errors are logged once, and no exception escapes. {@code scripts/fuzz} goes on
 * for longer than the build does.
 */
class FuzzTests {

	private static final List<String> TEXTS = Injections.corpus();

	private static final Redaction REDACTION = new Redaction(List.of());

	private static final Set<String> OWN_HEADERS = Set.of("content-type", "content-length", "vary", "connection",
			"transfer-encoding", "date");

	private static final Set<String> PAGE_HEADERS = Set.of("cache-control", "content-security-policy",
			"cross-origin-resource-policy", "referrer-policy", "x-content-type-options", "x-robots-tag");

	/**
	 * They would have the server wait for what is not sent, or go on to something else.
	 */
	private static final Set<String> FRAMING_HEADERS = Set.of("connection", "content-length", "expect", "host",
			"http2-settings", "transfer-encoding", "upgrade");

	private static final List<Integer> CLOSE_CODES = List.of(1000, 1001, 1008, 1011, 1013, 3000, 4999);

	private static final String SESSIONS = "/sessions-of-this-test";

	private static final Map<Target, Long> runs = new EnumMap<>(Target.class);

	private static final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

	private static final AtomicInteger calls = new AtomicInteger();

	private static final AtomicReference<Throwable> raised = new AtomicReference<>();

	private static final AtomicBoolean readsBody = new AtomicBoolean();

	@AfterAll
	static void stop() throws IOException {
		Applications.PLAIN.close();
		Applications.DEBUG.close();
		Hooks.resetOnErrorDropped();
		Files.writeString(Path.of("target", "fuzz.txt"), "Inputs by target: " + runs + System.lineSeparator());
	}

	@FuzzTest(maxDuration = "10s")
	void anything(FuzzedDataProvider data) throws IOException {
		// Most of them where they are fastest
		Target target = data.pickValue(new Target[] { Target.REQUEST, Target.REQUEST, Target.REQUEST, Target.REQUEST,
				Target.PAGE, Target.PAGE, Target.PAGE, Target.PAGE, Target.SOCKET, Target.SESSION });
		calls.set(0);
		dropped.clear();
		raised.set(throwable(data, target));
		try (LogCapture log = new LogCapture()) {
			switch (target) {
				case REQUEST -> sendMock(data, Applications.PLAIN, log);
				case PAGE -> sendMock(data, Applications.DEBUG, log);
				case SOCKET ->
					sendOverSocket(data, data.consumeBoolean() ? Applications.PLAIN : Applications.DEBUG, log);
				case SESSION -> openSession(log);
			}
			// What is refused, or is no request, raises nothing
			runs.merge(target, (calls.get() > 0) ? 1L : 0L, Long::sum);
		}
		assertThat(dropped).isEmpty();
	}

	private static void sendMock(FuzzedDataProvider data, TestApplication application, LogCapture log) {
		MockServerHttpRequest request;
		boolean harmless = data.consumeBoolean();
		try {
			request = harmless ? MockServerHttpRequest.get("/").header("Accept", accept(data)).build() : request(data);
		}
		catch (IllegalArgumentException ex) {
			// Nothing that a server would hand out
			return;
		}
		readsBody.set(data.consumeBoolean());
		MockServerHttpResponse response = new MockServerHttpResponse();
		application.bean(HttpHandler.class).handle(request, response).block();
		byte[] body = DataBufferUtils.join(response.getBody()).map((buffer) -> {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			return bytes;
		}).blockOptional().orElse(new byte[0]);
		Answer answer = new Answer(Objects.requireNonNull(response.getStatusCode()).value(), response.getHeaders(),
				body);
		check(answer, request.getMethod().equals(HttpMethod.HEAD), application == Applications.DEBUG, harmless, log);
	}

	private static MockServerHttpRequest request(FuzzedDataProvider data) {
		MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.method(method(data),
				"/{path}?{query}={value}", text(data), text(data), text(data));
		for (int i = data.consumeInt(0, 4); i > 0; i--) {
			request.header(headerName(data), text(data));
		}
		request.header("Accept", accept(data));
		return data.consumeBoolean() ? request.body(text(data)) : request.build();
	}

	private static HttpMethod method(FuzzedDataProvider data) {
		return data.consumeBoolean() ? data.pickValue(HttpMethod.values())
				: HttpMethod.valueOf("M" + data.consumeAsciiString(5).replaceAll("[^A-Za-z]", ""));
	}

	private static String headerName(FuzzedDataProvider data) {
		return switch (data.consumeInt(0, 2)) {
			case 0 -> data.pickValue(new String[] { "Content-Type", "Cookie", "Origin", "Referer", "User-Agent",
					"X-Forwarded-Host", "Accept-Language", "Accept-Charset", "Range", "If-None-Match",
					"Access-Control-Request-Method", "X-HTTP-Method-Override", "Authorization" });
			case 1 -> text(data);
			default -> "X" + data.consumeAsciiString(10);
		};
	}

	private static String accept(FuzzedDataProvider data) {
		return switch (data.consumeInt(0, 3)) {
			case 0 -> "text/html";
			case 1 -> data.consumeAsciiString(20);
			case 2 -> "text/html," + data.consumeAsciiString(20);
			default -> "*/*";
		};
	}

	private static void sendOverSocket(FuzzedDataProvider data, TestApplication application, LogCapture log)
			throws IOException {
		String method = method(data).name();
		StringBuilder request = new StringBuilder(method).append(" /")
			.append(line(text(data)).replace(' ', '+'))
			.append(" HTTP/1.1\r\nHost: localhost\r\n");
		for (int i = data.consumeInt(0, 4); i > 0; i--) {
			String name = line(headerName(data));
			if (!FRAMING_HEADERS.contains(name.strip().toLowerCase(Locale.ROOT)) && name.indexOf(':') < 0) {
				request.append(name).append(": ").append(line(text(data))).append("\r\n");
			}
		}
		request.append("Accept: ").append(line(accept(data))).append("\r\n");
		byte[] body = text(data).getBytes(StandardCharsets.UTF_8);
		readsBody.set(data.consumeBoolean());
		byte[] head = request.append("Content-Length: ")
			.append(body.length)
			.append("\r\nConnection: close\r\n\r\n")
			.toString()
			.getBytes(StandardCharsets.UTF_8);
		check(Answer.of(exchange(application, head, body)), method.equals("HEAD"), application == Applications.DEBUG,
				false, log);
	}

	/** What would end the line would make it another request. */
	private static String line(String text) {
		return text.replaceAll("[\\p{Cc}\\x85\\u2028\\u2029]", "");
	}

	private static byte[] exchange(TestApplication application, byte[] head, byte[] body) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
			socket.setSoTimeout(10_000);
			socket.setTcpNoDelay(true);
			byte[] request = ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
			socket.getOutputStream().write(request);
			return socket.getInputStream().readAllBytes();
		}
	}

	private static void check(Answer answer, boolean head, boolean debugging, boolean harmless, LogCapture log) {
		if (calls.get() == 0) {
			assertThat(answer.status()).as("refused").isLessThan(500).isNotIn(200);
			assertThat(log.of("io.starlet.", Level.ERROR)).isEmpty();
			return;
		}
		Throwable exception = carried(raised.get());
		Integer status = status(exception);
		assertThat(answer.status()).as(exception::toString).isEqualTo((status != null) ? status : 500);
		checkHeaders(answer.headers(), exception, status == null);
		boolean hasBody = !head && answer.status() >= 200 && !Set.of(204, 205, 304).contains(answer.status());
		if (hasBody && status != null) {
			assertThat(answer.text()).isEqualTo(said(exception, answer));
		}
		else if (hasBody && !debugging) {
			assertThat(answer.text()).isEqualTo("Internal Server Error");
		}
		else if (hasBody) {
			checkTraceback(answer, exception, harmless);
		}
		promptly()
			.untilAsserted(() -> assertThat(log.of("io.starlet.", Level.ERROR)).hasSize((status == null) ? 1 : 0));
	}

	private static ConditionFactory promptly() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	private static void checkHeaders(HttpHeaders headers, Throwable exception, boolean page) {
		Set<String> names = new TreeSet<>(OWN_HEADERS);
		names.addAll(page ? PAGE_HEADERS : Set.of());
		if (exception instanceof ErrorResponse response) {
			response.getHeaders().headerNames().forEach((name) -> names.add(name.toLowerCase(Locale.ROOT)));
		}
		headers.forEach((name, values) -> {
			assertThat(name.toLowerCase(Locale.ROOT)).isIn(names).matches("[!#$%&'*+.^_`|~0-9a-z-]+");
			assertThat(values).allSatisfy((value) -> assertThat(value).doesNotContainPattern("[\\r\\n\\x00]"));
		});
		assertThat(headers.headerNames().stream().filter("injected"::equalsIgnoreCase)).isEmpty();
		if (exception.getClass() == HttpException.class) {
			((HttpException) exception).getHeaders()
				.forEach((name, values) -> assertThat(headers.getOrEmpty(name))
					.containsAll(values.stream().filter((value) -> isSendable(name, value)).toList()));
		}
	}

	private static boolean isSendable(String name, String value) {
		return name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") && value.matches("[!-~]([ !-~]*[!-~])?")
				&& !name.toLowerCase(Locale.ROOT).matches("connection|content-.*|transfer-encoding");
	}

	private static @Nullable String said(Throwable exception, Answer answer) {
		String detail = encodable(detail(exception));
		if (!(exception instanceof JsonException)) {
			return detail;
		}
		String json = answer.text();
		// JSON can have half of a surrogate pair as an escape
		assertThat(encodable(JsonMapper.shared().readTree(json).path("detail").asString())).isEqualTo(detail);
		return json;
	}

	private static void checkTraceback(Answer answer, Throwable exception, boolean harmless) {
		String body = answer.text();
		assertThat(body).doesNotContainPattern(Injections.UNPRINTABLE);
		String message = Objects.requireNonNullElse(exception.getMessage(), "");
		String shown = PrintableText.of(REDACTION.text(message));
		String type = exception.getClass().getName();
		if (!String.valueOf(answer.headers().getFirst("Content-Type")).startsWith("text/html")) {
			// Or a value of the request was masked in it
			assertThat(body).startsWith(type)
				.matches((text) -> !harmless || message.isEmpty() || text.startsWith(type + ": " + shown + "\n"));
			return;
		}
		ParsedPage page = ParsedPage.of(body);
		assertThat(page.errors()).isEmpty();
		assertThat(Applications.SHAPES).containsAll(page.shape());
		assertThat(page.first("h1").wholeText()).isEqualTo(type);
		List<String> messages = page.texts("header .message");
		if (harmless) {
			assertThat(page.texts(".message")).containsAll(messagesOfCauses(exception));
		}
		if (harmless || !String.join("", messages).contains(Redaction.MASK)) {
			assertThat(String.join("", messages)).isEqualTo(shown);
		}
	}

	private static Set<String> messagesOfCauses(Throwable exception) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Set<String> messages = new TreeSet<>();
		for (Throwable cause = exception; cause != null && seen.add(cause); cause = cause.getCause()) {
			if (cause.getMessage() != null && !cause.getMessage().isEmpty()) {
				messages.add(PrintableText.of(REDACTION.text(cause.getMessage())));
			}
		}
		return messages;
	}

	private static void openSession(LogCapture log) {
		CloseFrame expected = closing(carried(raised.get()));
		try (RawWebSocketClient client = Applications.PLAIN.webSocket(SESSIONS)) {
			Frame frame = Objects.requireNonNull(client.readFrame(), "No close frame");
			CloseFrame close = frame.toClose();
			assertThat(strictlyDecoded(frame.payload())).isEqualTo(close.reason());
			assertThat(close).isEqualTo(expected);
			client.sendClose(close.code(), "");
			assertThat(client.readFrame()).isNull();
		}
		promptly().untilAsserted(() -> assertThat(log.of("io.starlet.", Level.ERROR))
			.hasSize(closesWithItsOwn(carried(raised.get())) ? 0 : 1));
	}

	private static boolean closesWithItsOwn(Throwable exception) {
		return exception instanceof WebSocketException || status(exception) != null;
	}

	private static CloseFrame closing(Throwable exception) {
		if (exception instanceof WebSocketException webSocketException) {
			return new CloseFrame(webSocketException.getCode(), fitting(webSocketException.getReason()));
		}
		Integer status = status(exception);
		return (status == null || status / 100 == 5) ? new CloseFrame(1011, "Internal Error")
				: new CloseFrame(1008, fitting(detail(exception)));
	}

	/** As many characters as there is room for. */
	private static String fitting(String reason) {
		StringBuilder fitting = new StringBuilder();
		int size = 0;
		for (int character : encodable(reason).codePoints().toArray()) {
			size += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
			if (size > 123) {
				break;
			}
			fitting.appendCodePoint(character);
		}
		return fitting.toString();
	}

	private static String strictlyDecoded(byte[] payload) {
		try {
			return StandardCharsets.UTF_8.newDecoder()
				.decode(ByteBuffer.wrap(payload, 2, payload.length - 2))
				.toString();
		}
		catch (CharacterCodingException ex) {
			throw new AssertionError("The reason is no UTF-8", ex);
		}
	}

	/** UTF-8 has no halves of surrogate pairs. */
	private static String encodable(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

	private static Throwable carried(Throwable exception) {
		Throwable carried = exception;
		for (int i = 0; i < 100 && carried instanceof CompletionException && carried.getCause() != null; i++) {
			carried = carried.getCause();
		}
		return carried;
	}

	/** The status that an exception has, if it is no error. */
	private static @Nullable Integer status(Throwable exception) {
		if (exception instanceof HttpException httpException) {
			return httpException.getStatusCode().value();
		}
		if (exception instanceof ResponseStatusException responseStatusException) {
			int status = responseStatusException.getStatusCode().value();
			return (status != 500) ? (Integer) status : null;
		}
		return (exception instanceof AnnotatedException) ? (Integer) 410 : null;
	}

	private static String detail(Throwable exception) {
		if (exception instanceof HttpException httpException) {
			return httpException.getDetail();
		}
		if (exception instanceof ResponseStatusException responseStatusException) {
			if (exception.getClass() != ResponseStatusException.class) {
				return String.valueOf(responseStatusException.getBody().getDetail());
			}
			HttpStatus known = HttpStatus.resolve(responseStatusException.getStatusCode().value());
			return Objects.requireNonNullElse(responseStatusException.getReason(),
					(known != null) ? known.getReasonPhrase() : "");
		}
		return "Gone";
	}

	/** Some exceptions, each of which may be the cause of any and suppressed in any. */
	private static Throwable throwable(FuzzedDataProvider data, Target target) {
		List<Throwable> all = IntStream.range(0, data.consumeInt(1, 6))
			.mapToObj((number) -> single(data, target))
			.toList();
		for (Throwable one : all) {
			if (data.consumeBoolean()) {
				try {
					one.initCause(all.get(data.consumeInt(0, all.size() - 1)));
				}
				catch (IllegalArgumentException | IllegalStateException ex) {
					// It can't be its own, and some have said that there is none
				}
			}
			for (int i = data.consumeInt(0, 2); i > 0; i--) {
				Throwable suppressed = all.get(data.consumeInt(0, all.size() - 1));
				if (suppressed != one) {
					one.addSuppressed(suppressed);
				}
			}
			if (data.consumeBoolean()) {
				one.setStackTrace(Stream.generate(() -> frame(data))
					.limit(data.consumeInt(0, 6))
					.toArray(StackTraceElement[]::new));
			}
		}
		return all.get(0);
	}

	private static StackTraceElement frame(FuzzedDataProvider data) {
		return new StackTraceElement(text(data), text(data), text(data), text(data),
				data.consumeBoolean() ? FuzzTests.class.getName() : text(data), text(data), data.consumeInt());
	}

	private static Throwable single(FuzzedDataProvider data, Target target) {
		// What servers make of an interim response is another matter
		int lowest = (target == Target.SOCKET) ? 200 : 100;
		return switch (data.consumeInt(0, 9)) {
			case 0, 1 -> new HttpException(data.consumeInt(lowest, 999), data.consumeBoolean() ? text(data) : null,
					headers(data));
			case 2 -> new JsonException(data.consumeInt(lowest, 999), text(data), headers(data));
			case 3 -> new TextException(data.consumeInt(lowest, 999), text(data), headers(data));
			case 4 -> new ResponseStatusException(
					data.pickValue(
							List.of(HttpStatus.NOT_FOUND, HttpStatus.CONFLICT, HttpStatus.INTERNAL_SERVER_ERROR)),
					data.consumeBoolean() ? text(data) : null);
			case 5 -> new AnnotatedException(text(data));
			case 6 -> new AssertionError(text(data));
			case 7 -> new WrapperException(text(data));
			case 8 -> new WebSocketException(data.pickValue(CLOSE_CODES), text(data).repeat(data.consumeInt(0, 9)));
			default -> new Exception(text(data));
		};
	}

	private static HttpHeaders headers(FuzzedDataProvider data) {
		HttpHeaders headers = new HttpHeaders();
		for (int i = data.consumeInt(0, 3); i > 0; i--) {
			String name = switch (data.consumeInt(0, 3)) {
				case 0 -> data.pickValue(new String[] { "Retry-After", "Content-Length", "Transfer-Encoding", "Vary",
						"Content-Encoding", "Location", "Set-Cookie", "WWW-Authenticate" });
				case 1 -> text(data);
				case 2 -> "X-A" + text(data) + ": a\r\nInjected";
				default -> "X-A" + data.consumeAsciiString(3);
			};
			headers.add(name, data.consumeBoolean() ? text(data) : "a\r\nInjected: " + text(data));
		}
		return headers;
	}

	private static String text(FuzzedDataProvider data) {
		return switch (data.consumeInt(0, 3)) {
			case 0 -> data.consumeString(200);
			case 1 -> data.pickValue(TEXTS);
			case 2 -> data.pickValue(TEXTS) + data.consumeString(20);
			default -> data.consumeAsciiString(40);
		};
	}

	enum Target {

		/** Through the whole handler, without a server. */
		REQUEST,

		/** The same with debug on. */
		PAGE,

		/** Bytes to a server. */
		SOCKET,

		/** A WebSocket session. */
		SESSION

	}

	/** Started by the first input, as Jazzer sees only what is loaded from then on. */
	private static final class Applications {

		static final TestApplication PLAIN;

		static final TestApplication DEBUG;

		/** What a page may be made of. */
		static final Set<String> SHAPES = Set.copyOf(
				ParsedPage.of(HtmlTraceback.render(Tracebacks.everywhere("harmless"), Tracebacks.EDITOR_LINK)).shape());

		static {
			Hooks.onErrorDropped(dropped::add);
			String quiet = "logging.threshold.console=off";
			PLAIN = TestApplication.start(Server.REACTOR_NETTY, App.class, quiet);
			DEBUG = TestApplication.start(Server.REACTOR_NETTY, App.class, quiet, "starlet.debug=true",
					"starlet.traceback.editor=vscode", "starlet.log-stack-trace=application");
		}

		private Applications() {
		}

	}

	/** What the client got. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Answer(int status, HttpHeaders headers, byte[] body) {

		static Answer of(byte[] bytes) {
			String response = new String(bytes, StandardCharsets.ISO_8859_1);
			int end = response.indexOf("\r\n\r\n");
			assertThat(end).as(response).isPositive();
			HttpHeaders headers = new HttpHeaders();
			List<String> lines = List.of(response.substring(0, end).split("\r\n", -1));
			lines.stream().skip(1).forEach((line) -> {
				assertThat(line).contains(": ");
				headers.add(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
			});
			int status = Integer.parseInt(lines.get(0).substring(9, 12));
			byte[] body = Arrays.copyOfRange(bytes, end + 4, bytes.length);
			return new Answer(status, headers, body);
		}

		String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.route(RequestPredicates.all(), (request) -> read(request).then(Mono.defer(App::raise)))
				.build();
		}

		@Bean
		HandlerMapping sessions() {
			WebSocketHandler handler = (session) -> raise();
			return new SimpleUrlHandlerMapping(Map.of(SESSIONS, handler), -1);
		}

		private static Mono<?> read(ServerRequest request) {
			return readsBody.get() ? Mono.defer(() -> request.bodyToMono(JsonNode.class)).doOnError((ex) -> {
				calls.incrementAndGet();
				raised.set(ex);
			}) : Mono.empty();
		}

		private static <T> Mono<T> raise() {
			calls.incrementAndGet();
			return Mono.error(raised.get());
		}

		@ExceptionHandlerFor
		Map<String, String> json(JsonException ex) {
			return Map.of("detail", ex.getDetail());
		}

		@ExceptionHandlerFor
		String text(TextException ex) {
			return ex.getDetail();
		}

	}

	static class JsonException extends HttpException {

		JsonException(int status, String detail, HttpHeaders headers) {
			super(status, detail, headers);
		}

	}

	static class TextException extends HttpException {

		TextException(int status, String detail, HttpHeaders headers) {
			super(status, detail, headers);
		}

	}

	@ResponseStatus(HttpStatus.GONE)
	static class AnnotatedException extends RuntimeException {

		AnnotatedException(String message) {
			super(message);
		}

	}

	static class WrapperException extends CompletionException {

		WrapperException(String message) {
			super(message);
		}

	}

}
