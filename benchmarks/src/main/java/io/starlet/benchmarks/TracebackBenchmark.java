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

package io.starlet.benchmarks;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.starlet.HttpException;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import io.starlet.filter.ExceptionResponder;
import io.starlet.filter.HandledExceptionWebFilter;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.invocation.HandlerInvoker;
import io.starlet.invocation.ReturnValueWriter;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.DefaultResponseWriter;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.traceback.ApplicationPackages;
import io.starlet.traceback.Redaction;
import io.starlet.traceback.RenderedTraceback;
import io.starlet.traceback.TracebackContributor;
import io.starlet.traceback.TracebackRenderer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServer;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.server.handler.DefaultWebFilterChain;

/**
 * A traceback of a chain of three exceptions with 150 frames, which Reactor has moved,
 * and the reading of its sources alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TracebackBenchmark {

	private static final int FRAMES = 150;

	private static final int CHAIN = 3;

	/** Classes whose sources are in this project, to stand for an application's. */
	private static final List<Class<?>> APPLICATION = List.of(HttpException.class, DefaultResponseWriter.class,
			RegisteredHandlers.class, ExceptionResponder.class, HandledExceptionWebFilter.class, HandlerInvoker.class,
			HttpExceptionResolver.class, ReturnValueWriter.class, ServerErrorWebFilter.class,
			StarletAutoConfiguration.class);

	private static final List<Class<?>> LIBRARY = List.of(Mono.class, DispatcherHandler.class, Flux.class,
			DefaultWebFilterChain.class, InvocableHandlerMethod.class, HttpWebHandlerAdapter.class, ArrayList.class,
			ThreadPoolExecutor.class, RequestMappingHandlerAdapter.class, HttpServer.class, Connection.class);

	private final AnnotationConfigApplicationContext applicationContext = new AnnotationConfigApplicationContext();

	private final TracebackRenderer renderer;

	private final Throwable error;

	private final List<Path> sources;

	/**
	 * Raise the exception.
	 */
	public TracebackBenchmark() {
		this.renderer = new TracebackRenderer(this.applicationContext,
				new ApplicationPackages(List.of(HttpException.class.getPackageName())), new Redaction(List.of()), null,
				new NoContribution());
		this.error = raise();
		this.sources = APPLICATION.stream().map(TracebackBenchmark::source).toList();
	}

	private static Throwable raise() {
		List<StackTraceElement> frames = frames();
		Throwable error = null;
		for (int i = 0; i < CHAIN; i++) {
			error = raise("Number " + i, error, frames.subList(i * FRAMES / CHAIN, (i + 1) * FRAMES / CHAIN));
		}
		return Objects.requireNonNull(error);
	}

	/** One that was raised in a chain of filters, as each of them has a checkpoint. */
	private static Throwable raise(String message, @Nullable Throwable cause, List<StackTraceElement> frames) {
		IllegalStateException error = new IllegalStateException(message, cause);
		error.setStackTrace(frames.toArray(new StackTraceElement[0]));
		AtomicReference<Throwable> raised = new AtomicReference<>();
		Mono.error(error)
			.checkpoint("Handler of GET /orders/7")
			.checkpoint("HandledExceptionWebFilter")
			.checkpoint("ServerErrorWebFilter")
			.subscribe((value) -> {
			}, raised::set);
		return raised.get();
	}

	/** As on a real stack, one in ten is the application's. */
	private static List<StackTraceElement> frames() {
		List<StackTraceElement> frames = new ArrayList<>();
		for (int i = 0; frames.size() < FRAMES; i++) {
			Class<?> library = LIBRARY.get(i % LIBRARY.size());
			Class<?> application = APPLICATION.get(i % APPLICATION.size());
			frames.add(frame(application, "handle", 40 + i));
			Arrays.stream(library.getDeclaredMethods())
				.map(Method::getName)
				.distinct()
				.limit(9)
				.forEach((method) -> frames.add(frame(library, method, 100 + frames.size())));
		}
		return frames.subList(0, FRAMES);
	}

	private static StackTraceElement frame(Class<?> type, String method, int line) {
		return new StackTraceElement(type.getName(), method, type.getSimpleName() + ".java", line);
	}

	private static Path source(Class<?> type) {
		try {
			Path classes = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
			return classes.resolve("../../src/main/java").resolve(type.getName().replace('.', '/') + ".java");
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Start the application.
	 */
	@Setup
	public void start() {
		this.applicationContext.refresh();
	}

	/**
	 * Stop the application.
	 */
	@TearDown
	public void stop() {
		this.applicationContext.close();
	}

	/**
	 * Render the page.
	 * @return the page
	 */
	@Benchmark
	public RenderedTraceback page() {
		return render(MediaType.TEXT_HTML_VALUE);
	}

	/**
	 * Render the text.
	 * @return the text
	 */
	@Benchmark
	public RenderedTraceback text() {
		return render(MediaType.ALL_VALUE);
	}

	/**
	 * Read the files that the application's frames are in.
	 * @return what is in them
	 * @throws IOException if they can't be read
	 */
	@Benchmark
	public String readingFilesAlone() throws IOException {
		StringBuilder text = new StringBuilder();
		for (Path source : this.sources) {
			text.append(Files.readString(source));
		}
		return text.toString();
	}

	private RenderedTraceback render(String accept) {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders/7?page=2")
			.header(HttpHeaders.ACCEPT, accept)
			.header(HttpHeaders.AUTHORIZATION, "Bearer token")
			.header(HttpHeaders.COOKIE, "SESSION=1"));
		return Objects.requireNonNull(this.renderer.render(exchange, this.error).block());
	}

	/** Knows nothing. */
	private static final class NoContribution implements TracebackContributor {

		@Override
		public List<String> handlers(ServerWebExchange exchange, Throwable error) {
			return List.of();
		}

		@Override
		public List<String> hints(ServerWebExchange exchange, Throwable error) {
			return List.of();
		}

	}

}
