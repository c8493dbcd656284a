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

import io.starlet.actuate.ExceptionHandlersEndpoint;
import io.starlet.registry.RegisteredHandlers;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the Actuator endpoint that lists the handlers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = StarletAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(RegisteredHandlers.class)
@ConditionalOnAvailableEndpoint(ExceptionHandlersEndpoint.class)
public final class ExceptionHandlersEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ExceptionHandlersEndpoint exceptionHandlersEndpoint(RegisteredHandlers handlers) {
		return new ExceptionHandlersEndpoint(handlers);
	}

}
