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

	static final String EXCLUDE = "spring.autoconfigure.exclude";

	private static final String ERROR_HANDLING = "io.github.wimdeblauwe.errorhandlingspringbootstarter.reactive."
			+ "ReactiveErrorHandlingConfiguration";

	/**
	 * Start an application.
	 * @param properties its properties
	 * @param startup notes what the start takes
	 * @param sources the classes of its beans
	 * @return the started application, on the loopback interface
	 */
	public static ReactiveWebServerApplicationContext start(Map<String, Object> properties, ApplicationStartup startup,
			Collection<Class<?>> sources) {
		SpringApplication application = new SpringApplication(BenchmarkApplication.class);
		application.addPrimarySources(sources);
		application.setApplicationStartup(startup);
		Map<String, Object> all = new LinkedHashMap<>(
				Map.of("server.address", "127.0.0.1", "server.port", 0, EXCLUDE, ERROR_HANDLING));
		all.putAll(properties);
		application.setDefaultProperties(all);
		return (ReactiveWebServerApplicationContext) application.run();
	}

}
