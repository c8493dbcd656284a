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
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import io.starlet.reliability.application.Report;
import io.starlet.reliability.application.Server;

/**
 * A server under load, and what both sides say of it.
 *
 * @param server the server
 * @param tally what the clients counted, while it warmed up too
 * @param before what the application reported when it was warm
 * @param after what it reported at the end
 */
record Run(Server server, Tally tally, Report before, Report after) {

	static Run on(Server server, Duration warmUp, Duration duration, long requests)
			throws IOException, InterruptedException {
		try (ServerProcess process = ServerProcess.start(server)) {
			Load load = new Load(server, process.port());
			load.run(warmUp, 0);
			Report before = process.awaitQuiet();
			load.run(duration, requests);
			return new Run(server, load.tally(), before, process.awaitQuiet());
		}
	}

	long sent() {
		return sum(this.tally.sent());
	}

	long answered() {
		return sum(this.tally.answered());
	}

	int unanswered() {
		return this.tally.unanswered().size();
	}

	long sessions() {
		return sum(this.tally.closed());
	}

	long answerable() {
		return Arrays.stream(Kind.values()).filter(Kind::isAnswered).mapToLong(this::sent).sum();
	}

	long sent(Kind kind) {
		return this.tally.sent().getOrDefault(kind.toString(), 0L);
	}

	/** Those of the application, without what the server says. */
	long errors() {
		return sum(this.after.logged()) - sum(this.server.logged(sent(Kind.CUT_STREAM))) - serversOwnErrors();
	}

	/** What Spring and the server have logged of their own. */
	long serversOwnErrors() {
		return this.server.mayLog().stream().mapToLong((kind) -> this.after.logged().getOrDefault(kind, 0L)).sum();
	}

	long dropped() {
		return sum(this.after.droppedErrors()) + sum(this.after.droppedValues());
	}

	private static long sum(Map<String, Long> counts) {
		return counts.values().stream().mapToLong(Long::longValue).sum();
	}

}
