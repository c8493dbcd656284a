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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

import org.openjdk.jmh.util.Version;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

/**
 * What the figures were measured on.
 */
final class Machine {

	private Machine() {
	}

	static String describe(int rounds) throws IOException {
		return String.join("\n", List.of(
				"- %s, %d cores, Linux %s".formatted(processor(), Runtime.getRuntime().availableProcessors(),
						System.getProperty("os.version")),
				"- Java %s, %s".formatted(System.getProperty("java.vm.version"), System.getProperty("java.vm.name")),
				"- Spring Boot %s, Spring Framework %s, Reactor Netty %s".formatted(SpringBootVersion.getVersion(),
						SpringVersion.getVersion(),
						reactor.netty.http.server.HttpServer.class.getPackage().getImplementationVersion()),
				"- " + output("/usr/bin/python3", "-c",
						"import platform, starlette, uvicorn; print('Python', platform.python_version() + ', Starlette', "
								+ "starlette.__version__ + ', uvicorn', uvicorn.__version__)"),
				"- JMH %s, %s".formatted(Version.getPlainVersion(), wrk()),
				"- %s, in %d rounds".formatted(LocalDate.now(ZoneId.systemDefault()), rounds)));
	}

	private static String processor() throws IOException {
		return Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 2))
			.findFirst()
			.orElse(System.getProperty("os.arch"));
	}

	/** It tells its version in the first of several lines, as if it had failed. */
	private static String wrk() throws IOException {
		return output("wrk", "-v").lines().findFirst().orElseThrow().replaceFirst(" \\[.*", "");
	}

	private static String output(String... command) throws IOException {
		Process process = new ProcessBuilder(command).start();
		return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
	}

}
