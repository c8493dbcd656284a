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

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import io.starlet.filter.ExceptionResponder;
import io.starlet.filter.HandledExceptionWebFilter;
import io.starlet.filter.LayerOrderCustomizer;
import io.starlet.filter.ResponseTrackingHttpHandler;
import io.starlet.filter.ServerErrorWebExceptionHandler;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.filter.StatusPagesWebFilter;
import io.starlet.invocation.BlockingExecution;
import io.starlet.invocation.HandlerInvoker;
import io.starlet.invocation.HandlerMethodArgumentResolvers;
import io.starlet.invocation.ResultHandlers;
import io.starlet.invocation.ReturnValueWriter;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.DefaultResponseWriter;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.response.ProblemDetailWriter;
import io.starlet.traceback.StackTraceFolder;
import io.starlet.traceback.TracebackRenderer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.env.Environment;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.util.ClassUtils;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.bind.support.WebBindingInitializer;
import org.springframework.web.method.annotation.HandlerMethodValidator;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.support.ServerResponseResultHandler;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.reactive.result.method.annotation.ResponseBodyResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;
import org.springframework.web.reactive.result.view.ViewResolutionResultHandler;

/**
 * Auto-configuration of Starlet in reactive web applications.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WebFluxAutoConfiguration.class)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "starlet.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StarletProperties.class)
@Import({ ProblemDetailsConfiguration.class, SecurityConfiguration.class, TracebackConfiguration.class,
		WebSocketConfiguration.class, BackgroundTasksConfiguration.class })
@ImportRuntimeHints(OptionalClassesRuntimeHints.class)
public final class StarletAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegisteredHandlers registeredHandlers(HandlerInvoker handlerInvoker,
			@Qualifier("webFluxContentTypeResolver") RequestedContentTypeResolver contentTypeResolver,
			DefaultResponseWriter defaultResponseWriter) {
		return new RegisteredHandlers(handlerInvoker::validate, contentTypeResolver,
				defaultResponseWriter.getMediaTypes());
	}

	@Bean
	@ConditionalOnMissingBean
	HttpExceptionResolver httpExceptionResolver() {
		return new HttpExceptionResolver();
	}

	@Bean
	@ConditionalOnMissingBean
	ExceptionLog exceptionLog(StarletProperties properties, BeanFactory beanFactory) {
		Function<Throwable, @Nullable String> stackTraces = stackTraces(properties, beanFactory);
		try {
			return new ExceptionLog(properties.logLevels(), stackTraces);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("starlet.log-levels", properties.logLevels(),
					ex.getMessage());
		}
	}

	private static Function<Throwable, @Nullable String> stackTraces(StarletProperties properties,
			BeanFactory beanFactory) {
		return switch (properties.logStackTrace()) {
			case FULL -> (exception) -> null;
			case APPLICATION -> new StackTraceFolder(
					TracebackConfiguration.applicationPackages(beanFactory, properties.traceback()))::fold;
		};
	}

	@Bean
	@ConditionalOnMissingBean
	DefaultResponseWriter defaultResponseWriter(ObjectProvider<ProblemDetailWriter> problemDetailWriter,
			ExceptionLog exceptionLog) {
		return new DefaultResponseWriter(problemDetailWriter.getIfAvailable(), exceptionLog);
	}

	@Bean
	@ConditionalOnMissingBean
	HandlerInvoker handlerInvoker(ConfigurableBeanFactory beanFactory,
			RequestMappingHandlerAdapter requestMappingHandlerAdapter, ServerCodecConfigurer codecs,
			ObjectProvider<WebFluxConfigurer> configurers, ReturnValueWriter returnValueWriter) {
		ReactiveAdapterRegistry registry = adapterRegistry(requestMappingHandlerAdapter);
		List<HttpMessageReader<?>> readers = List.copyOf(codecs.getReaders());
		List<WebFluxConfigurer> ordered = configurers.orderedStream().toList();
		WebBindingInitializer bindingInitializer = requestMappingHandlerAdapter.getWebBindingInitializer();
		return new HandlerInvoker(beanFactory,
				HandlerMethodArgumentResolvers.create(beanFactory, registry, readers, ordered), bindingInitializer,
				methodValidator(bindingInitializer), new BlockingExecution(ordered, registry), registry, readers,
				returnValueWriter);
	}

	private static @Nullable MethodValidator methodValidator(@Nullable WebBindingInitializer bindingInitializer) {
		return ClassUtils.isPresent("jakarta.validation.Validator", HandlerInvoker.class.getClassLoader())
				? HandlerMethodValidator.from(bindingInitializer, null, (parameter) -> false, (parameter) -> false)
				: null;
	}

	private static ReactiveAdapterRegistry adapterRegistry(RequestMappingHandlerAdapter handlerAdapter) {
		ReactiveAdapterRegistry registry = handlerAdapter.getReactiveAdapterRegistry();
		return (registry != null) ? registry : ReactiveAdapterRegistry.getSharedInstance();
	}

	@Bean
	@ConditionalOnMissingBean
	ReturnValueWriter returnValueWriter(RequestMappingHandlerAdapter requestMappingHandlerAdapter,
			ServerResponseResultHandler serverResponseResultHandler,
			ResponseEntityResultHandler responseEntityResultHandler,
			ResponseBodyResultHandler responseBodyResultHandler,
			ViewResolutionResultHandler viewResolutionResultHandler, ObjectProvider<HandlerResultHandler> all) {
		// The names are those of Spring's beans, as an application may have another
		ResultHandlers resultHandlers = new ResultHandlers(serverResponseResultHandler, responseEntityResultHandler,
				responseBodyResultHandler, viewResolutionResultHandler, all.orderedStream().toList());
		return new ReturnValueWriter(adapterRegistry(requestMappingHandlerAdapter), resultHandlers,
				DefaultResponseWriter::addHeaders);
	}

	@Bean
	@ConditionalOnMissingBean
	ExceptionResponder exceptionResponder(RegisteredHandlers handlers, HttpExceptionResolver httpExceptionResolver,
			HandlerInvoker handlerInvoker, DefaultResponseWriter defaultResponseWriter, ExceptionLog exceptionLog,
			StarletProperties properties) {
		Duration handlerTimeout = properties.handlerTimeout();
		if (handlerTimeout.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("starlet.handler-timeout", handlerTimeout,
					"It must not be negative, but may be 0 for no limit.");
		}
		return new ExceptionResponder(handlers, httpExceptionResolver, handlerInvoker, defaultResponseWriter,
				exceptionLog, handlerTimeout);
	}

	@Bean
	@ConditionalOnMissingBean
	ServerErrorWebFilter serverErrorWebFilter(ExceptionResponder responder, RegisteredHandlers handlers,
			HttpExceptionResolver httpExceptionResolver, DefaultResponseWriter defaultResponseWriter,
			ExceptionLog exceptionLog, StarletProperties properties, Environment environment,
			ObjectProvider<TracebackRenderer> tracebackRenderer) {
		TracebackAccess access = TracebackAccess.decide(properties, environment, tracebackRenderer);
		return new ServerErrorWebFilter(responder, handlers, httpExceptionResolver, defaultResponseWriter, exceptionLog,
				properties.filterExceptions(), access.renderer(), access.allowedAddresses());
	}

	@Bean
	@ConditionalOnMissingBean
	HandledExceptionWebFilter handledExceptionWebFilter(ExceptionResponder responder) {
		return new HandledExceptionWebFilter(responder);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty("starlet.status-pages.enabled")
	StatusPagesWebFilter statusPagesWebFilter(ExceptionResponder responder) {
		return new StatusPagesWebFilter(responder);
	}

	@Bean
	@ConditionalOnMissingBean
	ServerErrorWebExceptionHandler serverErrorWebExceptionHandler(StarletProperties properties,
			ExceptionLog exceptionLog) {
		return new ServerErrorWebExceptionHandler(properties.raiseServerExceptions(), exceptionLog);
	}

	@Bean
	@ConditionalOnMissingBean
	LayerOrderCustomizer layerOrderCustomizer(StarletProperties properties, ExceptionLog exceptionLog) {
		return new LayerOrderCustomizer(properties.handlerTimeout(), exceptionLog);
	}

	@Bean
	@ConditionalOnMissingBean(name = "responseTrackingDecoratorFactory")
	HttpHandlerDecoratorFactory responseTrackingDecoratorFactory() {
		return ResponseTrackingHttpHandler::new;
	}

}
