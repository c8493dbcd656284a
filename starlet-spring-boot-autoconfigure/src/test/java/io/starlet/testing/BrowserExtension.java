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

import java.io.File;
import java.util.Arrays;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.support.TypeBasedParameterResolver;

/**
 * Gives tests a {@link Browser}, one for all of them, and skips them where Chromium or
 * its driver is not installed.
 */
public final class BrowserExtension extends TypeBasedParameterResolver<Browser> implements ExecutionCondition {

	private static final Log logger = LogFactory.getLog(BrowserExtension.class);

	private static final Namespace NAMESPACE = Namespace.create(BrowserExtension.class);

	private static final Optional<File> chromium = find("chromium");

	private static final Optional<File> driver = find("chromedriver");

	private static Optional<File> find(String command) {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> new File(directory, command))
			.filter(File::canExecute)
			.findFirst();
	}

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		if (chromium.isPresent() && driver.isPresent()) {
			return ConditionEvaluationResult.enabled("There is a browser");
		}
		String reason = "Browser tests are skipped: install chromium and chromedriver (Debian's chromium-driver)";
		context.getRoot().getStore(NAMESPACE).computeIfAbsent("reason", (key) -> {
			logger.warn(reason);
			return reason;
		});
		return ConditionEvaluationResult.disabled(reason);
	}

	@Override
	public Browser resolveParameter(ParameterContext parameterContext, ExtensionContext context) {
		Browser browser = context.getRoot()
			.getStore(NAMESPACE)
			.computeIfAbsent(Browser.class, (key) -> new Browser(chromium.orElseThrow(), driver.orElseThrow()),
					Browser.class);
		browser.reset();
		return browser;
	}

}
