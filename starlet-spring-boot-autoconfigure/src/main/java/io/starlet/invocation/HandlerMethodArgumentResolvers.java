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

package io.starlet.invocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ApiVersionMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.ContinuationHandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.CookieValueMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ExpressionValueMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.MatrixVariableMapMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.MatrixVariableMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ModelMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.PathVariableMapMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.PathVariableMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.PrincipalMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestAttributeMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestHeaderMapMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestHeaderMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestParamMapMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ServerWebExchangeMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.SessionAttributeMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.WebSessionMethodArgumentResolver;

/**
 * The argument resolvers of a handler method: those that Spring gives to methods
 * annotated with {@code @ExceptionHandler}, the application's own, and one for
 * {@code ServerRequest}. Spring's list can't be had from it, as
 * {@code ControllerMethodResolver} is not public.
 *
 * @since 0.1.0
 */
public final class HandlerMethodArgumentResolvers {

	private HandlerMethodArgumentResolvers() {
	}

	/**
	 * Create the resolvers.
	 * @param factory resolves placeholders and expressions
	 * @param registry adapts reactive types
	 * @param readers read the body of a {@code ServerRequest}
	 * @param configurers add the application's own resolvers
	 * @return the resolvers in their order
	 */
	public static List<HandlerMethodArgumentResolver> create(ConfigurableBeanFactory factory,
			ReactiveAdapterRegistry registry, List<HttpMessageReader<?>> readers,
			Iterable<WebFluxConfigurer> configurers) {
		List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>(24);
		resolvers.add(new RequestParamMethodArgumentResolver(factory, registry, false));
		resolvers.add(new RequestParamMapMethodArgumentResolver(registry));
		resolvers.add(new PathVariableMethodArgumentResolver(factory, registry));
		resolvers.add(new PathVariableMapMethodArgumentResolver(registry));
		resolvers.add(new MatrixVariableMethodArgumentResolver(factory, registry));
		resolvers.add(new MatrixVariableMapMethodArgumentResolver(registry));
		resolvers.add(new RequestHeaderMethodArgumentResolver(factory, registry));
		resolvers.add(new RequestHeaderMapMethodArgumentResolver(registry));
		resolvers.add(new CookieValueMethodArgumentResolver(factory, registry));
		resolvers.add(new ExpressionValueMethodArgumentResolver(factory, registry));
		resolvers.add(new SessionAttributeMethodArgumentResolver(factory, registry));
		resolvers.add(new RequestAttributeMethodArgumentResolver(factory, registry));
		resolvers.add(new ServerRequestMethodArgumentResolver(readers));
		resolvers.add(new AbsentCauseMethodArgumentResolver());
		resolvers.add(new ModelMethodArgumentResolver(registry));
		resolvers.add(new ServerWebExchangeMethodArgumentResolver(registry));
		resolvers.add(new PrincipalMethodArgumentResolver(registry));
		resolvers.add(new WebSessionMethodArgumentResolver(registry));
		resolvers.add(new ApiVersionMethodArgumentResolver());
		if (KotlinDetector.isKotlinPresent()) {
			resolvers.add(new ContinuationHandlerMethodArgumentResolver());
		}
		ArgumentResolverConfigurer custom = new ArgumentResolverConfigurer() {
			@Override
			public void addCustomResolver(HandlerMethodArgumentResolver... resolver) {
				resolvers.addAll(Arrays.asList(resolver));
			}
		};
		configurers.forEach((configurer) -> configurer.configureArgumentResolvers(custom));
		resolvers.add(new RequestParamMethodArgumentResolver(factory, registry, true));
		return resolvers;
	}

}
