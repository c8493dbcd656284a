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

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.testing.Fault;
import io.starlet.testing.FaultTable;
import io.starlet.testing.FaultyAppender;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.MessageSource;
import org.springframework.context.support.AbstractMessageSource;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
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
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Whatever becomes of what the layers call, a client has a right answer or an ended
 * connection within a bounded time, the log has the original exception, and the next
 * request works.
 */
@OnEachServer
@Timeout(120)
class FaultInjectionTests {

	/**
	 * A row for each point where something is called, a column for each fault. A point
	 * that returns no publisher has no column for what only publishers do, one that
	 * returns nothing or a status none for empty results: {@code -}. What fails before
	 * the outer layer is entered is not here.
	 *
	 * The status is that of the exception, 500 for an error. What the client gets:
	 * {@code own} the exception's status and detail, {@code handled} the handler's
	 * response, {@code bare} the exception's status without a body, {@code 500} the
	 * server-error handler's response, {@code plain} the plain 500, {@code empty} a 500
	 * without a body, {@code cut} an ended connection; after a slash on Tomcat and Jetty,
	 * where Spring begins to write once, also if an action before the commit fails. The
	 * last four, and those with {@code !}, are in the log at ERROR, but for the one with
	 * {@code *}, where the application has taken the error.
	 */
	private static final FaultTable TABLE = new FaultTable(
			"""
					point                         | status | throws      | signals     | error       | fatal     | null        | empty   | never     | twice    | cancels     | signals_null
					handler-method                | 471    | 500         | 500         | 500         | 500       | bare        | bare    | own!      | handled  | 500         | 500
					handler-object                | 472    | 500         | 500         | 500         | 500       | bare        | bare    | own!      | handled  | 500         | 500
					handler-value                 | 473    | 500         | -           | 500         | 500       | bare        | bare    | -         | -        | -           | -
					handler-of-error              | 500    | 500         | 500         | 500         | 500       | 500         | 500     | 500       | handled  | 500         | 500
					server-error-handler          | 500    | plain       | plain       | plain       | plain     | plain       | plain   | plain     | 500      | plain       | plain
					argument-resolver             | 474    | 500         | 500         | 500         | 500       | 500         | handled | own!      | handled  | 500         | own!
					codec                         | 475    | 500         | 500         | 500         | 500       | 500         | bare    | own!      | handled  | 500         | 500
					problem-detail-codec          | 479    | own         | own         | own         | own       | handled     | bare    | own       | handled  | own         | own
					problem-detail-codec-of-error | 500    | plain       | plain       | plain       | plain     | handled!    | empty   | plain     | handled! | plain       | plain
					problem-detail-interceptor    | 479    | own         | -           | own         | own       | -           | -       | -         | -        | -           | -
					problem-detail-texts          | 479    | own         | -           | own         | own       | handled     | handled | -         | -        | -           | -
					view                          | 476    | 500         | 500         | 500         | 500       | 500         | bare    | own!      | handled  | 500         | 500
					executor                      | 477    | 500         | -           | 500         | 500       | -           | -       | own!      | handled  | 500         | -
					get-message                   | 500    | 500         | -           | 500         | 500       | 500         | 500     | -         | -        | -           | -
					get-message-of-handled        | 500    | handled     | -           | handled     | handled   | handled     | handled | -         | -        | -           | -
					to-string                     | 500    | 500         | -           | 500         | 500       | 500         | 500     | -         | -        | -           | -
					get-cause                     | 500    | 500         | -           | 500         | 500       | 500         | -       | 500       | -        | -           | -
					get-headers                   | 480    | 500         | -           | 500         | 500       | own         | own     | -         | -        | -           | -
					get-status-code               | 480    | 500         | -           | 500         | 500       | 500         | -       | -         | -        | -           | -
					get-body                      | 480    | 500         | -           | 500         | 500       | 500         | bare    | -         | -        | -           | -
					web-exception-handler         | 500    | 500         | 500         | 500         | 500       | 500         | 500*    | 500       | 500      | 500         | 500
					before-commit                 | 479    | 500/empty   | 500/empty   | 500/empty   | cut/empty | 500/empty   | own     | cut/empty | own      | 500/empty   | own
					before-commit-of-handler      | 478    | 500/empty   | 500/empty   | 500/empty   | cut/empty | 500/empty   | handled | cut/empty | handled  | 500/empty   | handled
					before-commit-of-error        | 500    | plain/empty | plain/empty | plain/empty | cut/empty | plain/empty | 500     | cut/empty | 500      | plain/empty | 500
					response-write                | 479    | 500         | 500         | 500         | 500       | 500         | bare    | 500       | own      | 500         | 500
					response-write-of-handler     | 478    | 500         | 500         | 500         | 500       | 500         | bare    | 500       | handled  | 500         | 500
					response-write-of-error       | 500    | empty       | empty       | empty       | empty     | empty       | empty   | empty     | 500      | empty       | empty
					appender                      | 479    | own         | -           | own         | own       | -           | -       | -         | -        | -           | -
					appender-of-error             | 500    | 500         | -           | 500         | 500       | -           | -       | -         | -        | -           | -
					observation-stop              | 500    | 500         | -           | 500         | 500       | -           | -       | -         | -        | -           | -
					observation-error             | 500    | 500         | -           | 500         | 500       | -           | -       | -         | -        | -           | -
					""");

	private static final Duration BOUND = Duration.ofSeconds(15);

	private static TestApplication application;

	private static TestApplication problems;

	/** For what is called without a request. */
	private static volatile @Nullable Injection current;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class, "starlet.handler-timeout=1s");
		problems = TestApplication.start(BaseApp.class, "starlet.handler-timeout=1s",
				"spring.webflux.problemdetails.enabled=true");
	}

	@AfterAll
	static void stop() {
		problems.close();
		application.close();
	}

	static Stream<Arguments> combinations() {
		return TABLE.combinations();
	}

	private static int status(String point) {
		return Integer.parseInt(TABLE.get(point, "status"));
	}

	@ParameterizedTest
	@MethodSource("combinations")
	void clientHasARightAnswerTheLogTheExceptionAndTheNextRequestWorks(String point, Fault fault, String cell) {
		String[] servers = cell.replaceAll("[!*]", "").split("/", -1);
		String expected = servers[(Server.CURRENT == Server.REACTOR_NETTY) ? 0 : servers.length - 1];
		TestApplication app = point.startsWith("problem") ? problems : application;
		current = new Injection(point, fault);
		Fault.startCounting();
		try (LogCapture log = new LogCapture(); FaultyAppender appender = faultyAppender()) {
			assertThat(appender.isStarted()).isTrue();
			try (RawHttpClient client = app.connect()) {
				String answer = assertTimeoutPreemptively(BOUND,
						() -> answer(client, "/" + point + "/" + fault, status(point)));
				assertThat(answer).isEqualTo(expected);
				if (!answer.equals("cut")) {
					assertThat(client.send("GET", "/ok").body()).isEqualTo("ok");
				}
			}
			assertThat(app.get("/ok").body()).isEqualTo("ok");
			boolean error = cell.endsWith("!") || List.of("500", "plain", "empty", "cut").contains(expected);
			assertLogged(app, log, point, error && !cell.endsWith("*"), cell.endsWith("*"));
			assertThat(Fault.count()).as("faults").isPositive();
		}
		finally {
			current = null;
		}
	}

	private static FaultyAppender faultyAppender() {
		return new FaultyAppender(() -> {
			Injection.call("appender");
			Injection.call("appender-of-error");
		});
	}

	private static String answer(RawHttpClient client, String path, int status) {
		RawHttpResponse response;
		try {
			response = client.send("GET", path);
		}
		catch (UncheckedIOException ex) {
			// It ended before the first line
			return "cut";
		}
		if (!response.whole()) {
			return "cut";
		}
		return switch (response.status() + " " + response.body()) {
			case "500 server error" -> "500";
			case "500 Internal Server Error" -> "plain";
			case "500 " -> "empty";
			default -> (response.status() != status) ? response.toString()
					: response.body().isEmpty() ? "bare" : response.body().equals("original") ? "own" : response.body();
		};
	}

	private static void assertLogged(TestApplication app, LogCapture log, String point, boolean error, boolean taken) {
		if (error) {
			Awaitility.await().until(() -> errors(log).anyMatch((event) -> LogCapture.tells(event, "original")));
			app.awaitNoRequest();
			// An appender that fails may have had the line before
			assertThat(errors(log)).hasSizeLessThanOrEqualTo(point.startsWith("appender") ? 2 : 1);
		}
		else {
			assertThat(errors(log)).isEmpty();
			assertThat(
					log.of("io.starlet", Level.DEBUG).stream().anyMatch((event) -> LogCapture.tells(event, "original")))
				.isNotEqualTo(taken);
		}
	}

	/** Without the line of a codec that fails beside that of the error. */
	private static Stream<ILoggingEvent> errors(LogCapture log) {
		return log.of("io.starlet", Level.ERROR)
			.stream()
			.filter((event) -> !event.getFormattedMessage().contains("problem details"));
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
			String[] segments = request.getPath().value().split("/", -1);
			return (segments.length == 3) ? new Injection(segments[1], Fault.of(segments[2]))
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
	@Import(ServerErrorHandler.class)
	static class App extends BaseApp {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class BaseApp implements WebFluxConfigurer {

		private static Throwable raise(ServerRequest request) {
			Injection injection = Injection.of(request.exchange());
			int status = status(injection.point());
			return switch (injection.point()) {
				case "handler-of-error" -> new MappedErrorException();
				case "get-message-of-handled" -> new OriginalUntoldException(injection);
				default -> (status == 500) ? new OriginalException(injection) : (status == 480)
						? new OriginalErrorResponse(injection) : new HttpException(status, "original");
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
				return List.of("response-write", "response-write-of-handler").contains(injection.point())
						? chain.filter(exchange.mutate()
							.response(new FaultyResponse(exchange.getResponse(), injection.fault()))
							.build())
						: chain.filter(exchange);
			};
		}

		/** Errors are answered before any filter. */
		@Bean
		HttpHandlerDecoratorFactory faultyServer() {
			return (handler) -> (request, response) -> {
				Injection injection = Injection.of(request);
				return handler.handle(request, injection.point().equals("response-write-of-error")
						? new FaultyResponse(response, injection.fault()) : response);
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
		MessageSource messageSource() {
			return new AbstractMessageSource() {

				@Override
				protected @Nullable MessageFormat resolveCode(String code, Locale locale) {
					Injection injection = current;
					return (injection == null) ? null
							: injection.value("problem-detail-texts", null, new MessageFormat("", locale));
				}

			};
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
		public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
			interceptors.add((detail, response) -> Injection.call("problem-detail-interceptor"));
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
			return Injection.of(exchange)
				.apply("handler-method", Mono.just(ResponseEntity.status(471).body("handled")));
		}

		@StatusHandler(473)
		@Nullable String value(ServerWebExchange exchange) {
			return Injection.of(exchange).value("handler-value", "handled", "");
		}

		@StatusHandler(474)
		String argument(@Nullable Argument argument) {
			return "handled";
		}

		@StatusHandler(475)
		Encoded codec() {
			return new Encoded();
		}

		@StatusHandler(476)
		View view() {
			return new FaultyView();
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
		Mono<ResponseEntity<String>> error(MappedErrorException ex, ServerWebExchange exchange) {
			return Injection.of(exchange)
				.apply("handler-of-error", Mono.just(ResponseEntity.status(500).body("handled")));
		}

		@ExceptionHandlerFor
		String error(OriginalUntoldException ex) {
			return "handled";
		}

	}

	static class ServerErrorHandler {

		@StatusHandler(500)
		Mono<String> serverError(ServerWebExchange exchange) {
			return Injection.of(exchange).apply("server-error-handler", Mono.just("server error"));
		}

	}

	private static Mono<Void> write(ReactiveHttpOutputMessage response, String text) {
		return response
			.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
	}

	record Argument() {

	}

	record Encoded() {

	}

	static class MappedErrorException extends RuntimeException {

		MappedErrorException() {
			super("original");
		}

	}

	static class OriginalException extends RuntimeException {

		private final transient Injection injection;

		OriginalException(Injection injection) {
			this.injection = injection;
		}

		@Override
		public String getMessage() {
			return this.injection.point().startsWith("get-message") ? this.injection.fault().value("original", "")
					: "original";
		}

		@Override
		public String toString() {
			return this.injection.value("to-string", super.toString(), "");
		}

		@Override
		@SuppressWarnings("UnsynchronizedOverridesSynchronized")
		public @Nullable Throwable getCause() {
			if (this.injection == null) {
				return null;
			}
			Throwable cause = this.injection.value("get-cause", null, null);
			boolean endless = this.injection.equals(new Injection("get-cause", Fault.NEVER));
			return endless ? new OriginalException(this.injection) : cause;
		}

	}

	static class OriginalUntoldException extends OriginalException {

		OriginalUntoldException(Injection injection) {
			super(injection);
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
			return this.injection.value("get-body",
					ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(480), "original"),
					ProblemDetail.forStatus(480));
		}

	}

	private static final class FaultyResponse extends ServerHttpResponseDecorator {

		private final Fault fault;

		FaultyResponse(ServerHttpResponse response, Fault fault) {
			super(response);
			this.fault = fault;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			if (this.fault == Fault.TWICE) {
				return this.fault.apply(super.writeWith(body));
			}
			Flux<DataBuffer> discarded = Flux.<DataBuffer>from(body).doOnNext(DataBufferUtils::release);
			// As all that does not write a body has to, or by cancelling it
			discarded.take((this.fault == Fault.CANCELS) ? 1 : Long.MAX_VALUE).subscribe();
			return this.fault.apply(Mono.empty());
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

	private static final class FaultyView implements View {

		@Override
		public List<MediaType> getSupportedMediaTypes() {
			return List.of(MediaType.TEXT_HTML);
		}

		@Override
		public Mono<Void> render(@Nullable Map<String, ?> model, @Nullable MediaType contentType,
				ServerWebExchange exchange) {
			return Injection.of(exchange).apply("view", FaultInjectionTests.write(exchange.getResponse(), "handled"));
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
				throw new RejectedExecutionException();
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
		public void onStop(Observation.Context context) {
			call("observation-stop", context);
		}

		@Override
		public void onError(Observation.Context context) {
			call("observation-error", context);
		}

		private static void call(String point, Observation.Context context) {
			Injection.of(Objects.requireNonNull(((ServerRequestObservationContext) context).getCarrier()))
				.value(point, "", "");
		}

	}

}
