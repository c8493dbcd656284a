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

package io.starlet.filter;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.Fault;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.view.View;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever becomes of what the layers call, a client has a right answer or an ended
 * connection within a bounded time, the log has the original exception, and the next
 * request works.
 */
@OnEachServer
@Timeout(120)
class FaultInjectionTests {

	/**
	 * A row for each point where something is called, a column for each fault: what the
	 * client gets.
	 */
	private static final String TABLE = """
			                        | throws | signals | error | fatal | null | empty | never | twice | cancels
			handler-method          | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			handler-object          | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			handler-value           | ?  | - | ? | ? | ? | ? | - | - | -
			handler-of-error        | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			server-error-handler    | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			argument-resolver       | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			codec                   | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			problem-detail-codec    | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			problem-detail-codec-of-error | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			view                    | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			executor                | ?  | - | ? | ? | - | - | ? | ? | ?
			get-message             | ?  | - | ? | ? | ? | ? | - | - | -
			to-string               | ?  | - | ? | ? | ? | ? | - | - | -
			get-cause               | ?  | - | ? | ? | ? | - | - | - | -
			get-headers             | ?  | - | ? | ? | ? | ? | - | - | -
			get-status-code         | ?  | - | ? | ? | ? | - | - | - | -
			get-body                | ?  | - | ? | ? | ? | ? | - | - | -
			web-exception-handler   | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			before-commit           | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			before-commit-of-error  | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			before-commit-of-handler | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			response-write          | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			response-write-of-handler | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			response-write-of-error | ?  | ? | ? | ? | ? | ? | ? | ? | ?
			appender                | ?  | - | ? | ? | - | - | - | - | -
			appender-of-error       | ?  | - | ? | ? | - | - | - | - | -
			observation-start       | ?  | - | ? | ? | - | - | - | - | -
			observation-stop        | ?  | - | ? | ? | - | - | - | - | -
			observation-error       | ?  | - | ? | ? | - | - | - | - | -
			""";

	private static final Duration BOUND = Duration.ofSeconds(5);

	private static TestApplication application;

	private static TestApplication problems;

	/** For what is called without a request. */
	private static volatile @Nullable Injection current;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.handler-timeout=300ms");
		problems = TestApplication.start(App.class, "starlet.handler-timeout=300ms",
				"spring.webflux.problemdetails.enabled=true");
	}

	@AfterAll
	static void stop() {
		problems.close();
		application.close();
	}

	static Stream<Arguments> combinations() {
		List<String[]> rows = TABLE.lines().map((line) -> line.trim().split("\\s*\\|\\s*")).toList();
		return rows.stream()
			.skip(1)
			.flatMap((row) -> Stream.of(Fault.values())
				.map((fault) -> Arguments.of(row[0], fault, row[fault.ordinal() + 1])))
			.filter((arguments) -> !"-".equals(arguments.get()[2]));
	}

	@ParameterizedTest
	@MethodSource("combinations")
	void faultHasARightAnswerAndTheNextRequestWorks(String point, Fault fault, String expected) {
		TestApplication app = point.startsWith("problem") ? problems : application;
		current = new Injection(point, fault);
		try (LogCapture log = new LogCapture(); FaultyAppender appender = new FaultyAppender()) {
			long start = System.nanoTime();
			String actual;
			String next;
			try (RawHttpClient client = app.connect()) {
				actual = answer(client, "/" + point + "/" + fault);
				long time = (System.nanoTime() - start) / 1_000_000;
				try { next = actual.equals("cut") ? String.valueOf(client.isClosedByServer()) : client.send("GET", "/ok").body(); } catch (Throwable ex) { next = ex.toString(); }
				actual += " | " + time + "ms next=" + next;
			}
			actual += " other=" + app.get("/ok").body();
			System.err.println("@@" + point + "/" + fault + " : " + actual + " LOG " + log.atLeast(Level.DEBUG).stream().filter((e) -> e.getLoggerName().startsWith("io.starlet") || e.getLevel().isGreaterOrEqual(Level.WARN)).map((event) -> event.getLevel() + " " + event.getLoggerName().replaceAll(".*\\.", "") + " " + event.getFormattedMessage() + " ORIG=" + hasOriginal(event)).toList());
		}
		finally {
			current = null;
		}
	}

	private static String answer(RawHttpClient client, String path) {
		RawHttpResponse response;
		try {
			response = client.send("GET", path);
		}
		catch (StringIndexOutOfBoundsException | java.io.UncheckedIOException ex) {
			return "cut";
		}
		return response.whole() ? (response.status() + " " + response.body()).trim() : "cut";
	}

	private static boolean hasOriginal(ILoggingEvent event) {
		String text = event.getFormattedMessage() + ((event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy()) : "");
		return text.toLowerCase(Locale.ROOT).contains("original");
	}

	/**
	 * A fault at a point.
	 *
	 * @param point the point
	 * @param fault the fault
	 */
	record Injection(String point, Fault fault) {

		/** The one that a request is for. */
		static Injection of(ServerHttpRequest request) {
			String[] segments = request.getPath().value().split("/");
			return (segments.length == 3) ? new Injection(segments[1], Fault.valueOf(segments[2].toUpperCase(Locale.ROOT)))
					: new Injection("", Fault.EMPTY);
		}

		static Injection of(ServerWebExchange exchange) {
			return of(exchange.getRequest());
		}

		<T> Mono<T> apply(String point, Mono<T> result) {
			return this.point.equals(point) ? this.fault.apply(result) : result;
		}

		<T extends @Nullable Object> T value(String point, T result, T empty) {
			return this.point.equals(point) ? this.fault.value(result, empty) : result;
		}

		static void call(String point) {
			Injection injection = current;
			if (injection != null) {
				injection.value(point, "", "");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class App implements WebFluxConfigurer {

		private static Throwable raise(ServerRequest request) {
			Injection injection = Injection.of(request.exchange());
			return switch (injection.point()) {
				case "handler-method" -> new HttpException(471, "original");
				case "handler-object" -> new HttpException(472, "original");
				case "handler-value" -> new HttpException(473, "original");
				case "argument-resolver" -> new HttpException(474, "original");
				case "codec" -> new HttpException(475, "original");
				case "view" -> new HttpException(476, "original");
				case "executor" -> new HttpException(477, "original");
				case "before-commit-of-handler", "response-write-of-handler" -> new HttpException(478, "original");
				case "problem-detail-codec", "before-commit", "response-write", "appender" -> new HttpException(479, "original");
				case "handler-of-error" -> new OriginalHandledException();
				case "get-message", "to-string", "get-cause" -> new OriginalException(injection);
				case "get-headers", "get-status-code", "get-body" -> new OriginalErrorResponse(injection);
				default -> new OriginalException(new Injection("", Fault.EMPTY));
			};
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.GET("/ok", (request) -> ServerResponse.ok().bodyValue("ok"))
				.GET("/{point}/{fault}", (request) -> Mono.error(raise(request)))
				.build();
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				Injection injection = Injection.of(exchange);
				if (injection.point().startsWith("before-commit")) {
					exchange.getResponse().beforeCommit(() -> injection.fault().apply(Mono.empty()));
				}
				return injection.point().startsWith("response-write")
						? chain.filter(exchange.mutate().response(new FaultyResponse(exchange, injection.fault())).build())
						: chain.filter(exchange);
			};
		}

		@Bean
		WebExceptionHandler webExceptionHandler() {
			return (exchange, error) -> Injection.of(exchange).apply("web-exception-handler", Mono.error(error));
		}

		@Bean
		@StatusHandler(472)
		HttpExceptionHandler<HttpException> object() {
			return (request, ex) -> Injection.of(request.exchange())
				.apply("handler-object", ServerResponse.status(472).bodyValue("handled"));
		}

		@Bean
		ObservationHandler<Observation.Context> observationHandler() {
			return new FaultyObservationHandler();
		}

		@Override
		public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
			configurer.customCodecs().register(new FaultyWriter("codec", Encoded.class));
			configurer.customCodecs().register(new FaultyWriter("problem-detail-codec", ProblemDetail.class));
		}

		@Override
		public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
			configurer.addCustomResolver(new FaultyArgumentResolver());
		}

		@Override
		public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
			configurer.setExecutor(new FaultyExecutor());
			configurer.setControllerMethodPredicate((method) -> method.getMethod().getName().equals("onExecutor"));
		}

	}

	static class Handlers {

		@StatusHandler(471)
		Mono<ResponseEntity<String>> method(ServerWebExchange exchange) {
			return Injection.of(exchange).apply("handler-method", Mono.just(ResponseEntity.status(471).body("handled")));
		}

		@StatusHandler(473)
		@Nullable String value(ServerWebExchange exchange) {
			return Injection.of(exchange).value("handler-value", "handled", "");
		}

		@StatusHandler(474)
		String argument(@Nullable Argument argument) {
			return "handled with " + argument;
		}

		@StatusHandler(475)
		Encoded codec() {
			return new Encoded();
		}

		@StatusHandler(476)
		View view() {
			return (model, contentType, exchange) -> Injection.of(exchange)
				.apply("view", write(exchange.getResponse(), "handled"));
		}

		@StatusHandler(477)
		String onExecutor() {
			return "handled";
		}

		@StatusHandler(478)
		String handled() {
			return "handled";
		}

		@ExceptionHandlerFor
		Mono<ResponseEntity<String>> error(OriginalHandledException ex, ServerWebExchange exchange) {
			return Injection.of(exchange).apply("handler-of-error", Mono.just(ResponseEntity.status(409).body("handled")));
		}

		@StatusHandler(500)
		Mono<String> serverError(ServerWebExchange exchange) {
			return Injection.of(exchange).apply("server-error-handler", Mono.just("server error"));
		}

	}

	private static Mono<Void> write(ReactiveHttpOutputMessage response, String text) {
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
	}

	record Argument() {

	}

	record Encoded() {

	}

	static class OriginalHandledException extends RuntimeException {

	}

	static class OriginalException extends RuntimeException {

		private final transient Injection injection;

		OriginalException(Injection injection) {
			this.injection = injection;
		}

		@Override
		public String getMessage() {
			return this.injection.value("get-message", "original", "");
		}

		@Override
		public String toString() {
			return this.injection.value("to-string", super.toString(), "");
		}

		@Override
		@SuppressWarnings("UnsynchronizedOverridesSynchronized")
		public @Nullable Throwable getCause() {
			return (this.injection == null) ? null : this.injection.value("get-cause", null, null);
		}

	}

	static class OriginalErrorResponse extends RuntimeException implements ErrorResponse {

		private final transient Injection injection;

		OriginalErrorResponse(Injection injection) {
			super("original");
			this.injection = injection;
		}

		@Override
		public HttpStatusCode getStatusCode() {
			HttpStatusCode status = HttpStatusCode.valueOf(480);
			return this.injection.value("get-status-code", status, status);
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.injection.value("get-headers", HttpHeaders.EMPTY, HttpHeaders.EMPTY);
		}

		@Override
		public ProblemDetail getBody() {
			return this.injection.value("get-body", ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(480), "original"), ProblemDetail.forStatus(480));
		}

	}

	private static final class FaultyResponse extends ServerHttpResponseDecorator {

		private final Fault fault;

		FaultyResponse(ServerWebExchange exchange, Fault fault) {
			super(exchange.getResponse());
			this.fault = fault;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return this.fault.apply(super.writeWith(body));
		}

	}

	private static final class FaultyWriter implements HttpMessageWriter<Object> {

		private final String point;

		private final Class<?> type;

		FaultyWriter(String point, Class<?> type) {
			this.point = point;
			this.type = type;
		}

		@Override
		public List<MediaType> getWritableMediaTypes() {
			return List.of(MediaType.APPLICATION_PROBLEM_JSON, MediaType.APPLICATION_JSON);
		}

		@Override
		public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
			return this.type.isAssignableFrom(elementType.toClass());
		}

		@Override
		public Mono<Void> write(Publisher<? extends Object> input, ResolvableType elementType,
				@Nullable MediaType mediaType, ReactiveHttpOutputMessage message, Map<String, Object> hints) {
			return FaultInjectionTests.write(message, "handled");
		}

		@Override
		public Mono<Void> write(Publisher<? extends Object> input, ResolvableType actualType,
				ResolvableType elementType, @Nullable MediaType mediaType, ServerHttpRequest request,
				ServerHttpResponse response, Map<String, Object> hints) {
			Injection injection = Injection.of(request);
			Mono<Void> written = FaultInjectionTests.write(response, "handled");
			return injection.point().startsWith(this.point) ? injection.fault().apply(written) : written;
		}

	}

	private static final class FaultyArgumentResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == Argument.class;
		}

		@Override
		public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext bindingContext,
				ServerWebExchange exchange) {
			return Injection.of(exchange).apply("argument-resolver", Mono.just(new Argument()));
		}

	}

	private static final class FaultyExecutor implements AsyncTaskExecutor {

		@Override
		public void execute(Runnable task) {
			Injection.call("executor");
			Injection injection = current;
			Fault fault = (injection != null) ? injection.fault() : Fault.EMPTY;
			if (fault == Fault.NEVER) {
				return;
			}
			if (fault == Fault.CANCELS) {
				throw new java.util.concurrent.RejectedExecutionException();
			}
			new Thread(task).start();
			if (fault == Fault.TWICE) {
				new Thread(task).start();
			}
		}

	}

	private static final class FaultyObservationHandler implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ServerRequestObservationContext;
		}

		@Override
		public void onStart(Observation.Context context) {
			call("observation-start", context);
		}

		@Override
		public void onStop(Observation.Context context) {
			call("observation-stop", context);
		}

		@Override
		public void onError(Observation.Context context) {
			call("observation-error", context);
		}

		private static void call(String point, Observation.Context context) {
			Injection.of(Objects.requireNonNull(((ServerRequestObservationContext) context).getCarrier())).value(point, "", "");
		}

	}

	/** Its base class would catch what is raised where events are appended. */
	private static final class FaultyAppender extends AppenderBase<ILoggingEvent> implements AutoCloseable {

		private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		FaultyAppender() {
			setContext(this.root.getLoggerContext());
			start();
			this.root.addAppender(this);
		}

		@Override
		public void doAppend(ILoggingEvent event) {
			if (event.getLoggerName().startsWith("io.starlet")) {
				Injection.call("appender");
				Injection.call("appender-of-error");
			}
		}

		@Override
		protected void append(ILoggingEvent event) {
		}

		@Override
		public void close() {
			this.root.detachAppender(this);
			stop();
		}

	}

}
