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

package io.starlet.invocation;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Runs blocking handler methods where the application has its blocking controller methods
 * run.
 *
 * @since 0.1.0
 */
public final class BlockingExecution extends BlockingExecutionConfigurer {

	private final ReactiveAdapterRegistry adapterRegistry;

	private final @Nullable Scheduler scheduler;

	/**
	 * Create an instance that the application's configurers configure.
	 * @param configurers the configurers
	 * @param adapterRegistry tells which return types are reactive
	 */
	public BlockingExecution(Iterable<WebFluxConfigurer> configurers, ReactiveAdapterRegistry adapterRegistry) {
		this.adapterRegistry = adapterRegistry;
		configurers.forEach((configurer) -> configurer.configureBlockingExecution(this));
		AsyncTaskExecutor executor = getExecutor();
		this.scheduler = (executor != null) ? Schedulers.fromExecutor(executor) : null;
	}

	@Nullable Scheduler schedulerFor(HandlerMethod method) {
		Predicate<HandlerMethod> predicate = getBlockingControllerMethodPredicate();
		boolean blocking = (predicate != null) ? predicate.test(method) : isBlocking(method);
		return blocking ? this.scheduler : null;
	}

	private boolean isBlocking(HandlerMethod method) {
		return this.adapterRegistry.getAdapter(method.getReturnType().getParameterType()) == null
				&& !KotlinDetector.isSuspendingFunction(method.getMethod());
	}

}
