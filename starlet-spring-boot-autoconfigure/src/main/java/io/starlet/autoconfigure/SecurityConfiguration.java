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

import io.starlet.filter.ExceptionResponder;
import io.starlet.filter.SecurityResponseWebFilter;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;

/**
 * Handlers for what Spring Security refuses.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(name = "org.springframework.security.web.server.WebFilterChainProxy")
class SecurityConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SecurityResponseWebFilter securityResponseWebFilter(ExceptionResponder responder) {
		return new SecurityResponseWebFilter(responder, ReactiveSecurityContextHolder.getContext()
			.flatMap((context) -> Mono.justOrEmpty(context.getAuthentication())));
	}

	@Bean
	@ConditionalOnMissingBean
	SecurityResponseWebFilter.Passed securityPassedWebFilter(ExceptionResponder responder) {
		return new SecurityResponseWebFilter.Passed(responder);
	}

}
