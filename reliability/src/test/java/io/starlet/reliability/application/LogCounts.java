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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Counts what is logged, by level, logger and exception, such as
 * {@code WARN Books java.io.IOException}, and lets only the first of each be written, so
 * that the log does not grow.
 */
public class LogCounts extends Filter<ILoggingEvent> {

	private static final int WRITTEN = 3;

	private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

	/** Of what is a warning at least. */
	static Map<String, Long> get() {
		Map<String, Long> counts = Traffic.sums(COUNTS);
		counts.keySet().removeIf((kind) -> !kind.startsWith(Level.WARN + " ") && !kind.startsWith(Level.ERROR + " "));
		return counts;
	}

	@Override
	public FilterReply decide(ILoggingEvent event) {
		String logger = event.getLoggerName();
		IThrowableProxy exception = event.getThrowableProxy();
		LongAdder count = COUNTS.computeIfAbsent(event.getLevel() + " " + logger.substring(logger.lastIndexOf('.') + 1)
				+ ((exception != null) ? " " + exception.getClassName() : ""), (absent) -> new LongAdder());
		count.increment();
		return (count.sum() <= WRITTEN) ? FilterReply.NEUTRAL : FilterReply.DENY;
	}

}
