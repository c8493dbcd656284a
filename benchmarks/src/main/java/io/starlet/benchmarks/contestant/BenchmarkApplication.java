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

package io.starlet.benchmarks.contestant;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.metrics.ApplicationStartup;

/**
 * An application on Reactor Netty, without what is not to be measured.
 */
@EnableAutoConfiguration
@Configuration(proxyBeanMethods = false)
public class BenchmarkApplication {

	private static final String ERROR_HANDLING = "io.github.wimdeblauwe.errorhandlingspringbootstarter.reactive."
			+ "ReactiveErrorHandlingConfiguration";

	/**
	 * Start an application.
	 * @param port the port on the loopback interface; 0 for any that is free
	 * @param startup notes what the start takes
	 * @param starlet whether Starlet is enabled
	 * @param errorHandling whether error-handling-spring-boot-starter is
	 * @param sources the classes of its beans
	 * @return the started application
	 */
	public static ReactiveWebServerApplicationContext start(int port, ApplicationStartup startup, boolean starlet,
			boolean errorHandling, Collection<Class<?>> sources) {
		SpringApplication application = new SpringApplication(BenchmarkApplication.class);
		application.addPrimarySources(sources);
		application.setApplicationStartup(startup);
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("server.address", "127.0.0.1");
		properties.put("server.port", port);
		properties.put("starlet.enabled", starlet);
		properties.put("error.handling.full-stacktrace-http-statuses", "5xx");
		properties.put("spring.autoconfigure.exclude", errorHandling ? "" : ERROR_HANDLING);
		application.setDefaultProperties(properties);
		return (ReactiveWebServerApplicationContext) application.run();
	}

}
