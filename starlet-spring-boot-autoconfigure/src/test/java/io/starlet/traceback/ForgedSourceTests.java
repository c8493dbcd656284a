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

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link Sources} does not read: a frame may be forged, and a file may be
 * anything.
 */
@Timeout(60)
class ForgedSourceTests {

	private static final String CLASS = "com.shop.Orders";

	private static final String ROOT = "app/src/main/java/";

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@SuppressWarnings("NullAway.Init")
	private SourceProject project;

	@SuppressWarnings("NullAway.Init")
	private Path source;

	@SuppressWarnings("NullAway.Init")
	private URLClassLoader loader;

	@BeforeEach
	void compile() throws Exception {
		this.project = new SourceProject(this.directory);
		this.source = this.project.write(ROOT + "com/shop/Orders.java", SourceProject.ORDERS);
		URL classes = this.project.compileJava("app/target/classes", this.source).toUri().toURL();
		this.loader = new URLClassLoader(new URL[] { classes }, ClassLoader.getPlatformClassLoader());
	}

	@AfterEach
	void close() throws IOException {
		this.loader.close();
	}

	@Test
	void honestFrameHasAnExcerpt() {
		assertThat(excerpt(CLASS, "Orders.java")).isNotNull();
	}

	static Stream<String> namesThatAreNoFileNames() {
		return Stream.of("", ".", "..", "../Secret.java", "../../../../../../Secret.java", "sub/Secret.java",
				"./Orders.java", "..\\Secret.java", "sub\\Secret.java", "/etc/passwd",
				"../../../../../../../etc/passwd", "secret.yml", "Secret.JAVA", "Orders.class", ".java", "..java",
				"Orders.java\0", "\0Orders.java", "Orders.java\n", "C:Orders.java", "file:Orders.java",
				"%2e%2e/Secret.java", "a".repeat(100_000) + ".java", "\ud800.java", "<generated>", "Unknown Source");
	}

	@ParameterizedTest
	@MethodSource("namesThatAreNoFileNames")
	void nameOfAFileElsewhereIsNotFollowed(String name) {
		for (String secret : List.of("Secret.java", ROOT + "com/Secret.java", ROOT + "com/shop/sub/Secret.java",
				ROOT + "com/shop/secret.yml", ROOT + "com/shop/Secret.JAVA", ROOT + "com/shop/Orders.class",
				ROOT + "com/shop/..\\Secret.java", ROOT + "com/shop/sub\\Secret.java", ROOT + "com/shop/C:Orders.java",
				ROOT + "com/shop/file:Orders.java", ROOT + "com/shop/Orders.java\n")) {
			this.project.write(secret, "secret");
		}
		assertThat(excerpt(CLASS, name)).isNull();
		assertThat(excerpt(CLASS, this.project.path("Secret.java").toString())).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "../../etc/passwd", "/etc/passwd", "com/shop/Orders", "com.shop",
			"com.shop.", "com..shop.Orders", "com.shop.Orders\0", "\0", "[Lcom.shop.Orders;", "[I", "int", "void",
			"com.shop.orders", "\ud800", "file:///etc/passwd", "com\\shop\\Orders" })
	void nameOfNoClassHasNoExcerpt(String name) {
		assertThat(excerpt(name, "Orders.java")).isNull();
	}

	@Test
	void longNameOfAClassHasNoExcerpt() {
		assertThat(excerpt("a".repeat(1_000_000), "Orders.java")).isNull();
		assertThat(excerpt("a.".repeat(100_000) + "A", "Orders.java")).isNull();
	}

	@Test
	void classIsNotInitialised() throws Exception {
		Path file = this.project.write(ROOT + "com/shop/Loud.java", """
				package com.shop;

				class Loud {
					static {
						System.setProperty("starlet.test.initialised", "true");
					}
				}
				""");
		this.project.compileJava("app/target/classes", file);
		assertThat(excerpt("com.shop.Loud", "Loud.java")).isNotNull();
		assertThat(System.getProperty("starlet.test.initialised")).isNull();
	}

	@Test
	void failureOfTheClassLoaderIsContained() {
		for (Throwable failure : List.of(new IllegalStateException(), new NoClassDefFoundError(),
				new ClassFormatError(), new StackOverflowError(), new AssertionError())) {
			ClassLoader failing = new ClassLoader(null) {
				@Override
				protected Class<?> findClass(String name) {
					throw sneaky(failure);
				}
			};
			assertThat(excerpt(failing, new StackTraceElement(CLASS, "fail", "Orders.java", 6))).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -2, -1, 0, 10, Integer.MAX_VALUE })
	void lineThatTheFileDoesNotHaveHasNoExcerpt(int line) {
		assertThat(excerpt(this.loader, new StackTraceElement(CLASS, "fail", "Orders.java", line))).isNull();
	}

	@Test
	void frameWithoutFileHasNoExcerpt() {
		assertThat(excerpt(this.loader, new StackTraceElement(CLASS, "fail", null, 6))).isNull();
	}

	@Test
	void linkIsFollowedOnlyWithinTheSources() throws Exception {
		Path secret = this.project.write("Secret.java", "secret");
		Path inside = this.project.write(ROOT + "com/other/Inside.java", "inside");
		link("com/shop/Secret.java", secret);
		link("com/shop/Inside.java", inside);
		link("com/shop/Loop.java", this.project.path(ROOT + "com/shop/Loop.java"));
		link("com/shop/Broken.java", this.project.path("nothing"));
		assertThat(excerpt(CLASS, "Secret.java")).isNull();
		assertThat(excerpt(CLASS, "Loop.java")).isNull();
		assertThat(excerpt(CLASS, "Broken.java")).isNull();
		assertThat(excerpt(CLASS, "Inside.java")).isNotNull();
	}

	@Test
	void projectBehindALinkHasExcerpts() throws Exception {
		Files.move(this.project.path("app"), this.project.path("real"));
		Files.createSymbolicLink(this.project.path("app"), this.project.path("real"));
		assertThat(excerpt(CLASS, "Orders.java")).isNotNull();
	}

	@Test
	void loopsOfDirectoriesEndTheSearch() throws Exception {
		this.project.write("pom.xml", "");
		Files.createSymbolicLink(this.project.path("app/loop"), this.project.path("."));
		assertThat(excerpt(CLASS, "Nowhere.java")).isNull();
	}

	@Test
	void onlyRegularFilesAreOpened() throws Exception {
		Files.createDirectories(this.project.path(ROOT + "com/shop/Folder.java"));
		this.project.write(ROOT + "com/shop/Folder.java/secret.txt", "secret");
		assertThat(excerpt(CLASS, "Folder.java")).isNull();
		Process process = new ProcessBuilder("mkfifo", this.project.path(ROOT + "com/shop/Pipe.java").toString())
			.start();
		assertThat(process.waitFor()).isZero();
		assertThat(excerpt(CLASS, "Pipe.java")).isNull();
	}

	@Test
	void fileThatCannotBeReadHasNoExcerpt() throws Exception {
		Files.setPosixFilePermissions(this.source, PosixFilePermissions.fromString("---------"));
		// The superuser may read everything
		boolean readable = Files.isReadable(this.source);
		assertThat(excerpt(CLASS, "Orders.java") != null).isEqualTo(readable);
	}

	@Test
	void archiveThatCannotBeReadIsPassedOver() throws Exception {
		Files.delete(this.source);
		this.project.write("app/target/classes/com/shop/Orders.java", SourceProject.ORDERS);
		Path jar = this.project.pack("lib/orders.jar", this.project.path("app/target/classes"));
		this.project.write("lib/orders-sources.jar", "no archive");
		try (URLClassLoader packed = new URLClassLoader(new URL[] { jar.toUri().toURL() }, null)) {
			assertThat(excerpt(packed, new StackTraceElement(CLASS, "fail", "Orders.java", 6))).isNotNull();
		}
	}

	@Test
	void largeFilesAreNotRead() throws Exception {
		int limit = 2 * 1024 * 1024;
		this.project.write(ROOT + "com/shop/Fits.java", "//\n" + " ".repeat(limit - 3));
		this.project.write(ROOT + "com/shop/Large.java", "//\n" + " ".repeat(limit - 2));
		assertThat(excerpt(CLASS, "Fits.java")).isNotNull();
		assertThat(excerpt(CLASS, "Large.java")).isNull();
	}

	@Test
	void ofALargeFileNoMoreIsReadThanTheLimit() throws Exception {
		this.project.write(ROOT + "com/shop/Huge.java", "//\n" + " ".repeat(100_000_000));
		try (Sources sources = sources(this.loader)) {
			assertThat(sources.excerpt(new StackTraceElement(CLASS, "x", "Huge.java", 1))).isNull();
			assertThat(sources.excerpt(new StackTraceElement(CLASS, "x", "Orders.java", 1))).isNotNull();
		}
	}

	@Test
	void filesOfOneErrorAreBoundedInAll() throws Exception {
		IntStream.range(0, 20)
			.forEach((i) -> this.project.write(ROOT + "com/shop/F" + i + ".java", "//\n" + " ".repeat(2_000_000)));
		try (Sources sources = sources(this.loader)) {
			long found = IntStream.range(0, 20)
				.filter((i) -> sources.excerpt(new StackTraceElement(CLASS, "x", "F" + i + ".java", 1)) != null)
				.count();
			assertThat(found).isEqualTo(8);
		}
	}

	@Test
	void numberOfFilesIsBounded() {
		IntStream.range(0, 210).forEach((i) -> this.project.write(ROOT + "com/shop/F" + i + ".java", "//"));
		try (Sources sources = sources(this.loader)) {
			long found = IntStream.range(0, 210)
				.filter((i) -> sources.excerpt(new StackTraceElement(CLASS, "x", "F" + i + ".java", 1)) != null)
				.count();
			assertThat(found).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 10, Integer.MAX_VALUE, -1, -2 })
	void sizeThatAnArchiveDeclaresIsNotTrusted(int declared) throws Exception {
		Path jar = this.project.pack("lib/orders.jar", this.project.path("app/target/classes"));
		Path archive = this.project.path("lib/orders-sources.jar");
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
			zip.putNextEntry(new ZipEntry("com/shop/Orders.java"));
			zip.write(("//\n" + " ".repeat(100_000_000)).getBytes(StandardCharsets.UTF_8));
		}
		ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(archive)).order(ByteOrder.LITTLE_ENDIAN);
		int directory = bytes.getInt(bytes.limit() - 6);
		assertThat(bytes.getInt(directory)).isEqualTo(0x02014b50);
		assertThat(bytes.getInt(directory + 24)).isEqualTo(100_000_003);
		bytes.putInt(directory + 24, declared);
		Files.write(archive, bytes.array());
		try (URLClassLoader packed = new URLClassLoader(new URL[] { jar.toUri().toURL() }, null)) {
			assertThat(excerpt(packed, new StackTraceElement(CLASS, "fail", "Orders.java", 1))).isNull();
		}
	}

	private void link(String name, Path target) throws IOException {
		Files.createSymbolicLink(this.project.path(ROOT + name), target);
	}

	private @Nullable SourceExcerpt excerpt(String className, String fileName) {
		return excerpt(this.loader, new StackTraceElement(className, "fail", fileName, 1));
	}

	private static @Nullable SourceExcerpt excerpt(ClassLoader loader, StackTraceElement element) {
		try (Sources sources = sources(loader)) {
			return sources.excerpt(element);
		}
	}

	private static Sources sources(ClassLoader loader) {
		return new Sources(loader, 4, new Redaction(List.of()));
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <T extends Throwable> T sneaky(Throwable failure) throws T {
		throw (T) failure;
	}

}
