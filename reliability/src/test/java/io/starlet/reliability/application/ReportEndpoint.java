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

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.sun.management.UnixOperatingSystemMXBean;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells the client what it asks for after the load.
 */
@RestController
class ReportEndpoint {

	static final String PATH = "/report";

	private final Traffic traffic;

	private final Sessions sessions;

	private final Dropped dropped;

	ReportEndpoint(Traffic traffic, Sessions sessions, Dropped dropped) {
		this.traffic = traffic;
		this.sessions = sessions;
		this.dropped = dropped;
	}

	@GetMapping(PATH)
	Report report() {
		return new Report(this.traffic.received(), this.traffic.answered(), LogCounts.get(), this.dropped.errors(),
				this.dropped.values(), this.traffic.inFlight(), this.sessions.open(), threads(), descriptors(), heap());
	}

	private static Map<String, Long> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map((thread) -> thread.getName().replaceAll("\\d+", "N"))
			.collect(Collectors.groupingBy((name) -> name, TreeMap::new, Collectors.counting()));
	}

	private static long descriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getOpenFileDescriptorCount() : 0;
	}

	/** The first collection leaves what has still to be finalized. */
	private static long heap() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
