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

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.loader.launch.LaunchedClassLoader;
import org.springframework.boot.loader.net.protocol.Handlers;
import org.springframework.boot.loader.net.protocol.jar.JarUrl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link Sources} with real projects, classes, archives and stack traces.
 */
@Timeout(300)
class SourcesTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@SuppressWarnings("NullAway.Init")
	private SourceProject project;

	@BeforeEach
	void createProject() {
		this.project = new SourceProject(this.directory);
	}

	@ParameterizedTest
	@CsvSource({ "target/classes, src/main/java", "target/test-classes, src/test/java",
			"build/classes/java/main, src/main/java", "build/classes/java/integrationTest, src/integrationTest/java",
			"build/classes/kotlin/main, src/main/kotlin", "bin/main, src/main/java", "bin/test, src/test/java",
			"bin, src", "out/production/classes, src/main/java", "out/test/classes, src/test/java",
			"out/production/app, src", "out/test/app, test", "target/app-1.0/WEB-INF/classes, src/main/java",
			"target/classes, target/generated-sources/annotations",
			"build/classes/java/main, build/generated/sources/annotationProcessor/java/main" })
	void sourceOfACompiledClassIsInItsModule(String classes, String sources) throws Exception {
		Files.createDirectories(this.project.path("shop/app/src"));
		Path source = this.project.write("shop/app/" + sources + "/com/shop/Orders.java", SourceProject.ORDERS);
		this.project.write("shop/src/main/java/com/shop/Orders.java", SourceProject.DECOY);
		Path compiled = this.project.compileJava("shop/app/" + classes, source);
		SourceExcerpt excerpt = requireNonNull(excerptOfFailure(url(compiled)));
		assertThat(excerpt.path()).isEqualTo(source);
		assertThat(excerpt.failingText()).isEqualTo(SourceProject.FAILING_LINE);
		assertThat(excerpt.note()).isNull();
	}

	@Test
	void testsPreferTheirOwnSources() throws Exception {
		this.project.write("src/main/java/com/shop/Orders.java", SourceProject.DECOY);
		Path source = this.project.write("src/test/java/com/shop/Orders.java", SourceProject.ORDERS);
		Path compiled = this.project.compileJava("target/test-classes", source);
		assertThat(requireNonNull(excerptOfFailure(url(compiled))).path()).isEqualTo(source);
	}

	@ParameterizedTest
	@ValueSource(strings = { "src/main/java", "src" })
	void moduleOfADirectoryThatAllModulesAreCompiledToIsFoundByItsName(String sources) throws Exception {
		this.project.write("shop/pom.xml", "<project/>");
		this.project.write("shop/admin/" + sources + "/com/shop/Orders.java", SourceProject.DECOY);
		this.project.write("shop/zoo/" + sources + "/com/shop/Orders.java", SourceProject.DECOY);
		Path source = this.project.write("shop/services/orders/" + sources + "/com/shop/Orders.java",
				SourceProject.ORDERS);
		Path compiled = this.project.compileJava("shop/out/production/orders", source);
		assertThat(requireNonNull(excerptOfFailure(url(compiled))).path()).isEqualTo(source);
	}

	@ParameterizedTest
	@ValueSource(strings = { "target/app-1.0.jar", "build/libs/app-1.0.jar", "target/app/lib/app-1.0.jar",
			"build/install/app/lib/app-1.0.jar" })
	void sourceOfAJarIsInTheModuleThatItWasBuiltIn(String jar) throws Exception {
		Path source = this.project.write("shop/app/src/main/java/com/shop/Orders.java", SourceProject.ORDERS);
		Path compiled = this.project.compileJava("classes", source);
		Path archive = this.project.pack("shop/app/" + jar, compiled);
		assertThat(requireNonNull(excerptOfFailure(url(archive))).path()).isEqualTo(source);
	}

	@ParameterizedTest
	@CsvSource({ "repository/com/shop/orders/1.0/orders-1.0.jar, repository/com/shop/orders/1.0/orders-1.0-sources.jar",
			"files-2.1/com.shop/orders/1.0/ab12/orders-1.0.jar, files-2.1/com.shop/orders/1.0/9c/orders-1.0-sources.jar",
			"a b+ü/orders-1.0.jar, a b+ü/orders-1.0-sources.jar", "lib/orders-1.0.jar, lib/orders-1.0.jar" })
	void sourceIsInTheArchiveThatBelongsToAJar(String jar, String sources) throws Exception {
		Path source = this.project.write("files/com/shop/Orders.java", SourceProject.ORDERS);
		Path compiled = this.project.compileJava(jar.equals(sources) ? "files" : "classes", source);
		Path archive = this.project.pack(jar, compiled);
		this.project.pack(sources, this.project.path("files"));
		SourceExcerpt excerpt = requireNonNull(excerptOfFailure(url(archive)));
		assertThat(excerpt.path()).isNull();
		assertThat(excerpt.failingText()).isEqualTo(SourceProject.FAILING_LINE);
	}

	@Test
	void sourceOfAPackedApplicationIsInTheModulesOfItsProject() throws Exception {
		this.project.write("shop/settings.gradle", "");
		Path application = this.project.write("shop/app/src/main/java/com/shop/Orders.java", SourceProject.ORDERS);
		Path library = this.project.write("shop/stock/src/main/java/com/shop/stock/Orders.java",
				SourceProject.ORDERS.replace("com.shop", "com.shop.stock"));
		Path jar = packApplication(this.project.compileJava("c1", application),
				this.project.compileJava("c2", library));
		try (URLClassLoader loader = bootLoader(jar)) {
			assertThat(requireNonNull(excerpt(loader, frame(failure(loader, "com.shop.Orders")))).path())
				.isEqualTo(application);
			assertThat(requireNonNull(excerpt(loader, frame(failure(loader, "com.shop.stock.Orders")))).path())
				.isEqualTo(library);
		}
	}

	@Test
	void sourcesPackedBesideTheClassesOfAnApplicationAreRead() throws Exception {
		Path application = this.project.write("c1/com/shop/Orders.java", SourceProject.ORDERS);
		Path library = this.project.write("c2/com/shop/stock/Orders.java",
				SourceProject.ORDERS.replace("com.shop", "com.shop.stock"));
		Path jar = packApplication(this.project.compileJava("c1", application),
				this.project.compileJava("c2", library));
		try (URLClassLoader loader = bootLoader(jar)) {
			for (String name : List.of("com.shop.Orders", "com.shop.stock.Orders")) {
				SourceExcerpt excerpt = requireNonNull(excerpt(loader, frame(failure(loader, name))));
				assertThat(excerpt.path()).isNull();
				assertThat(excerpt.failingText()).isEqualTo(SourceProject.FAILING_LINE);
			}
		}
	}

	@Test
	void classicUrlOfAPackedApplicationIsUnderstood() throws Exception {
		Path jar = this.project.path("my app/target/app.jar");
		SourceRoots roots = SourceRoots.of(new URL("jar:" + url(jar) + "!/BOOT-INF/lib/stock-1.0.jar!/"));
		assertThat(roots).isEqualTo(new SourceRoots(jar, "stock-1.0.jar"));
	}

	@Test
	void moduleInARepositoryIsFoundInTheProjectThatRuns() throws Exception {
		String name = getClass().getName().replace('.', '/') + ".class";
		Path classes = this.project.path("classes");
		Path copy = classes.resolve(name);
		Files.createDirectories(copy.getParent());
		Files.copy(requireNonNull(getClass().getClassLoader().getResourceAsStream(name)), copy);
		Path jar = this.project.pack("repository/shop/1.0/shop-1.0-tests.jar", classes);
		try (URLClassLoader loader = new URLClassLoader(new URL[] { url(jar) }, null)) {
			SourceExcerpt excerpt = requireNonNull(
					excerpt(loader, new StackTraceElement(getClass().getName(), "any", "SourcesTests.java", 17)));
			assertThat(excerpt.failingText()).isEqualTo("package io.starlet.traceback;");
			assertThat(excerpt.path()).endsWith(Path.of("src/test/java/io/starlet/traceback/SourcesTests.java"));
		}
	}

	@Test
	void classWithoutSourceHasNoExcerpt() throws Exception {
		Path source = this.project.write("elsewhere/Orders.java", SourceProject.ORDERS);
		assertThat(excerptOfFailure(url(this.project.compileJava("app/target/classes", source)))).isNull();
		Path jar = this.project.pack("lib/orders.jar", this.project.path("app/target/classes"));
		assertThat(excerptOfFailure(url(jar))).isNull();
	}

	@Test
	void classesOfTheJdkHaveNoExcerpt() {
		ClassLoader loader = getClass().getClassLoader();
		assertThat(excerpt(loader, new StackTraceElement("java.lang.String", "x", "String.java", 20))).isNull();
		assertThat(excerpt(loader, new StackTraceElement("java.sql.Date", "x", "Date.java", 20))).isNull();
	}

	@Test
	void everyShapeOfJavaClassLeadsToItsLine() throws Exception {
		Path source = this.project.write("src/main/java/com/shop/Shapes.java", """
				package com.shop;

				import java.util.*;
				import java.util.function.*;

				public class Shapes {

					static <T> T fail() {
						throw new IllegalStateException();
					}

					static class Nested {
						static class Deeper {
							static void run() {
								fail(); // nested
							}
						}
					}

					record Item(int price) {
						Item {
							fail(); // record
						}
					}

					enum Size {
						SMALL {
							@Override
							void run() {
								fail(); // enum constant
							}
						};

						abstract void run();
					}

					interface Priced {
						default void run() {
							fail(); // interface
						}
					}

					public static void main(String[] args) {
						class Local {
							void run() {
								fail(); // local
							}
						}
						Runnable anonymous = new Runnable() {
							@Override
							public void run() {
								fail(); // anonymous
							}
						};
						Map<String, Runnable> shapes = new LinkedHashMap<>();
						shapes.put("nested", Nested.Deeper::run);
						shapes.put("record", () -> new Item(1));
						shapes.put("enum constant", Size.SMALL::run);
						shapes.put("interface", () -> new Priced() { }.run());
						shapes.put("local", () -> new Local().run());
						shapes.put("anonymous", anonymous);
						shapes.put("lambda", () -> {
							fail(); // lambda
						});
						shapes.put("nested lambda", () -> List.of(1).forEach((i) -> {
							fail(); // nested lambda
						}));
						shapes.put("package-private class", Other::run);
						shapes.get(args[0]).run();
					}

				}

				class Other {
					static void run() {
						Shapes.fail(); // package-private class
					}
				}
				""");
		assertFramesLeadToTheirLines(this.project.compileJava("target/classes", source), source, "com.shop.Shapes",
				"fail", "nested", "record", "enum constant", "interface", "local", "anonymous", "lambda",
				"nested lambda", "package-private class");
	}

	@Test
	void everyShapeOfKotlinCodeLeadsToItsLine() throws Exception {
		this.project.write("src/main/kotlin/shop/orders/Shapes.kt", "package other\n".repeat(100));
		Path source = this.project.write("src/main/kotlin/orders/Shapes.kt", """
				@file:Suppress("unused")

				package com.shop.`orders`

				fun boom(): Nothing = throw IllegalStateException()

				inline fun twice(action: () -> Unit) {
					action()
					action()
				}

				inline fun <reified T> failing(value: () -> T): T {
					if (T::class.java.isArray) {
						return value()
					}
					throw IllegalStateException()
				}

				fun topLevel() {
					boom() // top-level
				}

				class Item(val price: Int) {
					init {
						boom() // class
					}

					companion object {
						fun create() {
							boom() // companion
						}
					}

					data class Part(val name: String) {
						val size: Any by lazy {
							boom() // nested
						}
					}
				}

				fun String.shout() {
					boom() // extension
				}

				fun main(args: Array<String>) {
					val shapes = mapOf<String, () -> Any>(
						"top-level" to { topLevel() },
						"class" to { Item(1) },
						"companion" to { Item.create() },
						"nested" to { Item.Part("x").size },
						"extension" to { "x".shout() },
						"lambda" to {
							boom() // lambda
						},
						"inline lambda" to {
							twice {
								listOf(1).forEach {
									boom() // inline lambda
								}
							}
						},
						"inline function" to {
							failing<Int> { 1 } // inline function
						},
						"inline function in an inline lambda" to {
							twice {
								failing { 1 } // inline function in an inline lambda
							}
						},
						"inline function of the library" to {
							check(args.isEmpty()) // inline function of the library
						},
						"suspend" to {
							val block: suspend () -> Unit = {
								boom() // suspend
							}
							block.start()
						},
					)
					shapes.getValue(args[0])()
				}

				private fun (suspend () -> Unit).start() =
					(this as (kotlin.coroutines.Continuation<Unit>) -> Any)(
						object : kotlin.coroutines.Continuation<Unit> {
							override val context = kotlin.coroutines.EmptyCoroutineContext
							override fun resumeWith(result: Result<Unit>) = result.getOrThrow()
						})
				""");
		assertFramesLeadToTheirLines(this.project.compileKotlin("target/classes", source), source,
				"com.shop.orders.ShapesKt", "boom", "top-level", "class", "companion", "nested", "extension", "lambda",
				"inline lambda", "inline function", "inline function in an inline lambda",
				"inline function of the library", "suspend");
	}

	@Test
	void inlinedFunctionSaysSo() throws Exception {
		Path source = this.project.write("src/main/kotlin/Orders.kt", """
				inline fun boom(message: () -> String) {
					if (message().isNotEmpty()) {
						throw IllegalStateException()
					}
				}
				fun fail() {
					boom { "x" }
				}
				""");
		try (URLClassLoader loader = loader(url(this.project.compileKotlin("target/classes", source)))) {
			StackTraceElement frame = frame(failure(loader, "OrdersKt"));
			assertThat(frame.getLineNumber()).isGreaterThan(8);
			SourceExcerpt excerpt = requireNonNull(excerpt(loader, frame));
			assertThat(excerpt.failingLine()).isEqualTo(7);
			assertThat(excerpt.note()).isEqualTo("The function that failed was inlined here.");
			assertThat(excerpt(loader, new StackTraceElement("OrdersKt", "fail", "Orders.kt", 1_000))).isNull();
		}
	}

	@Test
	void fileThatChangedSinceItWasCompiledSaysSo() throws Exception {
		Path source = this.project.write("app/src/main/java/com/shop/Orders.java", SourceProject.ORDERS);
		Path classes = this.project.compileJava("app/target/classes", source);
		Path jar = this.project.pack("app/target/app.jar", classes);
		Path archived = this.project.pack("lib/app.jar", classes);
		this.project.pack("lib/app-sources.jar", this.project.path("app/src/main/java"));
		for (Path compiled : List.of(classes, jar, archived)) {
			assertThat(requireNonNull(excerptOfFailure(url(compiled))).note()).isNull();
		}
		Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(3600)));
		assertThat(requireNonNull(excerptOfFailure(url(classes))).note()).startsWith("The file has changed");
		assertThat(requireNonNull(excerptOfFailure(url(jar))).note()).startsWith("The file has changed");
		assertThat(requireNonNull(excerptOfFailure(url(archived))).note()).isNull();
	}

	@Test
	void fileOfManyFramesIsReadOnce() throws Exception {
		Path source = this.project.write("src/main/java/com/shop/Orders.java", SourceProject.ORDERS);
		Path classes = this.project.compileJava("target/classes", source);
		try (URLClassLoader loader = loader(url(classes));
				Sources sources = new Sources(loader, 4, new Redaction(List.of()))) {
			SourceExcerpt first = sources.excerpt(new StackTraceElement("com.shop.Orders", "a", "Orders.java", 6));
			Files.delete(source);
			assertThat(sources.excerpt(new StackTraceElement("com.shop.Orders", "b", "Orders.java", 6)))
				.isEqualTo(first)
				.isNotNull();
		}
	}

	@Test
	void archivesAreClosed() throws Exception {
		Path source = this.project.write("files/com/shop/Orders.java", SourceProject.ORDERS);
		this.project.write("files/com/shop/Other.java", "package com.shop;");
		Path jar = this.project.pack("lib/orders.jar", this.project.compileJava("classes", source));
		this.project.pack("lib/orders-sources.jar", this.project.path("files"));
		try (URLClassLoader loader = loader(url(jar))) {
			Sources sources = new Sources(loader, 4, new Redaction(List.of()));
			try (sources) {
				assertThat(sources.excerpt(new StackTraceElement("com.shop.Orders", "a", "Orders.java", 1)))
					.isNotNull();
			}
			assertThat(sources.excerpt(new StackTraceElement("com.shop.Orders", "a", "Other.java", 1))).isNull();
		}
	}

	private void assertFramesLeadToTheirLines(Path classes, Path source, String type, String thrower, String... shapes)
			throws Exception {
		try (URLClassLoader loader = loader(url(classes))) {
			for (String shape : shapes) {
				Throwable failure = failure(loader, type, "main", shape);
				StackTraceElement frame = Stream.of(failure.getStackTrace())
					.filter((element) -> !element.getMethodName().equals(thrower))
					.findFirst()
					.orElseThrow();
				SourceExcerpt excerpt = requireNonNull(excerpt(loader, frame), () -> shape + " at " + frame);
				assertThat(excerpt.failingText()).as(shape).endsWith("// " + shape);
				assertThat(excerpt.path()).isEqualTo(source);
			}
		}
	}

	private Path packApplication(Path application, Path library) throws IOException {
		Path content = this.project.path("content");
		copy(application, content.resolve("BOOT-INF/classes"));
		this.project.pack("content/BOOT-INF/lib/stock-1.0.jar", library);
		return this.project.pack("shop/app/target/app.jar", content);
	}

	private static void copy(Path from, Path to) throws IOException {
		try (Stream<Path> files = Files.walk(from)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				Path target = to.resolve(from.relativize(file));
				Files.createDirectories(target.getParent());
				Files.copy(file, target);
			}
		}
	}

	private static URLClassLoader bootLoader(Path jar) {
		Handlers.register();
		File file = jar.toFile();
		URL[] urls = { JarUrl.create(file, "BOOT-INF/classes/"), JarUrl.create(file, "BOOT-INF/lib/stock-1.0.jar") };
		return new LaunchedClassLoader(false, urls, ClassLoader.getPlatformClassLoader());
	}

	private @Nullable SourceExcerpt excerptOfFailure(URL classes) throws Exception {
		try (URLClassLoader loader = loader(classes)) {
			return excerpt(loader, frame(failure(loader, "com.shop.Orders")));
		}
	}

	private static URLClassLoader loader(URL classes) {
		URL kotlin = kotlin.Unit.class.getProtectionDomain().getCodeSource().getLocation();
		return new URLClassLoader(new URL[] { classes, kotlin }, ClassLoader.getPlatformClassLoader());
	}

	private static Throwable failure(ClassLoader loader, String type) throws Exception {
		return failure(loader, type, "fail");
	}

	private static Throwable failure(ClassLoader loader, String type, String method, String... arguments)
			throws Exception {
		Class<?> loaded = loader.loadClass(type);
		Throwable thrown = (arguments.length > 0)
				? catchThrowable(() -> loaded.getMethod(method, String[].class).invoke(null, (Object) arguments))
				: catchThrowable(() -> loaded.getMethod(method).invoke(null));
		return requireNonNull(requireNonNull(thrown).getCause());
	}

	private static StackTraceElement frame(Throwable failure) {
		return failure.getStackTrace()[0];
	}

	private static @Nullable SourceExcerpt excerpt(ClassLoader loader, StackTraceElement element) {
		try (Sources sources = new Sources(loader, 4, new Redaction(List.of()))) {
			return sources.excerpt(element);
		}
	}

	private static URL url(Path path) throws IOException {
		return path.toUri().toURL();
	}

}
