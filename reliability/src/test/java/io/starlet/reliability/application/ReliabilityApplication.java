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

package io.starlet.reliability.application;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.WebFilter;

/**
 * An application whose requests go wrong in every way, and which reports what became of
 * them.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ Endpoints.class, Errors.class, Sessions.class, Traffic.class, Dropped.class, ReportEndpoint.class })
public class ReliabilityApplication {

	/**
	 * Run until the process that started this one ends, or closes its input.
	 * @param args the properties
	 * @throws IOException if the input can't be read
	 */
	public static void main(String[] args) throws IOException {
		ConfigurableApplicationContext context = SpringApplication.run(ReliabilityApplication.class, args);
		System.in.transferTo(OutputStream.nullOutputStream());
		context.close();
	}

	@Bean
	HandlerMapping sessionMapping(Sessions sessions) {
		return new SimpleUrlHandlerMapping(Map.of("/web-socket/*", sessions), -1);
	}

	/** All three servers are on the class path, and Spring would choose one. */
	@Bean
	WebFluxConfigurer upgradeConfigurer(@Value("${reliability.server}") Server server) {
		return new WebFluxConfigurer() {

			@Override
			public WebSocketService getWebSocketService() {
				return new HandshakeWebSocketService(server.upgradeStrategy());
			}

		};
	}

	/** So that an answer that can't name its request in its body does so in a header. */
	@Bean
	WebFilter requestIdFilter() {
		return (exchange, chain) -> {
			String id = exchange.getRequest().getHeaders().getFirst("X-Request-Id");
			if (id != null) {
				exchange.getResponse().getHeaders().set("X-Request-Id", id);
			}
			return chain.filter(exchange);
		};
	}

}
