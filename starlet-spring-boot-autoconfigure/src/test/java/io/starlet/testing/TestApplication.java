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

package io.starlet.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.config.WebFluxConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Spring Boot application on a real server and a random port of the loopback interface.
 */
public final class TestApplication implements AutoCloseable {

	static {
		// Threads that all applications share would keep the class loader of the Tomcat
		// that one of them was started on
		Schedulers.onScheduleHook(TestApplication.class.getName(), (task) -> () -> {
			Thread.currentThread().setContextClassLoader(TestApplication.class.getClassLoader());
			task.run();
		});
	}

	private final ReactiveWebServerApplicationContext context;

	private final Server server;

	private TestApplication(ReactiveWebServerApplicationContext context, Server server) {
		this.context = context;
		this.server = server;
	}

	/**
	 * Start an application on the server that this run of the tests is for.
	 * @param configuration its configuration class
	 * @param properties its properties, as {@code name=value}
	 */
	public static TestApplication start(Class<?> configuration, String... properties) {
		return start(Server.CURRENT, configuration, properties);
	}

	/**
	 * Start an application.
	 * @param server the server to run it on
	 * @param configuration its configuration class
	 * @param properties its properties, as {@code name=value}
	 */
	public static TestApplication start(Server server, Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"spring.main.banner-mode=off", "logging.level.root=info", "logging.level.io.starlet=debug",
				"test.server=" + server.name(), "spring.autoconfigure.exclude=" + server.exclusions()));
		all.addAll(List.of(properties));
		ReactiveWebServerApplicationContext context = (ReactiveWebServerApplicationContext) new SpringApplicationBuilder(
				Configuration.class, configuration)
			.properties(all.toArray(new String[0]))
			.run();
		assertThat(context.getWebServer()).isInstanceOf(server.type());
		return new TestApplication(context, server);
	}

	public int port() {
		return Objects.requireNonNull(this.context.getWebServer(), "No server").getPort();
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public RawHttpClient connect() {
		return RawHttpClient.connect(port(), this.server, bean(RequestsInFlight.class)::awaitNone);
	}

	/** Wait until the server has done with all requests, for a second at most. */
	public void awaitNoRequest() {
		bean(RequestsInFlight.class).awaitNone();
	}

	/**
	 * Open a WebSocket session.
	 * @param path the path
	 * @param headers more headers of the request
	 */
	public RawWebSocketClient webSocket(String path, String... headers) {
		return connectWebSocket(path, headers).open();
	}

	/** The same without the handshake. */
	public RawWebSocketClient connectWebSocket(String path, String... headers) {
		return RawWebSocketClient.on(connect(), path, headers);
	}

	/** Send one GET request on a connection of its own. */
	public RawHttpResponse get(String path, String... headers) {
		return send("GET", path, headers);
	}

	/** Send one request without a body on a connection of its own. */
	public RawHttpResponse send(String method, String path, String... headers) {
		try (RawHttpClient client = connect()) {
			return client.send(method, path, headers);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configuration {

		@Bean
		RequestsInFlight requestsInFlight() {
			return new RequestsInFlight();
		}

		/**
		 * Of its own, as closing one application ends the event loops that are shared.
		 */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			// Or each application would take two seconds to close
			factory.setShutdownQuietPeriod(Duration.ofMillis(10));
			return factory;
		}

		@Bean
		WebSocketServiceConfigurer webSocketServiceConfigurer(@Value("${test.server}") Server server,
				ObjectProvider<WebFluxConfigurer> configurers) {
			return new WebSocketServiceConfigurer(server, configurers);
		}

	}

}
