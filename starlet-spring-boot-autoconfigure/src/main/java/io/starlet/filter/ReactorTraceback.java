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

package io.starlet.filter;

import java.util.stream.Stream;

import io.starlet.HttpException;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;

/**
 * The suppressed exception in which Reactor notes the checkpoints that an error passes.
 * The first checkpoint that finds none reads the error's whole stack trace, at the cost
 * of filling it several times over, and moves it there: those who look at the error then
 * see one frame.
 */
final class ReactorTraceback {

	/** Only Reactor can create a traceback, for an exception that passes a checkpoint. */
	private static final Mono<?> TRACED = Mono.error(() -> new HttpException(HttpStatus.INTERNAL_SERVER_ERROR))
		.checkpoint("Endpoint");

	private ReactorTraceback() {
	}

	/**
	 * Have an error keep its stack trace at the checkpoints to come.
	 * @param error the error
	 */
	static void addTo(Throwable error) {
		if (Stream.of(error.getSuppressed()).noneMatch(Exceptions::isTraceback)) {
			TRACED.subscribe(null, (traced) -> Stream.of(traced.getSuppressed()).forEach(error::addSuppressed));
		}
	}

}
