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

package io.starlet.sample;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the bookshop, once for all tests with the same profiles.
 */
class BookshopExtension implements ParameterResolver {

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getDeclaringExecutable() instanceof Constructor<?>;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		String profiles = String.join(",", context.getRequiredTestClass().getAnnotation(BookshopTest.class).profiles());
		ConfigurableApplicationContext bookshop = context.getRoot()
			.getStore(Namespace.create(BookshopExtension.class))
			.computeIfAbsent(profiles, (key) -> start("--spring.profiles.active=" + profiles),
					ConfigurableApplicationContext.class);
		Class<?> type = parameter.getParameter().getType();
		return (type == int.class) ? port(bookshop) : bookshop.getBean(type);
	}

	static ConfigurableApplicationContext start(String... args) {
		return SpringApplication.from(BookshopApplication::main)
			.run(Stream.concat(Stream.of("--server.port=0"), Arrays.stream(args)).toArray(String[]::new))
			.getApplicationContext();
	}

	private static int port(ConfigurableApplicationContext bookshop) {
		return bookshop.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

}
