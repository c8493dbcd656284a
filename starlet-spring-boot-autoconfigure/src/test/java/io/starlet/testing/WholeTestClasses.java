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

import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes whole, each as one test, for mutation testing, which would start what
 * a class's tests share anew for each of them. They are chosen by the system properties
 * {@code mutation.tests} and {@code mutation.excluded-tests}, regular expressions of
 * class names.
 */
class WholeTestClasses {

	@ParameterizedTest
	@MethodSource("find")
	void pass(String testClass) throws Throwable {
		if (isOnlyLookedFor()) {
			return;
		}
		FirstFailure failure = new FirstFailure();
		LauncherFactory.create()
			.execute(
					LauncherExecutionRequestBuilder
						.request(LauncherDiscoveryRequestBuilder.request()
							.selectors(DiscoverySelectors.selectClass(testClass))
							.filters(TagFilter
								.excludeTags((Server.CURRENT != Server.REACTOR_NETTY) ? "reactor-netty" : "none"))
							.build())
						.listeners(failure)
						.cancellationToken(failure.cancellation)
						.build());
		if (failure.throwable != null) {
			throw failure.throwable;
		}
	}

	/** Each process that mutates finds out which tests there are by running them all. */
	private static boolean isOnlyLookedFor() {
		return StackWalker.getInstance()
			.walk((frames) -> frames
				.anyMatch((frame) -> frame.getClassName().equals("org.pitest.mutationtest.execute.MutationTestMinion")
						&& frame.getMethodName().equals("findTestsForTestClasses")));
	}

	static Stream<String> find() {
		Launcher launcher = LauncherFactory.create();
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(DiscoverySelectors.selectPackage("io.starlet"))
			.filters(ClassNameFilter.includeClassNamePatterns(System.getProperty("mutation.tests")),
					ClassNameFilter.excludeClassNamePatterns(System.getProperty("mutation.excluded-tests")))
			.build();
		TestPlan plan = launcher.discover(request);
		return plan.getRoots()
			.stream()
			.flatMap((engine) -> plan.getChildren(engine).stream())
			.map(TestIdentifier::getSource)
			.flatMap(Optional::stream)
			.map((source) -> ((ClassSource) source).getClassName())
			.sorted();
	}

	private static final class FirstFailure implements TestExecutionListener {

		private final CancellationToken cancellation = CancellationToken.create();

		private volatile @Nullable Throwable throwable;

		@Override
		public void executionFinished(TestIdentifier test, TestExecutionResult result) {
			if (result.getStatus() == TestExecutionResult.Status.FAILED && this.throwable == null) {
				this.throwable = result.getThrowable().orElseThrow();
				this.cancellation.cancel();
			}
		}

	}

}
