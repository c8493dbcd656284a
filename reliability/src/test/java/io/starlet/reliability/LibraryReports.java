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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the tests of the library itself have left in its target directory, as tables.
 *
 * @param target the directory
 */
record LibraryReports(Path target) {

	private static final Map<String, String> FAULTS = new TreeMap<>(Map.of("HTTP requests",
			"filter.FaultInjectionTests", "WebSocket sessions", "websocket.WebSocketFaultInjectionTests",
			"Background tasks", "background.BackgroundTaskFaultInjectionTests", "Tracebacks",
			"traceback.TracebackFaultInjectionTests"));

	private static final Map<String, String> FUZZED = Map.of("REQUEST", "HTTP requests with exceptions", "SOCKET",
			"Bytes on a socket", "SESSION", "WebSocket sessions", "PAGE", "Traceback pages");

	private static final List<String> PACKAGES = List.of("registry", "response", "filter", "traceback", "websocket",
			"background");

	private static final Pattern SUITE = Pattern
		.compile("<testsuite [^>]*tests=\"(\\d+)\" errors=\"(\\d+)\" skipped=\"(\\d+)\" failures=\"(\\d+)\"");

	private static final Pattern FUZZED_TARGET = Pattern.compile("(\\w+)=(\\d+)");

	private static final Pattern MUTATION = Pattern.compile("<mutation detected='(\\w+)'.*?(<sourceFile>.*?</blocks>)",
			Pattern.DOTALL);

	/** How many faults were tried and survived, a column for each server. */
	String faults() {
		return Stream.concat(Stream.of("| Faults in | Reactor Netty | Tomcat | Jetty |", "|---|---:|---:|---:|"),
				FAULTS.entrySet()
					.stream()
					.map((entry) -> "| %s | %s |".formatted(entry.getKey(),
							Stream.of("", "-tomcat", "-jetty")
								.map((suffix) -> faults(entry.getValue() + suffix))
								.collect(Collectors.joining(" | ")))))
			.collect(Collectors.joining("\n"));
	}

	private String faults(String test) {
		Path report = this.target.resolve("surefire-reports/TEST-io.starlet.%s.xml".formatted(test));
		if (!Files.exists(report)) {
			return "";
		}
		MatchResult suite = find(SUITE, report).findFirst().orElseThrow();
		int[] counts = IntStream.rangeClosed(1, 4).map((group) -> Integer.parseInt(suite.group(group))).toArray();
		return "%d of %d".formatted(counts[0] - counts[1] - counts[2] - counts[3], counts[0]);
	}

	/** How many inputs were tried. */
	String fuzzed() {
		return Stream
			.concat(Stream.of("| Inputs | Tried |", "|---|---:|"),
					find(FUZZED_TARGET, this.target.resolve("fuzz.txt")).map((input) -> String.format(Locale.ROOT,
							"| %s | %,d |", FUZZED.get(input.group(1)), Integer.parseInt(input.group(2)))))
			.collect(Collectors.joining("\n"));
	}

	boolean hasMutants() {
		return PACKAGES.stream().allMatch((name) -> Files.exists(mutations("REACTOR_NETTY", name)));
	}

	/** How many mutants were killed, on whichever server, a row for each package. */
	String mutants() {
		return Stream.concat(Stream.of("| Package | Mutants | Killed | |", "|---|---:|---:|---:|"),
				PACKAGES.stream().map((name) -> {
					List<MatchResult> mutants = find(MUTATION, mutations("REACTOR_NETTY", name)).toList();
					Set<String> killed = Stream.of("REACTOR_NETTY", "TOMCAT", "JETTY")
						.map((server) -> mutations(server, name))
						.filter(Files::exists)
						.flatMap((report) -> find(MUTATION, report))
						.filter((mutant) -> mutant.group(1).equals("true"))
						.map((mutant) -> mutant.group(2))
						.collect(Collectors.toSet());
					long count = mutants.stream().filter((mutant) -> killed.contains(mutant.group(2))).count();
					return String.format(Locale.ROOT, "| `%s` | %,d | %,d | %d %% |", name, mutants.size(), count,
							100 * count / mutants.size());
				}))
			.collect(Collectors.joining("\n"));
	}

	private Path mutations(String server, String packageName) {
		return this.target.resolve("mutation/%s/%s/mutations.xml".formatted(server, packageName));
	}

	private static Stream<MatchResult> find(Pattern pattern, Path file) {
		try {
			return pattern.matcher(Files.readString(file)).results();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
