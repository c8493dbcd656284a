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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.springframework.boot.context.metrics.buffering.BufferingApplicationStartup;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.util.Assert;

/**
 * What it takes to find and validate handlers when an application starts.
 */
final class StartUp {

	private static final int STARTS = 11;

	private static final List<Integer> HANDLERS = List.of(0, 1000);

	private StartUp() {
	}

	/**
	 * Each start has a JVM of its own, as nothing is compiled yet when an application
	 * starts.
	 */
	static String compare() throws Exception {
		List<String> rows = new ArrayList<>(
				List.of("| Handlers | Finding and validating them | Whole start |", "|---:|---:|---:|"));
		for (int handlers : HANDLERS) {
			double[] own = new double[STARTS];
			double[] whole = new double[STARTS];
			try (GeneratedHandlers generated = GeneratedHandlers.compile(handlers)) {
				for (int start = 0; start < STARTS; start++) {
					String[] millis = start(generated.getDirectory()).split(" ", -1);
					own[start] = Double.parseDouble(millis[0]);
					whole[start] = Double.parseDouble(millis[1]);
				}
			}
			rows.add("| %d | %s | %s |".formatted(handlers, describe(own), describe(whole)));
		}
		return String.join("\n", rows);
	}

	private static String start(Path handlers) throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), StartUp.class.getName(), handlers.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		String[] lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n", -1);
		Assert.state(process.waitFor() == 0, "Not started");
		return lines[lines.length - 2];
	}

	private static String describe(double[] millis) {
		Arrays.sort(millis);
		return String.format(Locale.ROOT, "**%.0f ms** (%.0f–%.0f)", Measurements.median(millis), millis[0],
				millis[millis.length - 1]);
	}

	/**
	 * Start once, and print the milliseconds.
	 * @param args the directory of the compiled handlers
	 * @throws Exception if it can't be started
	 */
	public static void main(String[] args) throws Exception {
		BufferingApplicationStartup startup = new BufferingApplicationStartup(100_000);
		GeneratedHandlers generated = GeneratedHandlers.load(Path.of(args[0]));
		long before = System.nanoTime();
		ReactiveWebServerApplicationContext application = generated.start(startup);
		Duration whole = Duration.ofNanos(System.nanoTime() - before);
		application.close();
		Duration own = startup.getBufferedTimeline()
			.getEvents()
			.stream()
			.filter((event) -> event.getStartupStep().getName().equals("spring.beans.smart-initialize"))
			.filter((event) -> "registeredHandlers"
				.equals(event.getStartupStep().getTags().iterator().next().getValue()))
			.map((event) -> event.getDuration())
			.findAny()
			.orElseThrow();
		System.out.println(own.toNanos() / 1e6 + " " + whole.toNanos() / 1e6);
	}

}
