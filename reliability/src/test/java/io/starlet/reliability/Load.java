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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.starlet.reliability.application.Server;
import org.jspecify.annotations.Nullable;

/**
 * Many clients at once: three quarters send a request at a time, the others two to five,
 * one behind the other.
 */
final class Load {

	static final int CLIENTS = 200;

	private static final int MAX_FAILURES = 20;

	private static final int SMALL_STACK = 256 * 1024;

	private final AtomicLong ids = new AtomicLong();

	private final Tally tally = new Tally();

	private final Server server;

	private final int port;

	Load(Server server, int port) {
		this.server = server;
		this.port = port;
	}

	Tally tally() {
		return this.tally;
	}

	/**
	 * Go on for at least so long, and until at least so many requests have been sent.
	 */
	void run(Duration duration, long requests) throws InterruptedException {
		long start = System.nanoTime();
		long end = this.ids.get() + requests;
		List<Thread> threads = IntStream.range(0, CLIENTS).mapToObj((number) -> {
			int batch = (number % 4 == 0) ? 2 + number / 4 % 4 : 1;
			Supplier<@Nullable List<Request>> next = () -> (this.tally.failures().size() >= MAX_FAILURES
					|| (this.ids.get() >= end && System.nanoTime() - start >= duration.toNanos())) ? null : next(batch);
			return new Thread(null, new Client(this.server, this.port, this.tally, next), "client-" + number,
					SMALL_STACK);
		}).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private List<Request> next(int batch) {
		long first = this.ids.getAndAdd(batch);
		return LongStream.range(first, first + batch).mapToObj(Request::of).toList();
	}

}
