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
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;

/**
 * Counts requests and their answers, by the first segment of the path, outside of
 * everything else.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class Traffic implements HttpHandlerDecoratorFactory {

	private final Map<String, LongAdder> received = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();

	private final AtomicLong inFlight = new AtomicLong();

	Map<String, Long> received() {
		return sums(this.received);
	}

	/** By kind and status, as {@code mapped 409}. */
	Map<String, Long> answered() {
		return sums(this.answered);
	}

	long inFlight() {
		return this.inFlight.get();
	}

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> isReport(request) ? handler.handle(request, response)
				: Mono.defer(() -> count(handler, request, response));
	}

	private static boolean isReport(ServerHttpRequest request) {
		return request.getPath().value().equals(ReportEndpoint.PATH);
	}

	private Mono<Void> count(HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response) {
		String path = request.getPath().value();
		String kind = path.substring(1, path.indexOf('/', 1));
		increment(this.received, kind);
		this.inFlight.incrementAndGet();
		// Afterwards, the server may have taken it back
		response.beforeCommit(() -> Mono.fromRunnable(() -> {
			HttpStatusCode status = response.getStatusCode();
			increment(this.answered, kind + " " + ((status != null) ? status.value() : 200));
		}));
		return handler.handle(request, response).doFinally((signal) -> this.inFlight.decrementAndGet());
	}

	static void increment(Map<String, LongAdder> counts, String key) {
		counts.computeIfAbsent(key, (absent) -> new LongAdder()).increment();
	}

	static Map<String, Long> sums(Map<String, LongAdder> counts) {
		Map<String, Long> sums = new TreeMap<>();
		counts.forEach((key, count) -> sums.put(key, count.sum()));
		return sums;
	}

}
