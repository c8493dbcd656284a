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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.SpringVersion;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationInspector}.
 */
@Timeout(30)
class ApplicationInspectorTests {

	private final StaticApplicationContext context = new StaticApplicationContext();

	@Test
	void theApplicationIsDescribed() {
		this.context.getEnvironment().setActiveProfiles("dev", "local");
		addProperties(Map.of("spring.application.name", "library"));
		this.context.refresh();
		assertThat(inspect()).containsEntry("Name", "library")
			.containsEntry("Active profiles", "dev, local")
			.containsEntry("Spring Boot", SpringBootVersion.getVersion())
			.containsEntry("Spring Framework", SpringVersion.getVersion())
			.containsEntry("Java", System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")")
			.containsEntry("Process id", String.valueOf(ProcessHandle.current().pid()))
			.hasEntrySatisfying("Uptime", (uptime) -> assertThat(uptime).matches("\\d+ s"))
			.containsKeys("Starlet", "Operating system");
	}

	@Test
	void classesWithoutAJarAreOfADevelopmentVersion() {
		assertThat(inspect()).containsEntry("Starlet", "development").containsEntry("Active profiles", "none");
	}

	@Test
	void noOtherPropertyIsListed() {
		addProperties(Map.of("db.password", "sentinel", "other", "sentinel"));
		assertThat(inspect().toString()).doesNotContain("sentinel", "other");
	}

	@Test
	void whatCannotBeReadIsSaidToBeSo() {
		StaticApplicationContext broken = new StaticApplicationContext() {

			@Override
			public ConfigurableEnvironment getEnvironment() {
				throw new IllegalStateException("sentinel");
			}

		};
		assertThat(inspect(broken)).containsEntry("Name", "could not be read: java.lang.IllegalStateException")
			.containsEntry("Spring Boot", SpringBootVersion.getVersion());
	}

	@ParameterizedTest
	@CsvSource({ "-5, 0 s", "59, 59 s", "61, 1 min 1 s", "3661, 1 h 1 min", "90061, 1 d 1 h" })
	void theUptimeIsReadable(long seconds, String expected) {
		assertThat(ApplicationInspector.text(Duration.ofSeconds(seconds))).isEqualTo(expected);
	}

	private void addProperties(Map<String, Object> properties) {
		this.context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
	}

	private Map<String, String> inspect() {
		return inspect(this.context);
	}

	private static Map<String, String> inspect(StaticApplicationContext context) {
		return new ApplicationInspector(context).inspect(new Redaction(List.of()))
			.facts()
			.stream()
			.collect(Collectors.toMap(Section.Fact::name, Section.Fact::value));
	}

}
