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

import java.util.concurrent.Executor;

import io.micrometer.observation.ObservationRegistry;
import io.starlet.BackgroundTasks;
import io.starlet.background.BackgroundTaskRunner;
import io.starlet.background.BackgroundTasksMethodArgumentResolver;
import io.starlet.background.TomcatResponseEndValve;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.response.ExceptionLog;
import org.apache.catalina.Valve;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/**
 * What runs background tasks.
 */
@Configuration(proxyBeanMethods = false)
class BackgroundTasksConfiguration {

	@Bean
	@ConditionalOnMissingBean(BackgroundTasks.Factory.class)
	BackgroundTaskRunner backgroundTaskRunner(ServerErrorWebFilter outerLayer, BeanFactory beanFactory,
			ObjectProvider<ObservationRegistry> observationRegistry, StarletProperties properties,
			Environment environment, ExceptionLog exceptionLog) {
		StarletProperties.Background background = properties.background();
		if (background.maxInFlight() < 1) {
			throw new InvalidConfigurationPropertyValueException("starlet.background.max-in-flight",
					background.maxInFlight(), "It must be at least 1.");
		}
		Shutdown shutdown = environment.getProperty("server.shutdown", Shutdown.class, Shutdown.GRACEFUL);
		return new BackgroundTaskRunner(outerLayer, () -> findExecutor(beanFactory),
				observationRegistry.getIfUnique(() -> ObservationRegistry.NOOP), background.onError(),
				background.maxInFlight(), shutdown == Shutdown.GRACEFUL, exceptionLog);
	}

	private static @Nullable Executor findExecutor(BeanFactory beanFactory) {
		String name = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;
		return beanFactory.containsBean(name) ? beanFactory.getBean(name, Executor.class) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	BackgroundTasksMethodArgumentResolver backgroundTasksMethodArgumentResolver() {
		return new BackgroundTasksMethodArgumentResolver();
	}

	@Bean
	WebFluxConfigurer backgroundTasksWebFluxConfigurer(BackgroundTasksMethodArgumentResolver resolver) {
		return new WebFluxConfigurer() {
			@Override
			public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
				configurer.addCustomResolver(resolver);
			}
		};
	}

	/**
	 * Tells when Tomcat has sent a response.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Valve.class, ConfigurableTomcatWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> responseEndTomcatWebServerFactoryCustomizer() {
			return (factory) -> factory.addEngineValves(new TomcatResponseEndValve());
		}

	}

	/**
	 * Keeps {@code BackgroundTasks} out of OpenAPI documents, where springdoc would take
	 * it for a parameter of the request.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SpringDocUtils.class)
	static class SpringdocConfiguration {

		SpringdocConfiguration() {
			SpringDocUtils.getConfig().addRequestWrapperToIgnore(BackgroundTasks.class);
		}

	}

}
