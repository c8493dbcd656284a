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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.starlet.reliability.application.Report;
import io.starlet.reliability.application.Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * An application on each server under a load of everything that goes wrong, as the two
 * sides have counted it.
 */
@ParameterizedClass
@EnumSource(Server.class)
class ReliabilityTests {

	private static final Duration MAXIMUM = Duration.ofMinutes(10);

	private static final Duration WARM_UP = Duration.ofSeconds(10);

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("reliability.seconds"));

	private static final long REQUESTS = Long.getLong("reliability.requests");

	private static final String PAGE = System.getProperty("reliability.page", "");

	private static final Map<Server, Run> RUNS = new EnumMap<>(Server.class);

	private static final AtomicBoolean FAILED = new AtomicBoolean();

	@RegisterExtension
	private static final TestWatcher WATCHER = new TestWatcher() {

		@Override
		public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
			FAILED.set(true);
		}

	};

	private final Run run;

	ReliabilityTests(Server server) {
		this.run = Objects.requireNonNull(RUNS.get(server));
	}

	@BeforeParameterizedClassInvocation
	static void load(Server server) {
		RUNS.put(server, assertTimeoutPreemptively(MAXIMUM, () -> Run.on(server, WARM_UP, DURATION, REQUESTS)));
	}

	@AfterAll
	static void writePage() throws IOException {
		if (PAGE.isEmpty() || FAILED.get() || RUNS.size() < Server.values().length) {
			return;
		}
		Page page = new Page(Path.of(PAGE));
		page.replace("## The machine", Machine.describe());
		page.replace("## Under load", Table.of(List.copyOf(RUNS.values())));
		LibraryReports reports = new LibraryReports(Path.of("../starlet-spring-boot-autoconfigure/target"));
		page.replace("## Faults", reports.faults());
		page.replace("## Fuzzing", reports.fuzzed());
		if (reports.hasMutants()) {
			page.replace("## Mutants", reports.mutants());
		}
	}

	@Test
	void everyRequestHasExactlyOneWellFormedAnswerWhichIsItsOwn() {
		assertThat(this.run.tally().failures().stream().limit(5)).isEmpty();
		assertThat(this.run.tally().unanswered()).hasSizeLessThanOrEqualTo(1 + (int) (this.run.sent() / 100_000));
	}

	@Test
	void aTenthOfTheRequestsIsOfEachKind() {
		long tenth = this.run.sent() / Kind.values().length;
		assertThat(this.run.tally().sent()).hasSize(Kind.values().length)
			.allSatisfy((kind, sent) -> assertThat(sent).isBetween(tenth, tenth + 1));
	}

	@Test
	void noRequestIsLost() {
		Map<String, Long> sent = new TreeMap<>(this.run.tally().sent());
		Map<String, Long> received = new TreeMap<>(this.run.after().received());
		// A server need not begin with a request whose client has left already
		for (Kind left : List.of(Kind.LEAVING, Kind.UPLOAD_CUT)) {
			assertThat(received.remove(left.toString())).isPositive().isLessThanOrEqualTo(sent.remove(left.toString()));
		}
		for (Kind kind : Kind.values()) {
			forgive(sent, kind.toString(), received, kind);
		}
		assertThat(received).isEqualTo(sent);
	}

	@Test
	void bothSidesCountTheSameAnswers() {
		Map<String, Long> answered = new TreeMap<>(this.run.after().answered());
		answered.keySet().removeIf((key) -> !isAnswered(key.substring(0, key.indexOf(' '))));
		for (Kind kind : Kind.values()) {
			forgive(answered, kind + " " + kind.status(), this.run.tally().answered(), kind);
		}
		assertThat(answered).isEqualTo(this.run.tally().answered());
	}

	/** The server may have begun or not with a request whose answer has not come. */
	private void forgive(Map<String, Long> counts, String key, Map<String, Long> expected, Kind kind) {
		counts.computeIfPresent(key,
				(same, count) -> forgive(count, expected.get(key), this.run.tally().unanswered(kind)));
	}

	private static long forgive(long count, @Nullable Long expected, int atMost) {
		return Math.max(count - atMost, Math.min(count, (expected != null) ? expected : 0));
	}

	private static boolean isAnswered(String kind) {
		return Arrays.stream(Kind.values()).anyMatch((one) -> one.toString().equals(kind) && one.isAnswered());
	}

	@Test
	void clientThatLeavesIsNoError() {
		assertThat(this.run.after().answered()).hasEntrySatisfying("leaving 200",
				(count) -> assertThat(count).isPositive().isGreaterThanOrEqualTo(this.run.tally().leftResponses()));
		assertThat(this.run.after().answered().keySet()).containsAnyOf("leaving 422", "leaving 499")
			.filteredOn((key) -> key.startsWith("leaving") || key.startsWith("upload-cut"))
			.isSubsetOf("leaving 200", "leaving 422", "leaving 499", "upload-cut 499",
					this.run.server().mayMissCutUpload() ? "upload-cut 408" : "leaving 200");
	}

	@Test
	void everyErrorIsLoggedExactlyOnceAndNothingElse() {
		Map<String, Long> expected = new TreeMap<>(this.run.server().logged(this.run.sent(Kind.CUT_STREAM)));
		expected.put(unhandled("UnhandledException"), this.run.sent(Kind.UNHANDLED));
		expected.put(unhandled("HandlerFailedException"), this.run.sent(Kind.FAILING_HANDLER));
		expected.put(unhandled("CutException"), this.run.sent(Kind.CUT_STREAM));
		expected.put("ERROR WebSocketExceptionResponder " + exception("UnhandledException"),
				this.run.tally().closed().getOrDefault("1011", 0L));
		Map<String, Long> logged = new TreeMap<>(this.run.after().logged());
		assertThat(this.run.serversOwnErrors()).isLessThanOrEqualTo(1 + this.run.sent(Kind.LEAVING) / 500);
		logged.keySet().removeAll(this.run.server().mayLog());
		forgive(logged, "ERROR WebSocketExceptionResponder " + exception("UnhandledException"), expected,
				Kind.WEB_SOCKET);
		// With one that the server completes, the error of another may be lost, and the
		// server's own two lines on it
		expected.replaceAll((key, count) -> forgive(count, logged.get(key), 2 * this.run.unanswered()));
		assertThat(logged).isEqualTo(expected);
	}

	private static String unhandled(String exception) {
		return "ERROR ServerErrorWebExceptionHandler " + exception(exception);
	}

	private static String exception(String name) {
		return Report.class.getPackageName() + "." + name;
	}

	@Test
	void nettyReportsNoLeak() {
		assertThat(this.run.after().leaks()).isZero();
	}

	@Test
	void reactorDropsNothing() {
		assertThat(this.run.after().droppedErrors()).isEmpty();
		assertThat(this.run.after().droppedValues()).isEmpty();
	}

	/** In less time, a pool that fills can't be told from a leak. */
	@Test
	@EnabledIfSystemProperty(named = "reliability.requests", matches = "[1-9].*")
	void heapHasNotGrownByFivePercent() {
		assertThat(this.run.after().heap()).isLessThan(this.run.before().heap() / 100 * 105);
	}

	/** A pool may take some more. What was left would be one of thousands of requests. */
	@Test
	void noThreadIsLeft() {
		assertThat(this.run.after().threads().keySet()).isSubsetOf(this.run.before().threads().keySet());
		assertThat(this.run.after().threadCount()).isLessThan(this.run.before().threadCount() + 10);
	}

	@Test
	void noSessionNoRequestAndNoConnectionIsLeft() {
		assertThat(this.run.after().sessions()).isZero();
		assertThat(this.run.after().inFlight()).isLessThanOrEqualTo(this.run.unanswered());
		// A class that is needed late opens an archive. What was left would be one of
		// thousands
		assertThat(this.run.after().descriptors()).isLessThan(this.run.before().descriptors() + 10);
	}

}
