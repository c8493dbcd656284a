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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Hooks;

import org.springframework.stereotype.Component;

/**
 * Counts what Reactor drops, by class.
 */
@Component
class Dropped {

	private static final Log logger = LogFactory.getLog(Dropped.class);

	private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> values = new ConcurrentHashMap<>();

	Dropped() {
		Hooks.onErrorDropped((error) -> {
			logger.error("Dropped", error);
			Traffic.increment(this.errors, error.getClass().getName());
		});
		Hooks.onNextDropped((value) -> Traffic.increment(this.values, value.getClass().getName()));
	}

	Map<String, Long> errors() {
		return Traffic.sums(this.errors);
	}

	Map<String, Long> values() {
		return Traffic.sums(this.values);
	}

}
