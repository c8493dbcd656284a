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

package io.starlet.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The keys that an IDE would know, by what the libraries say of their properties.
 */
final class ConfigurationKeys {

	private static final Map<String, Map<String, Object>> KNOWN = load();

	private ConfigurationKeys() {
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Map<String, Object>> load() {
		Map<String, Map<String, Object>> known = new TreeMap<>();
		try {
			for (var url : Collections.list(ConfigurationKeys.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (var in = url.openStream()) {
					Map<String, Object> metadata = JsonParserFactory.getJsonParser()
						.parseMap(new String(in.readAllBytes(), StandardCharsets.UTF_8));
					for (Map<String, Object> property : (List<Map<String, Object>>) Objects
						.requireNonNull(metadata.get("properties"))) {
						known.put(String.valueOf(property.get("name")), property);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return known;
	}

	/** What is known of the properties whose name begins so. */
	static Map<String, Map<String, Object>> startingWith(String prefix) {
		Map<String, Map<String, Object>> properties = new TreeMap<>(KNOWN);
		properties.keySet().removeIf((name) -> !name.startsWith(prefix));
		return properties;
	}

	static void verify(Block block) throws IOException {
		PropertySourceLoader loader = block.language().equals("yaml") ? new YamlPropertySourceLoader()
				: new PropertiesPropertySourceLoader();
		for (PropertySource<?> source : loader.load("block",
				new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)))) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				assertThat(isKnown(ConfigurationPropertyName.adapt(name, '.'))).as("'%s' is known", name).isTrue();
			}
		}
	}

	private static boolean isKnown(ConfigurationPropertyName name) {
		ConfigurationPropertyName current = name;
		while (!current.isEmpty()) {
			Map<String, Object> property = KNOWN.get(current.toString());
			if (property != null) {
				String type = String.valueOf(property.get("type"));
				return current.equals(name) || type.startsWith("java.util.") || type.endsWith("[]");
			}
			current = current.getParent();
		}
		return false;
	}

}
