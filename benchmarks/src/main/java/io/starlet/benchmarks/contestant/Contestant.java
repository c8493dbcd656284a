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

package io.starlet.benchmarks.contestant;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.core.metrics.ApplicationStartup;

/**
 * A way to answer a request that fails.
 */
public enum Contestant {

	/** No exception: the endpoint returns the response. The limit of what can be had. */
	DIRECT("returned directly", false, false, DirectEndpoints.class),

	/** As many filters as Starlet has. */
	EMPTY_FILTERS("two filters that do nothing", false, false, DirectEndpoints.class, EmptyFilters.class),

	/** Spring Boot's own error handling. */
	BOOT("Spring Boot's default", false, false, FailingEndpoints.class, Failures.OfSpring.class),

	/** The application's {@code @ControllerAdvice}. */
	ADVICE("`@ControllerAdvice`", false, false, FailingEndpoints.class, Failures.OfAdvice.class, Advice.class),

	/** What the starter of Wim Deblauwe makes of it. */
	ERROR_HANDLING_STARTER("error-handling-spring-boot-starter", false, true, FailingEndpoints.class,
			Failures.OfSpring.class),

	/** Starlet, whose own answer to an HTTP exception is sent. */
	STARLET_DEFAULT("Starlet, plain default", true, false, FailingEndpoints.class, Failures.OfStarlet.class,
			StarletHandlers.Conflict.class),

	/** Starlet with a handler method for each failure but the error. */
	STARLET("Starlet, handler method", true, false, FailingEndpoints.class, Failures.OfStarlet.class,
			StarletHandlers.Conflict.class, StarletHandlers.NotFound.class);

	private final String label;

	private final boolean starlet;

	private final boolean errorHandling;

	@SuppressWarnings("ImmutableEnumChecker") // List.of is
	private final List<Class<?>> sources;

	Contestant(String label, boolean starlet, boolean errorHandling, Class<?>... sources) {
		this.label = label;
		this.starlet = starlet;
		this.errorHandling = errorHandling;
		this.sources = List.of(sources);
	}

	/**
	 * Return how tables name it.
	 * @return the name, in Markdown
	 */
	public String getLabel() {
		return this.label;
	}

	/**
	 * Return whether this contestant has an answer of its own to a request.
	 * @param request the request
	 * @return {@code false} for a missing route, which no endpoint can return
	 */
	public boolean answers(Request request) {
		return request != Request.NO_ROUTE || (this != DIRECT && this != EMPTY_FILTERS);
	}

	/**
	 * Return whether what this contestant takes for a request is compared.
	 * @param request the request
	 * @return {@code false} if it has no answer; empty filters are compared only where
	 * nothing is raised
	 */
	public boolean isCompared(Request request) {
		return answers(request) && (this != EMPTY_FILTERS || request.getStatus() == 200);
	}

	/**
	 * Return with whom the others are compared.
	 * @param request what is asked for
	 * @return who returns the response directly, or else Spring Boot
	 */
	public static Contestant limit(Request request) {
		return DIRECT.answers(request) ? DIRECT : BOOT;
	}

	/**
	 * Start the application on Reactor Netty.
	 * @param properties properties beside those that make it this contestant
	 * @param sources classes of further beans
	 * @return the started application, on the loopback interface
	 */
	public ReactiveWebServerApplicationContext start(Map<String, Object> properties, Class<?>... sources) {
		Map<String, Object> all = new LinkedHashMap<>(properties);
		all.put("starlet.enabled", this.starlet);
		if (this.errorHandling) {
			all.put(BenchmarkApplication.EXCLUDE, "");
			// A line at ERROR for each exception, beside that of Boot for a 500
			all.put("error.handling.exception-logging", "no_logging");
		}
		return BenchmarkApplication.start(all, ApplicationStartup.DEFAULT,
				Stream.concat(this.sources.stream(), Stream.of(sources)).toList());
	}

}
