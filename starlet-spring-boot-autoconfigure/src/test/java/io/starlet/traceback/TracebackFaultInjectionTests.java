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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.starlet.testing.Fault;
import io.starlet.testing.FaultTable;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawHttpClient;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Whatever becomes of what a traceback is made from, the client has a page or the plain
 * 500 within a bounded time, the log has the original exception, and the next request has
 * its page.
 */
@Timeout(120)
class TracebackFaultInjectionTests {

	/**
	 * A row for each point where something is called, a column for each fault. What the
	 * client gets: {@code source} the page with lines of the source, {@code page} the
	 * page without them, {@code plain} the plain 500, {@code ended} an ended connection.
	 */
	private static final FaultTable TABLE = new FaultTable(
			"""
					point             | throws | signals | error  | fatal  | null   | empty  | never  | twice  | cancels | signals_null
					class-loading     | page   | -       | page   | page   | page   | -      | plain  | -      | -       | -
					source-connection | page   | -       | page   | page   | page   | -      | plain  | -      | -       | -
					source-file       | page   | -       | page   | page   | page   | page   | plain  | -      | -       | -
					class-file        | page   | -       | page   | page   | page   | page   | plain  | -      | -       | -
					request-attribute | source | -       | source | source | source | source | plain  | -      | -       | -
					session-store     | source | source  | source | source | source | source | source | source | source  | source
					before-commit     | plain  | plain   | plain  | ended  | plain  | source | ended  | source | plain   | source
					""");

	private static final Duration BOUND = Duration.ofSeconds(15);

	private static volatile String current = "";

	private static TestApplication application;

	@BeforeAll
	static void start(@TempDir Path directory) throws IOException {
		Thread thread = Thread.currentThread();
		ClassLoader original = thread.getContextClassLoader();
		try {
			thread.setContextClassLoader(new FaultyClassLoader(original, directory));
			application = TestApplication.start(Server.REACTOR_NETTY, App.class, "starlet.debug=true",
					"starlet.handler-timeout=1s", "starlet.traceback.application-packages=com.shop");
		}
		finally {
			thread.setContextClassLoader(original);
		}
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	static Stream<Arguments> combinations() {
		return TABLE.combinations();
	}

	@ParameterizedTest
	@MethodSource("combinations")
	void clientHasAPageTheLogTheExceptionAndTheNextRequestItsPage(String point, Fault fault, String expected) {
		current = point + "/" + fault;
		Fault.startCounting();
		try (LogCapture log = new LogCapture(); RawHttpClient client = application.connect()) {
			assertThat(assertTimeoutPreemptively(BOUND, () -> answer(client))).isEqualTo(expected);
			Awaitility.await().until(() -> !log.of("io.starlet", Level.ERROR).isEmpty());
			assertThat(log.of("io.starlet", Level.ERROR)).singleElement()
				.matches((event) -> LogCapture.tells(event, "original"));
			assertThat(Fault.count()).as("faults").isPositive();
			current = "";
			assertThat(application.get("/", "Accept: text/html").body()).contains("no stock");
		}
		finally {
			current = "";
		}
	}

	private static String answer(RawHttpClient client) {
		RawHttpResponse response;
		try {
			response = client.send("GET", "/", "Accept: text/html", "Cookie: SESSION=1");
		}
		catch (UncheckedIOException ex) {
			// Before the first line
			return "ended";
		}
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.whole()).isTrue();
		if (response.body().equals("Internal Server Error")) {
			return "plain";
		}
		assertThat(response.body()).contains("original").endsWith("</html>\n");
		return response.body().contains("no stock") ? "source" : "page";
	}

	private static @Nullable Fault find(String point) {
		String[] segments = current.split("/", -1);
		return segments[0].equals(point) ? Fault.of(segments[1]) : null;
	}

	private static <T extends @Nullable Object> T call(String point, T result, T empty) {
		Fault fault = find(point);
		if (fault == null) {
			return result;
		}
		T faulty = fault.value(result, empty);
		if (fault == Fault.NEVER) {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return faulty;
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/", App::fail).build();
		}

		private static Mono<ServerResponse> fail(ServerRequest request) {
			Set<String> attribute = new AbstractSet<>() {

				@Override
				public Iterator<String> iterator() {
					return Collections.emptyIterator();
				}

				@Override
				public int size() {
					return call("request-attribute", 1, 0);
				}

			};
			// Only classes of the JDK are asked
			request.attributes().put("attribute", Collections.unmodifiableSet(attribute));
			IllegalStateException original = new IllegalStateException("original");
			String type = current.startsWith("class-loading") ? FaultyClassLoader.UNLOADABLE : FaultyClassLoader.CLASS;
			int line = current.startsWith("class-file") ? 1000 : 6;
			original
				.setStackTrace(new StackTraceElement[] { new StackTraceElement(type, "fail", "Orders.java", line) });
			return Mono.error(original);
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				exchange.getResponse().beforeCommit(() -> {
					Fault fault = find("before-commit");
					return (fault != null) ? fault.apply(Mono.empty()) : Mono.empty();
				});
				return chain.filter(exchange);
			};
		}

		@Bean
		WebSessionManager webSessionManager() {
			DefaultWebSessionManager manager = new DefaultWebSessionManager();
			manager.setSessionStore(new InMemoryWebSessionStore() {

				@Override
				public Mono<WebSession> retrieveSession(String id) {
					Fault fault = find("session-store");
					return (fault != null) ? fault.apply(createWebSession()) : Mono.empty();
				}

			});
			return manager;
		}

	}

	/** Has one class, which an archive seems to hold beside its source. */
	private static final class FaultyClassLoader extends ClassLoader {

		static final String CLASS = "com.shop.Orders";

		/** The JVM asks only once for a class that it has got. */
		static final String UNLOADABLE = "com.shop.Unloadable";

		private final String location;

		private final byte[] compiled;

		FaultyClassLoader(ClassLoader parent, Path directory) throws IOException {
			super(parent);
			SourceProject project = new SourceProject(directory);
			Path classes = project.compileJava("classes", project.write("Orders.java", SourceProject.ORDERS));
			this.compiled = Files.readAllBytes(classes.resolve("com/shop/Orders.class"));
			this.location = "jar:" + directory.resolve("none.jar").toUri() + "!/";
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			return name.equals(UNLOADABLE) ? call("class-loading", Object.class, Object.class)
					: super.loadClass(name, resolve);
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			if (!name.equals(CLASS)) {
				throw new ClassNotFoundException(name);
			}
			try {
				CodeSource codeSource = new CodeSource(new URL(this.location), (Certificate[]) null);
				return defineClass(name, this.compiled, 0, this.compiled.length,
						new ProtectionDomain(codeSource, null, this, null));
			}
			catch (MalformedURLException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

		@Override
		protected @Nullable URL findResource(String name) {
			return switch (name) {
				case "com/shop/Orders.java" ->
					url(name, "source-file", SourceProject.ORDERS.getBytes(StandardCharsets.UTF_8));
				case "com/shop/Orders.class" -> url(name, "class-file", this.compiled);
				default -> null;
			};
		}

		private URL url(String name, String point, byte[] content) {
			try {
				return new URL(null, this.location + name, new URLStreamHandler() {

					@Override
					protected URLConnection openConnection(URL url) {
						URLConnection connection = new FaultyConnection(url, point, content);
						return point.equals("source-file") ? call("source-connection", connection, connection)
								: connection;
					}

				});
			}
			catch (MalformedURLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private static final class FaultyConnection extends URLConnection {

		private final String point;

		private final byte[] content;

		FaultyConnection(URL url, String point, byte[] content) {
			super(url);
			this.point = point;
			this.content = content;
		}

		@Override
		public void connect() {
		}

		@Override
		public InputStream getInputStream() {
			return call(this.point, new ByteArrayInputStream(this.content), InputStream.nullInputStream());
		}

	}

}
