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

package io.starlet;

import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.util.Assert;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Work to be done after the response, which the client does not wait for. Modelled on
 * Starlette's {@code BackgroundTasks}.
 * <p>
 * An argument of annotated controller methods and exception handlers, and had from
 * {@link #of(ServerRequest)} and {@link #of(ServerWebExchange)} elsewhere. Tasks run one
 * after the other, in the order in which they were added, once the client has been sent
 * the whole response. They see the Reactor context of the request, and go on when the
 * client leaves. A task that fails ends those after it, unless
 * {@code starlet.background.on-error} says otherwise.
 * <p>
 * Tasks belong to the response: those that an endpoint added before it failed are
 * dropped, and those that its exception handler adds run.
 *
 * <pre class="code">
 * &#64;PostMapping("/orders")
 * &#64;ResponseStatus(HttpStatus.ACCEPTED)
 * Mono&lt;Order&gt; order(&#64;RequestBody Order order, BackgroundTasks tasks) {
 *     tasks.add("update stock", () -&gt; this.stock.reserve(order));
 *     return this.orders.save(order);
 * }
 * </pre>
 *
 * @since 0.1.0
 */
public interface BackgroundTasks {

	/**
	 * Add reactive work, which is named after the request.
	 * @param task supplies the work; called, and what it returns subscribed to, on a
	 * thread that must not be blocked
	 * @throws org.springframework.core.task.TaskRejectedException if as many tasks are in
	 * flight as {@code starlet.background.max-in-flight} allows
	 */
	void add(Supplier<? extends Mono<Void>> task);

	/**
	 * Add reactive work.
	 * @param name a name for log lines
	 * @param task supplies the work; called, and what it returns subscribed to, on a
	 * thread that must not be blocked
	 * @throws org.springframework.core.task.TaskRejectedException if as many tasks are in
	 * flight as {@code starlet.background.max-in-flight} allows
	 */
	void add(String name, Supplier<? extends Mono<Void>> task);

	/**
	 * Add blocking work, which is named after the request.
	 * @param task the work; runs on Boot's {@code applicationTaskExecutor}
	 * @throws org.springframework.core.task.TaskRejectedException if as many tasks are in
	 * flight as {@code starlet.background.max-in-flight} allows
	 */
	void run(Runnable task);

	/**
	 * Add blocking work.
	 * @param name a name for log lines
	 * @param task the work; runs on Boot's {@code applicationTaskExecutor}
	 * @throws org.springframework.core.task.TaskRejectedException if as many tasks are in
	 * flight as {@code starlet.background.max-in-flight} allows
	 */
	void run(String name, Runnable task);

	/**
	 * Return the tasks of a request, in a handler function.
	 * @param request the request
	 * @return its tasks
	 * @throws IllegalStateException if it is no request of an application with Starlet
	 */
	static BackgroundTasks of(ServerRequest request) {
		return of(request.exchange());
	}

	/**
	 * Return the tasks of a request, in a filter.
	 * @param exchange the exchange
	 * @return its tasks
	 * @throws IllegalStateException if it is no exchange of an application with Starlet
	 */
	static BackgroundTasks of(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		Factory factory = (context != null) ? context.getBeanProvider(Factory.class).getIfAvailable() : null;
		Assert.state(factory != null,
				"No BackgroundTasks: the exchange is of no application in which Starlet is enabled");
		return factory.getBackgroundTasks(exchange);
	}

	/**
	 * Creates the tasks of each exchange. A bean of this type replaces Starlet's, and has
	 * to see to all that is said above itself.
	 *
	 * @since 0.1.0
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Return the tasks of an exchange, always the same.
		 * @param exchange the exchange
		 * @return its tasks
		 */
		BackgroundTasks getBackgroundTasks(ServerWebExchange exchange);

	}

}
