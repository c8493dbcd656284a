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

package io.starlet.background;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * What tasks have done, in its order, and what some of them wait for.
 */
final class Recorder {

	private final List<String> events = new CopyOnWriteArrayList<>();

	private volatile CountDownLatch gate = new CountDownLatch(0);

	void record(String event) {
		this.events.add(event);
	}

	void forget(String event) {
		this.events.remove(event);
	}

	List<String> events() {
		return List.copyOf(this.events);
	}

	/** Wait until so much has been recorded. */
	List<String> await(int count) {
		Awaitility.await().until(() -> this.events.size() >= count);
		return events();
	}

	void await(String event) {
		Awaitility.await().until(() -> this.events.contains(event));
	}

	/** From now on, who passes has to wait. */
	void shut() {
		this.gate = new CountDownLatch(1);
	}

	void open() {
		this.gate.countDown();
	}

	void pass() {
		try {
			if (!this.gate.await(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The gate was never opened");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting", ex);
		}
	}

	void clear() {
		open();
		this.events.clear();
	}

}
