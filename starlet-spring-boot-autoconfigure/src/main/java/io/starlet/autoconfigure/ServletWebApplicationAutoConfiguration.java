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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration that says that Starlet does nothing in a servlet application (rule
 * R37).
 *
 * @since 0.1.0
 */
@AutoConfiguration
@Lazy(false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty(name = "starlet.enabled", matchIfMissing = true)
public final class ServletWebApplicationAutoConfiguration {

	private static final Log logger = LogFactory.getLog(ServletWebApplicationAutoConfiguration.class);

	ServletWebApplicationAutoConfiguration() {
		logger.warn("Starlet does nothing, as this is a servlet application: it serves Spring WebFlux applications. "
				+ "Remove starlet-spring-boot-starter, or set spring.main.web-application-type=reactive.");
	}

}
