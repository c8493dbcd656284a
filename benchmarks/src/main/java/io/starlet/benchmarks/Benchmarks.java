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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.starlet.benchmarks.contestant.Contestant;
import io.starlet.benchmarks.contestant.Request;
import io.starlet.benchmarks.load.LoadTest;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs all comparisons, and writes their tables into a page.
 */
public final class Benchmarks {

	private static final String ALLOCATED_BYTES = "gc.alloc.rate.norm";

	private Benchmarks() {
	}

	/**
	 * Run the comparisons.
	 * @param args the page, and the number of rounds
	 * @throws Exception if something can't be run
	 */
	public static void main(String[] args) throws Exception {
		Page page = new Page(Path.of(args[0]));
		int rounds = Integer.parseInt(args[1]);
		Map<String, String> sections = new LinkedHashMap<>();
		sections.put("## The machine", Machine.describe(rounds));
		sections.put("## Under load", Tables.load(LoadTest.run(rounds)));
		sections.put("## Without a server", compareHandlers(rounds));
		sections.put("## Looking handlers up", measure(LookupBenchmark.class));
		sections.put("## Starting", StartUp.compare());
		sections.put("## WebSocket sessions", measure(WebSocketBenchmark.class));
		sections.put("## Logging an error", measure(StackTraceLogBenchmark.class));
		// Together, so that all are of one run
		for (Map.Entry<String, String> section : sections.entrySet()) {
			page.replace(section.getKey(), section.getValue());
		}
	}

	/** Each round is a JVM for each figure, so that what differs between JVMs is seen. */
	private static String compareHandlers(int rounds) throws RunnerException {
		Measurements times = new Measurements();
		Measurements bytes = new Measurements();
		for (int round = 0; round < rounds; round++) {
			for (Request request : Request.values()) {
				for (RunResult result : run(options(HttpHandlerBenchmark.class).param("request", request.name())
					.param("contestant", namesOfCompared(request)))) {
					String contestant = Contestant.valueOf(result.getParams().getParam("contestant")).getLabel();
					times.add(request, contestant, result.getPrimaryResult().getScore());
					bytes.add(request, contestant, allocatedBytes(result));
				}
			}
		}
		return Tables.handlers(times, bytes);
	}

	private static String[] namesOfCompared(Request request) {
		return Arrays.stream(Contestant.values())
			.filter((contestant) -> contestant.isCompared(request))
			.map(Contestant::name)
			.toArray(String[]::new);
	}

	private static String measure(Class<?> benchmark) throws RunnerException {
		return Tables.results(run(options(benchmark)));
	}

	private static ChainedOptionsBuilder options(Class<?> benchmark) {
		return new OptionsBuilder().include("\\." + benchmark.getSimpleName() + "\\.")
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true);
	}

	private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
		return new Runner(options.build()).run();
	}

	static double allocatedBytes(RunResult result) {
		return Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED_BYTES)).getScore();
	}

}
