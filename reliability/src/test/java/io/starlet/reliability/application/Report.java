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

package io.starlet.reliability.application;

import java.util.Map;

/**
 * What the application has seen, and what it has left.
 *
 * @param received requests by kind
 * @param answered requests by kind and status
 * @param logged warnings and errors by kind
 * @param droppedErrors what Reactor's {@code onErrorDropped} got
 * @param droppedValues what Reactor's {@code onNextDropped} got
 * @param inFlight requests and sessions that have not ended
 * @param sessions WebSocket sessions that have not ended
 * @param threads threads by name, without numbers
 * @param descriptors open file descriptors, such as those of connections; 0 where they
 * can't be counted
 * @param heap bytes on the heap after a collection
 */
public record Report(Map<String, Long> received, Map<String, Long> answered, Map<String, Long> logged,
		Map<String, Long> droppedErrors, Map<String, Long> droppedValues, long inFlight, long sessions,
		Map<String, Long> threads, long descriptors, long heap) {

	private static final String LEAK = "ERROR ResourceLeakDetector";

	/** The leaks of buffers that Netty has found. */
	public long leaks() {
		return this.logged.getOrDefault(LEAK, 0L);
	}

	/** The number of threads. */
	public long threadCount() {
		return this.threads.values().stream().mapToLong(Long::longValue).sum();
	}

}
