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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.starlet.benchmarks.contestant.Contestant;
import io.starlet.benchmarks.contestant.Request;
import io.starlet.benchmarks.load.LoadTest;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/**
 * Figures in Markdown.
 */
final class Tables {

	private static final String DIRECT = Contestant.DIRECT.getLabel();

	private Tables() {
	}

	/**
	 * Show what a request costs a server if its response is returned directly, and how
	 * often that it costs the others: the median of the rounds, the lowest and the
	 * highest.
	 */
	static String load(Measurements measurements) {
		List<String> others = Stream.concat(others(), Stream.of(LoadTest.STARLETTE)).toList();
		List<String> rows = new ArrayList<>(header(others));
		for (Request request : Request.values()) {
			String limit = Contestant.limit(request).getLabel();
			String cost = String.format(Locale.ROOT, "%.1f µs", measurements.median(request, limit));
			rows.add(
					row(request, cost, others,
							(other) -> measurements.has(request, other)
									? describe(measurements.ratios(request, other,
											other.equals(LoadTest.STARLETTE) ? LoadTest.STARLETTE_DIRECT : limit))
									: ""));
		}
		return String.join("\n", rows);
	}

	/**
	 * Show the time and the bytes of a request if its response is returned directly, and
	 * how often that time the others take, and how many bytes more.
	 */
	static String handlers(Measurements times, Measurements bytes) {
		List<String> others = others().toList();
		List<String> rows = new ArrayList<>(header(others));
		for (Request request : Request.values()) {
			String limit = Contestant.limit(request).getLabel();
			double limitBytes = bytes.median(request, limit);
			String cost = String.format(Locale.ROOT, "%.1f µs, %,.0f B", times.median(request, limit), limitBytes);
			rows.add(row(request, cost, others,
					(other) -> times.has(request, other) ? String.format(Locale.ROOT, "%s, %+,.0f B",
							describe(times.ratios(request, other, limit)), bytes.median(request, other) - limitBytes)
							: ""));
		}
		return String.join("\n", rows);
	}

	private static Stream<String> others() {
		return Arrays.stream(Contestant.values())
			.filter((contestant) -> contestant != Contestant.DIRECT)
			.map(Contestant::getLabel);
	}

	private static List<String> header(List<String> others) {
		return List.of("| Request | %s | %s |".formatted(DIRECT, String.join(" | ", others)),
				"|---|---:|" + "---:|".repeat(others.size()));
	}

	private static String row(Request request, String cost, List<String> others, UnaryOperator<String> cell) {
		String limit = Contestant.limit(request).getLabel();
		StringBuilder row = new StringBuilder(
				"| %s | %s |".formatted(request.getLabel(), limit.equals(DIRECT) ? cost : ""));
		others.forEach((other) -> row.append(" %s |".formatted(other.equals(limit) ? cost : cell.apply(other))));
		return row.toString();
	}

	private static String describe(double[] ratios) {
		return String.format(Locale.ROOT, "**%.2f** (%.2f–%.2f)", Measurements.median(ratios), ratios[0],
				ratios[ratios.length - 1]);
	}

	/**
	 * Show what JMH has measured, with its error at 99.9 % of confidence.
	 */
	static String results(Collection<RunResult> results) {
		return Stream.concat(Stream.of("| Measured | Time | Allocated |", "|---|---:|---:|"), results.stream()
			.map((result) -> String.format(Locale.ROOT, "| %s | %,.3f ± %,.3f %s | %,.0f B |", name(result.getParams()),
					result.getPrimaryResult().getScore(), result.getPrimaryResult().getScoreError(),
					result.getPrimaryResult().getScoreUnit().replace("us", "µs"), Benchmarks.allocatedBytes(result))))
			.collect(Collectors.joining("\n"));
	}

	private static String name(BenchmarkParams params) {
		String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
		return Stream
			.concat(Stream.of(method), params.getParamsKeys().stream().map((key) -> key + ' ' + params.getParam(key)))
			.collect(Collectors.joining(", "));
	}

}
