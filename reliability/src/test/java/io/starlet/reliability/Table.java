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

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.starlet.reliability.application.Report;

/**
 * The figures of all runs, a column for each server.
 */
final class Table {

	private Table() {
	}

	static String of(List<Run> runs) {
		return Stream
			.of(row("", runs, (run) -> run.server().toString()), "|---|" + "---:|".repeat(runs.size()),
					row("Requests sent", runs, (run) -> number(run.sent())),
					row("of them to be answered", runs, (run) -> number(run.answerable())),
					row("of them answered rightly", runs, (run) -> number(run.answered())),
					row("Not answered, or not rightly, by the server itself", runs, (run) -> number(run.unanswered())),
					row("Sent again, behind one that ended its connection", runs,
							(run) -> number(run.tally().sentAgain())),
					row("Connections", runs, (run) -> number(run.tally().connections())),
					row("WebSocket sessions closed as expected", runs, (run) -> number(run.sessions())),
					row("Errors, each logged once", runs, (run) -> number(run.errors())),
					row("Errors of Spring's or the server's own", runs, (run) -> number(run.serversOwnErrors())),
					row("Leaks of Netty's buffers", runs,
							(run) -> run.server().usesNettyBuffers() ? number(run.after().leaks()) : "–"),
					row("Dropped by Reactor", runs, (run) -> number(run.dropped())),
					row("Left: sessions, requests", runs,
							(run) -> run.after().sessions() + ", " + run.after().inFlight()),
					row("Threads before, after", runs, change((report) -> number(report.threadCount()))),
					row("File descriptors before, after", runs, change((report) -> number(report.descriptors()))),
					row("Heap before, after", runs, change((report) -> megabytes(report.heap()))))
			.collect(Collectors.joining("\n"));
	}

	private static String row(String name, List<Run> runs, Function<Run, String> cell) {
		return "| %s | %s |".formatted(name, runs.stream().map(cell).collect(Collectors.joining(" | ")));
	}

	private static Function<Run, String> change(Function<Report, String> figure) {
		return (run) -> figure.apply(run.before()) + ", " + figure.apply(run.after());
	}

	private static String number(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

	private static String megabytes(long bytes) {
		return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
	}

}
