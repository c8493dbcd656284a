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

package io.starlet.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * Counts the requests that the server has not done with. A client may have its answer
 * before, and a test's log must not have the end of another test's request.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestsInFlight implements HttpHandlerDecoratorFactory {

	private final AtomicInteger requests = new AtomicInteger();

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> Mono.defer(() -> {
			this.requests.incrementAndGet();
			return handler.handle(request, response).doFinally((signal) -> this.requests.decrementAndGet());
		});
	}

	void awaitNone() {
		try {
			Awaitility.await()
				.dontCatchUncaughtExceptions()
				.pollInterval(Duration.ofMillis(1))
				.atMost(Duration.ofSeconds(1))
				.until(() -> this.requests.get() == 0);
		}
		catch (ConditionTimeoutException ex) {
			// A request that the test means to leave unanswered
		}
	}

}
