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

package io.starlet.testing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;

/**
 * What is expected of each fault at each point: a row for each point, a column for each
 * fault, and {@code -} where a point can't have a fault.
 */
public final class FaultTable {

	private static final String NONE = "-";

	private final List<Map<String, String>> rows;

	/**
	 * Read a table.
	 * @param text its lines, of which the first names the columns, separated by {@code |}
	 */
	public FaultTable(String text) {
		List<String[]> lines = text.lines().map((line) -> line.trim().split("\\s*\\|\\s*", -1)).toList();
		String[] columns = lines.get(0);
		Set<String> unknown = new LinkedHashSet<>(List.of(columns));
		Stream.of(Fault.values()).map(Fault::toString).forEach(unknown::remove);
		unknown.removeAll(Set.of("point", "status"));
		if (!unknown.isEmpty()) {
			throw new IllegalArgumentException("No faults: " + unknown);
		}
		this.rows = lines.stream().skip(1).map((cells) -> row(columns, cells)).toList();
	}

	private static Map<String, String> row(String[] columns, String[] cells) {
		if (cells.length != columns.length) {
			throw new IllegalArgumentException("Not a cell for each column: " + Arrays.toString(cells));
		}
		Map<String, String> row = new LinkedHashMap<>();
		IntStream.range(0, cells.length).forEach((i) -> row.put(columns[i], cells[i]));
		return row;
	}

	/** The arguments of a test: the point, the fault, and what is expected. */
	public Stream<Arguments> combinations() {
		return this.rows.stream()
			.flatMap((row) -> Stream.of(Fault.values())
				.filter((fault) -> !row.getOrDefault(fault.toString(), NONE).equals(NONE))
				.map((fault) -> Arguments.of(row.get("point"), fault, row.get(fault.toString()))));
	}

	/**
	 * What a point has in another column.
	 * @param point the point
	 * @param column the column
	 */
	public String get(String point, String column) {
		return this.rows.stream()
			.filter((row) -> point.equals(row.get("point")))
			.map((row) -> Objects.requireNonNull(row.get(column)))
			.findFirst()
			.orElseThrow();
	}

}
