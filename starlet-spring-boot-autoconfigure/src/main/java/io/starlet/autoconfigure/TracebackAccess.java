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

package io.starlet.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.starlet.traceback.AllowedAddresses;
import io.starlet.traceback.TracebackRenderer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

/**
 * Who sees tracebacks. Decided when the application starts and not by a condition, as
 * ahead-of-time processing would decide those before the profiles are known.
 *
 * @param renderer renders tracebacks; {@code null} if nobody is to see them
 * @param allowedAddresses who may see them
 */
record TracebackAccess(@Nullable TracebackRenderer renderer, AllowedAddresses allowedAddresses) {

	private static final Log logger = LogFactory.getLog(TracebackAccess.class);

	private static final TracebackAccess NOBODY = new TracebackAccess(null, new AllowedAddresses(List.of()));

	static TracebackAccess decide(StarletProperties properties, Environment environment,
			ObjectProvider<TracebackRenderer> renderer) {
		if (!properties.debug()) {
			return NOBODY;
		}
		StarletProperties.Traceback traceback = properties.traceback();
		Optional<String> production = traceback.allowInProduction() ? Optional.empty() : productionProfile(environment);
		if (production.isPresent()) {
			logger.warn("starlet.debug is on, but so is the profile '%s': nobody sees tracebacks. "
				.formatted(production.get())
					+ "Remove starlet.debug=true or, if this is no production, set starlet.traceback.allow-in-production=true.");
			return NOBODY;
		}
		List<String> addresses = traceback.allowedAddresses();
		TracebackAccess access = new TracebackAccess(renderer.getIfAvailable(), allowedAddresses(addresses));
		logger.warn("starlet.debug is on: every client %ssees tracebacks, with source code and "
			.formatted((addresses != null) ? "from %s ".formatted(String.join(", ", addresses)) : "")
				+ "data of this application. Never set it in production; to turn it off, remove starlet.debug=true.");
		return access;
	}

	private static Optional<String> productionProfile(Environment environment) {
		String[] active = environment.getActiveProfiles();
		return Arrays.stream((active.length > 0) ? active : environment.getDefaultProfiles())
			.filter((profile) -> profile.equalsIgnoreCase("prod") || profile.equalsIgnoreCase("production"))
			.findFirst();
	}

	private static AllowedAddresses allowedAddresses(@Nullable List<String> addresses) {
		if (addresses == null) {
			return new AllowedAddresses(List.of());
		}
		return TracebackConfiguration.valid("allowed-addresses", addresses, () -> {
			Assert.notEmpty(addresses, "It is empty, which would allow all clients. "
					+ "Write the addresses that may see tracebacks, or remove the property.");
			return new AllowedAddresses(addresses);
		});
	}

}
