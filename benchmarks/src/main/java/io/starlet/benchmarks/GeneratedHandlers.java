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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.tools.ToolProvider;

import io.starlet.ExceptionHandlerFor;
import io.starlet.benchmarks.contestant.BenchmarkApplication;

import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.util.Assert;
import org.springframework.util.FileSystemUtils;

/**
 * An application with any number of classes of exceptions, and a handler method for each
 * in beans of ten.
 */
final class GeneratedHandlers implements AutoCloseable {

	private static final int METHODS_OF_A_BEAN = 10;

	private final Path directory;

	private final URLClassLoader classLoader;

	private final List<Class<?>> beans;

	private GeneratedHandlers(Path directory) throws IOException, ClassNotFoundException {
		this.directory = directory;
		this.classLoader = new URLClassLoader(new URL[] { directory.toUri().toURL() });
		this.beans = List.of(this.classLoader.loadClass("Generated").getDeclaredClasses());
	}

	static GeneratedHandlers compile(int count) throws IOException, ClassNotFoundException {
		StringBuilder source = new StringBuilder("public class Generated {\n");
		for (int number = 0; number < count; number++) {
			if (number % METHODS_OF_A_BEAN == 0) {
				source.append((number > 0) ? "}\n" : "").append("public static class Errors%d {%n".formatted(number));
			}
			source.append("public static class E%d extends RuntimeException {}%n".formatted(number));
			source.append("@%s public String handle%d(E%d ex) { return \"\"; }%n"
				.formatted(ExceptionHandlerFor.class.getName(), number, number));
		}
		Path directory = Files.createTempDirectory("starlet-benchmarks");
		Path file = Files.writeString(directory.resolve("Generated.java"), source.append((count > 0) ? "}}" : "}"));
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-proc:none", "-classpath", System.getProperty("java.class.path"), file.toString());
		Assert.state(result == 0, "Not compiled");
		return load(directory);
	}

	/** Load what is compiled already. */
	static GeneratedHandlers load(Path directory) throws IOException, ClassNotFoundException {
		return new GeneratedHandlers(directory);
	}

	Path getDirectory() {
		return this.directory;
	}

	ReactiveWebServerApplicationContext start(ApplicationStartup startup) {
		return BenchmarkApplication.start(Map.of(), startup, this.beans);
	}

	RuntimeException newException() throws ReflectiveOperationException {
		Class<?> exception = this.beans.get(this.beans.size() / 2).getDeclaredClasses()[0];
		return (RuntimeException) exception.getConstructor().newInstance();
	}

	@Override
	public void close() throws IOException {
		this.classLoader.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
