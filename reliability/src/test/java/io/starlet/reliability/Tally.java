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
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the clients have done and seen.
 */
final class Tally {

	private final Map<String, LongAdder> sent = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();

	private final LongAdder sentAgain = new LongAdder();

	private final Map<Kind, Queue<String>> unanswered = new ConcurrentHashMap<>();

	private final LongAdder leftResponses = new LongAdder();

	private final LongAdder connections = new LongAdder();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	void sent(Kind kind) {
		increment(this.sent, kind.toString());
	}

	void answered(Kind kind) {
		increment(this.answered, kind + " " + kind.status());
	}

	/** A session was closed as expected. */
	void closed(int code) {
		increment(this.closed, String.valueOf(code));
	}

	/** Requests stood behind one with which the connection ended. */
	void sentAgain(int requests) {
		this.sentAgain.add(requests);
	}

	/** The connection ended instead, or nothing or something else came. */
	void unanswered(Kind kind, IOException reason) {
		this.unanswered.computeIfAbsent(kind, (absent) -> new ConcurrentLinkedQueue<>()).add(kind + ": " + reason);
	}

	/** A client left when its response had begun as expected. */
	void leftResponse() {
		this.leftResponses.increment();
	}

	void connected() {
		this.connections.increment();
	}

	void failed(String failure) {
		this.failures.add(failure);
	}

	/** By kind. */
	Map<String, Long> sent() {
		return sums(this.sent);
	}

	/** By kind and status. */
	Map<String, Long> answered() {
		return sums(this.answered);
	}

	/** By code. */
	Map<String, Long> closed() {
		return sums(this.closed);
	}

	/** What came of each. */
	List<String> unanswered() {
		return this.unanswered.values().stream().flatMap(Queue::stream).toList();
	}

	int unanswered(Kind kind) {
		Queue<String> unanswered = this.unanswered.get(kind);
		return (unanswered != null) ? unanswered.size() : 0;
	}

	long leftResponses() {
		return this.leftResponses.sum();
	}

	long connections() {
		return this.connections.sum();
	}

	long sentAgain() {
		return this.sentAgain.sum();
	}

	Queue<String> failures() {
		return this.failures;
	}

	private static void increment(Map<String, LongAdder> counts, String key) {
		counts.computeIfAbsent(key, (absent) -> new LongAdder()).increment();
	}

	private static Map<String, Long> sums(Map<String, LongAdder> counts) {
		Map<String, Long> sums = new TreeMap<>();
		counts.forEach((key, count) -> sums.put(key, count.sum()));
		return sums;
	}

}
