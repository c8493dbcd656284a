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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.tools.ToolProvider;

import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory with real sources, classes and archives.
 *
 * @param directory the directory
 */
record SourceProject(Path directory) {

	/** A Java class whose {@code fail} throws. */
	static final String ORDERS = """
			package com.shop;

			public class Orders {

				public static void fail() {
					throw new IllegalStateException("no stock");
				}

			}
			""";

	/** The class with other lines. */
	static final String DECOY = ORDERS.replace("no stock", "decoy");

	/** The line that throws. */
	static final String FAILING_LINE = "		throw new IllegalStateException(\"no stock\");";

	Path write(String file, String text) {
		try {
			Path path = path(file);
			Files.createDirectories(path.getParent());
			return Files.writeString(path, text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path path(String name) {
		return this.directory.resolve(name);
	}

	/** Compile a source file and return the directory of its classes. */
	Path compileJava(String classes, Path source) {
		Path output = path(classes);
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-g", "-proc:none", "-d", output.toString(), source.toString());
		assertThat(result).isZero();
		return output;
	}

	Path compileKotlin(String classes, Path source) {
		Path output = path(classes);
		String library = Path.of(kotlin.Unit.class.getProtectionDomain().getCodeSource().getLocation().getPath())
			.toString();
		ExitCode result = new K2JVMCompiler().exec(System.err, "-no-stdlib", "-no-reflect", "-nowarn", "-classpath",
				library, "-d", output.toString(), source.toString());
		assertThat(result).isEqualTo(ExitCode.OK);
		return output;
	}

	/** Pack everything in a directory. */
	Path pack(String archive, Path content) throws IOException {
		List<Path> files;
		try (Stream<Path> all = Files.walk(content)) {
			files = all.filter((file) -> !file.equals(content)).toList();
		}
		Path path = path(archive);
		Files.createDirectories(path.getParent());
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
			for (Path file : files) {
				boolean folder = Files.isDirectory(file);
				store(zip, content.relativize(file) + (folder ? "/" : ""),
						folder ? new byte[0] : Files.readAllBytes(file));
			}
		}
		return path;
	}

	private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
		CRC32 crc = new CRC32();
		crc.update(content);
		ZipEntry entry = new ZipEntry(name);
		entry.setMethod(ZipEntry.STORED);
		entry.setSize(content.length);
		entry.setCrc(crc.getValue());
		zip.putNextEntry(entry);
		zip.write(content);
	}

}
