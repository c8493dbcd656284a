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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.starlet.benchmarks.contestant.Request;

/**
 * What was measured of each contestant and request, round by round.
 */
public final class Measurements {

	private final Map<Request, Map<String, List<Double>>> figures = new LinkedHashMap<>();

	/**
	 * Add a figure.
	 * @param request what was asked for
	 * @param contestant who answered
	 * @param figure what it cost
	 */
	public void add(Request request, String contestant, double figure) {
		this.figures.computeIfAbsent(request, (key) -> new LinkedHashMap<>())
			.computeIfAbsent(contestant, (key) -> new ArrayList<>())
			.add(figure);
	}

	double median(Request request, String contestant) {
		return median(get(request, contestant).stream().mapToDouble(Double::doubleValue).sorted().toArray());
	}

	/**
	 * Return how often one costs what another costs in the same round.
	 */
	double[] ratios(Request request, String contestant, String limit) {
		List<Double> figures = get(request, contestant);
		List<Double> limits = get(request, limit);
		return IntStream.range(0, figures.size())
			.mapToDouble((round) -> figures.get(round) / limits.get(round))
			.sorted()
			.toArray();
	}

	boolean has(Request request, String contestant) {
		return !get(request, contestant).isEmpty();
	}

	private List<Double> get(Request request, String contestant) {
		return this.figures.getOrDefault(request, Map.of()).getOrDefault(contestant, List.of());
	}

	static double median(double[] sorted) {
		return (sorted.length % 2 == 1) ? sorted[sorted.length / 2]
				: (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
	}

}
