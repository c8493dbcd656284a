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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.starlet.autoconfigure.StarletAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the layers stand among an application's filters, and what Reactor's checkpoints
 * call them.
 */
@Timeout(60)
class LayerOrderTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withPropertyValues("starlet.status-pages.enabled=true")
		.withUserConfiguration(App.class)
		.withConfiguration(AutoConfigurations.of(StarletAutoConfiguration.class, WebFluxAutoConfiguration.class,
				ErrorWebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
				CodecsAutoConfiguration.class));

	@Test
	void theOuterLayerIsFirstAndTheInnerLayerLast() {
		List<WebFilter> filters = new ArrayList<>();
		customize((builder) -> builder.filters(filters::addAll));
		assertThat(filters).extracting(WebFilter::toString)
			.containsExactly("ServerErrorWebFilter", "StatusPagesWebFilter", "first", "last",
					"HandledExceptionWebFilter");
	}

	@Test
	void theLastStepIsLastAndThoseThatHaveNothingLeftToDoAreOut() {
		List<WebExceptionHandler> handlers = new ArrayList<>();
		customize((builder) -> builder.exceptionHandlers(handlers::addAll));
		assertThat(handlers).hasSize(2);
		assertThat(handlers.get(0)).isInstanceOf(ErrorKeepingWebExceptionHandler.class)
			.hasToString("an exception handler");
		assertThat(handlers.get(1)).isInstanceOf(ServerErrorWebExceptionHandler.class);
	}

	/** It may be an application's own that does something else. */
	@Test
	void theOrdersOfTheLayersAndOfTheLastStepPutThemThereWithoutTheCustomizerToo() {
		this.runner.run((context) -> {
			List<Object> ordered = new ArrayList<>(
					List.of(new Later(), new Earlier(), context.getBean(HandledExceptionWebFilter.class),
							context.getBean(StatusPagesWebFilter.class), context.getBean(ServerErrorWebFilter.class),
							context.getBean(ServerErrorWebExceptionHandler.class)));
			AnnotationAwareOrderComparator.sort(ordered);
			assertThat(ordered).extracting((bean) -> bean.getClass().getSimpleName())
				.containsExactly("ServerErrorWebFilter", "StatusPagesWebFilter", "Earlier", "Later",
						"HandledExceptionWebFilter", "ServerErrorWebExceptionHandler");
		});
	}

	private void customize(Consumer<WebHttpHandlerBuilder> customized) {
		this.runner.run((context) -> {
			WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.applicationContext(context);
			context.getBean(LayerOrderCustomizer.class).customize(builder);
			customized.accept(builder);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebFilter last() {
			return new NamedFilter("last");
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		WebFilter first() {
			return new NamedFilter("first");
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebExceptionHandler exceptionHandler() {
			return new NamedExceptionHandler();
		}

	}

	@Order(-1)
	static class Earlier {

	}

	@Order(1)
	static class Later {

	}

	record NamedFilter(String name) implements WebFilter {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			return chain.filter(exchange);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	static class NamedExceptionHandler implements WebExceptionHandler {

		@Override
		public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
			return Mono.error(error);
		}

		@Override
		public String toString() {
			return "an exception handler";
		}

	}

}
