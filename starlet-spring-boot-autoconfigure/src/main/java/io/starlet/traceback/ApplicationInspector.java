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

package io.starlet.traceback;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContext;
import org.springframework.core.SpringVersion;

/**
 * Tells what runs, and since when. Values of the {@code Environment} are never listed,
 * except the application's name and the profiles.
 */
final class ApplicationInspector {

	private final ApplicationContext applicationContext;

	ApplicationInspector(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	/**
	 * Describe the application.
	 * @param redaction what is masked
	 * @return the facts
	 */
	Section inspect(Redaction redaction) {
		Facts facts = new Facts("Application", redaction);
		facts.add("Name", () -> this.applicationContext.getEnvironment().getProperty("spring.application.name"));
		facts.add("Active profiles", this::profiles);
		facts.add("Starlet", () -> version(getClass().getPackage().getImplementationVersion()));
		facts.add("Spring Boot", SpringBootVersion::getVersion);
		facts.add("Spring Framework", SpringVersion::getVersion);
		facts.add("Java", () -> System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
		facts.add("Operating system", () -> System.getProperty("os.name") + " " + System.getProperty("os.version")
				+ " (" + System.getProperty("os.arch") + ")");
		facts.add("Process id", () -> Long.toString(ProcessHandle.current().pid()));
		facts.add("Uptime",
				() -> text(Duration.ofMillis(System.currentTimeMillis() - this.applicationContext.getStartupDate())));
		return facts.section();
	}

	private String profiles() {
		List<String> profiles = Arrays.asList(this.applicationContext.getEnvironment().getActiveProfiles());
		return profiles.isEmpty() ? "none" : String.join(", ", profiles);
	}

	private static String version(@Nullable String version) {
		return (version != null) ? version : "development";
	}

	/**
	 * Return a duration as a person would say it.
	 * @param duration the duration
	 * @return its two largest units
	 */
	static String text(Duration duration) {
		if (duration.toDays() > 0) {
			return duration.toDays() + " d " + duration.toHoursPart() + " h";
		}
		if (duration.toHours() > 0) {
			return duration.toHours() + " h " + duration.toMinutesPart() + " min";
		}
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
				: Math.max(0, duration.toSeconds()) + " s";
	}

}
