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
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * An application on Reactor Netty, with all the libraries on its class path of which
 * {@code application.properties} switches off those that would meddle. Tests switch on
 * the one that they are about.
 */
final class TestApplication implements AutoCloseable {

	private final ReactiveWebServerApplicationContext context;

	private final HttpClient client = HttpClient.newHttpClient();

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private TestApplication(ReactiveWebServerApplicationContext context) {
		this.context = context;
		// Only now, as Boot resets the loggers when an application starts
		this.log.setContext(this.root.getLoggerContext());
		this.log.start();
		this.root.addAppender(this.log);
	}

	/**
	 * Start an application.
	 * @param configuration its configuration class
	 * @param properties its properties, as {@code name=value}
	 */
	static TestApplication start(Class<?> configuration, String... properties) {
		SpringApplication application = new SpringApplication(Configuration.class, configuration);
		String[] arguments = Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new);
		return new TestApplication((ReactiveWebServerApplicationContext) application.run(arguments));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	URI uri(String path) {
		int port = Objects.requireNonNull(this.context.getWebServer(), "No server").getPort();
		return URI.create("http://127.0.0.1:" + port + path);
	}

	/**
	 * Send a GET request and wait until the server has done with it, as the client may
	 * have its answer before.
	 */
	HttpResponse<String> get(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return send(request.build());
	}

	HttpResponse<String> send(HttpRequest request) {
		try {
			HttpResponse<String> response = this.client.send(request, BodyHandlers.ofString());
			awaitIdle();
			return response;
		}
		catch (IOException ex) {
			awaitIdle();
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Send a request, or the half of one, and reset the connection.
	 * @param request its method and path
	 * @param rest the end of its headers, and its body if any
	 * @param awaitCondition waits for the moment to leave
	 */
	void leave(String request, String rest, Runnable awaitCondition) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri("").getPort())) {
			socket.getOutputStream()
				.write("%s HTTP/1.1\r\nHost: localhost\r\n%s".formatted(request, rest)
					.getBytes(StandardCharsets.UTF_8));
			awaitCondition.run();
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		awaitIdle();
	}

	void awaitIdle() {
		RequestsInFlight requests = bean(RequestsInFlight.class);
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> requests.count.get() == 0);
	}

	/**
	 * What was logged at ERROR since the application was started, or since the last call.
	 * Thymeleaf does not release the buffer of a template that fails, which is reported
	 * at whichever test the garbage is collected.
	 */
	List<ILoggingEvent> takeErrors() {
		synchronized (this.log) {
			List<ILoggingEvent> errors = List.copyOf(this.log.list)
				.stream()
				.filter((event) -> event.getLevel() == Level.ERROR)
				.filter((event) -> !event.getFormattedMessage()
					.contains("org.thymeleaf.spring6.SpringWebFluxTemplateEngine"))
				.toList();
			this.log.list.clear();
			return errors;
		}
	}

	@Override
	public void close() {
		this.root.detachAppender(this.log);
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configuration {

		/**
		 * Of its own, as closing one application ends the event loops that are shared.
		 */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			return factory;
		}

		@Bean
		RequestsInFlight requestsInFlight() {
			return new RequestsInFlight();
		}

	}

	/** Counts the requests that the server has not done with. */
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class RequestsInFlight implements HttpHandlerDecoratorFactory {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public HttpHandler apply(HttpHandler handler) {
			return (request, response) -> Mono.defer(() -> {
				this.count.incrementAndGet();
				return handler.handle(request, response).doFinally((signal) -> this.count.decrementAndGet());
			});
		}

	}

}
