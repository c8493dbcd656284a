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

package io.starlet.filter;

import java.time.Duration;

import io.starlet.autoconfigure.StarletAutoConfiguration;
import io.starlet.response.ExceptionLog;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the layers stand among an application's filters, and what Reactor's checkpoints
 * call them.
 */
class LayerOrderTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withPropertyValues("starlet.status-pages.enabled=true")
		.withUserConfiguration(Security.class)
		.withConfiguration(AutoConfigurations.of(StarletAutoConfiguration.class, WebFluxAutoConfiguration.class,
				HttpHandlerAutoConfiguration.class, CodecsAutoConfiguration.class));

	@Test
	void filtersAreInOrderAndNamed() {
		this.runner.run((context) -> assertThat(context.getBeanProvider(WebFilter.class).orderedStream())
			.filteredOn((filter) -> filter.getClass().getPackage() == getClass().getPackage())
			.extracting(WebFilter::toString)
			.containsExactly("ServerErrorWebFilter", "StatusPagesWebFilter", "SecurityResponseWebFilter",
					"SecurityResponseWebFilter.Passed", "HandledExceptionWebFilter"));
	}

	@Test
	void filtersAroundThoseOfSpringSecurityAreNextToThem() {
		this.runner.run((context) -> {
			assertThat(context.getBean(SecurityResponseWebFilter.class).getOrder()).isEqualTo(-101);
			assertThat(context.getBean(SecurityResponseWebFilter.Passed.class).getOrder()).isEqualTo(-99);
		});
	}

	@Test
	void theLastStepIsLast() {
		this.runner
			.run((context) -> assertThat(context.getBeanProvider(WebExceptionHandler.class).orderedStream()).last()
				.isInstanceOf(ServerErrorWebExceptionHandler.class));
	}

	@Test
	void anExceptionHandlerThatIsWatchedKeepsItsName() {
		WebExceptionHandler handler = (exchange, error) -> Mono.error(error);
		this.runner.run((context) -> assertThat(
				new ErrorKeepingWebExceptionHandler(handler, Duration.ZERO, context.getBean(ExceptionLog.class)))
			.hasToString(handler.toString()));
	}

	/** As where Spring Security is. */
	@Configuration(proxyBeanMethods = false)
	static class Security {

		@Bean
		SecurityResponseWebFilter responses(ExceptionResponder responder) {
			return new SecurityResponseWebFilter(responder, Mono.empty());
		}

		@Bean
		SecurityResponseWebFilter.Passed passed(ExceptionResponder responder) {
			return new SecurityResponseWebFilter.Passed(responder);
		}

	}

}
