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

package io.starlet.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.catalina.util.ServerInfo;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.SpringBootVersion;

/**
 * What the figures were measured on.
 */
final class Machine {

	private Machine() {
	}

	static String describe() throws IOException {
		return """
				- %s, %d cores, Linux %s
				- Java %s
				- Spring Boot %s, Reactor Netty %s, %s, Jetty %s""".formatted(processor(),
				Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"),
				System.getProperty("java.vm.version"), SpringBootVersion.getVersion(),
				HttpServer.class.getPackage().getImplementationVersion(),
				ServerInfo.getServerInfo().replace("Apache Tomcat/", "Tomcat "),
				org.eclipse.jetty.server.Server.getVersion());
	}

	private static String processor() throws IOException {
		return Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 2))
			.findFirst()
			.orElse(System.getProperty("os.arch"));
	}

}
