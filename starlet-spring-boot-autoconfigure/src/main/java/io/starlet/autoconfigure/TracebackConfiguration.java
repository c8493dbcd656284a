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

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.starlet.filter.HandlerContributor;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.traceback.ApplicationPackages;
import io.starlet.traceback.EditorLink;
import io.starlet.traceback.Redaction;
import io.starlet.traceback.TracebackRenderer;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * What renders tracebacks.
 */
@Configuration(proxyBeanMethods = false)
@ImportRuntimeHints(TracebackConfiguration.Hints.class)
class TracebackConfiguration {

	/**
	 * Lazy, as it is of no use where {@link TracebackAccess} refuses it. No condition, as
	 * ahead-of-time processing would decide it.
	 */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	TracebackRenderer tracebackRenderer(ApplicationContext applicationContext, RegisteredHandlers handlers,
			HttpExceptionResolver httpExceptionResolver, StarletProperties properties) {
		StarletProperties.Traceback traceback = properties.traceback();
		List<String> redactedNames = notBlank("redacted-names", traceback.redactedNames());
		return new TracebackRenderer(applicationContext, applicationPackages(applicationContext, traceback),
				new Redaction(redactedNames), editorLink(traceback.editor(), traceback.pathMapping()),
				new HandlerContributor(handlers, httpExceptionResolver, properties.filterExceptions()));
	}

	static ApplicationPackages applicationPackages(BeanFactory beanFactory, StarletProperties.Traceback traceback) {
		List<String> packages = notBlank("application-packages", traceback.applicationPackages());
		if (packages.isEmpty() && AutoConfigurationPackages.has(beanFactory)) {
			return new ApplicationPackages(AutoConfigurationPackages.get(beanFactory));
		}
		return new ApplicationPackages(packages);
	}

	private static List<String> notBlank(String property, List<String> names) {
		return valid(property, names, () -> {
			Assert.isTrue(names.stream().allMatch(StringUtils::hasText),
					"A name is blank. Remove it, or write what it should be.");
			return names;
		});
	}

	private static @Nullable EditorLink editorLink(@Nullable String editor, Map<String, String> pathMapping) {
		if (!StringUtils.hasText(editor)) {
			return null;
		}
		valid("editor", editor, () -> new EditorLink(editor, Map.of()));
		return valid("path-mapping", pathMapping, () -> new EditorLink(editor, pathMapping));
	}

	/** So that Spring Boot's analysis of the failure names the property. */
	static <T> T valid(String property, Object value, Supplier<T> result) {
		try {
			return result.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("starlet.traceback." + property, value,
					ex.getMessage());
		}
	}

	/**
	 * The page's style and script, and the way to a connection of Tomcat's.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/starlet/traceback/traceback.*");
			hints.reflection()
				.registerTypeIfPresent(classLoader, "org.apache.catalina.connector.RequestFacade",
						(type) -> type.withField("request"));
		}

	}

}
