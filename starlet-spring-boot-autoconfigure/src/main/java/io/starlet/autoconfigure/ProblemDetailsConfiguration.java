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

import io.starlet.response.ProblemDetailWriter;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;
import org.springframework.web.reactive.result.view.ViewResolver;

/**
 * Default answers as problem details, where the application has asked Boot for them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("spring.webflux.problemdetails.enabled")
class ProblemDetailsConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ProblemDetailWriter problemDetailWriter(MessageSource messageSource,
			ResponseEntityResultHandler responseEntityResultHandler) {
		return new ProblemDetailWriter(messageSource, responseEntityResultHandler.getErrorResponseInterceptors(),
				new ServerResponse.Context() {
					@Override
					public List<HttpMessageWriter<?>> messageWriters() {
						return responseEntityResultHandler.getMessageWriters();
					}

					@Override
					public List<ViewResolver> viewResolvers() {
						return List.of();
					}
				});
	}

}
