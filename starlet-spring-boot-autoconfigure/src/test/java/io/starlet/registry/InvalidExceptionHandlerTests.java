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

package io.starlet.registry;

import java.io.IOException;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.autoproxy.AbstractAutoProxyCreator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.annotation.AnnotationConfigurationException;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R8: what stops an application at start-up, as its developer reads it.
 */
@Timeout(60)
class InvalidExceptionHandlerTests {

	private static final String AMBIGUOUS = "Remove one of them, register it for something else, or put @Order on the "
			+ "method or bean of the one that shall be called; the lowest value wins.";

	private static final String SIGNATURE = "Change the method's signature: it may take and return what a method "
			+ "annotated with Spring's @ExceptionHandler does, and ServerRequest and ServerResponse.";

	private static final String SERVER_ERRORS = "server errors (status 500, Exception and Throwable name the same "
			+ "handler)";

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpHandlerAutoConfiguration.class, JacksonAutoConfiguration.class,
				CodecsAutoConfiguration.class, WebFluxAutoConfiguration.class, StarletAutoConfiguration.class));

	@ParameterizedTest
	@MethodSource
	void twoHandlersForOneKey(Class<?> handlers, String key, String first, String second) {
		FailureAnalysis analysis = startAndFail(handlers);
		assertThat(analysis.getDescription()).isEqualToNormalizingNewlines(
				"Ambiguous handlers for %s:\n\n\t- %s\n\t- %s".formatted(key, named(first), named(second)));
		assertThat(analysis.getAction()).isEqualTo(AMBIGUOUS);
	}

	@ParameterizedTest
	@ValueSource(classes = { ContradictoryMethod.class, ContradictoryBean.class })
	void aResponseStatusThatContradictsItself(Class<?> handlers) {
		this.runner.withBean("handlers", handlers)
			.run((context) -> assertThat(context).getFailure()
				.extracting(NestedExceptionUtils::getMostSpecificCause)
				.isInstanceOf(AnnotationConfigurationException.class));
	}

	static Stream<Arguments> twoHandlersForOneKey() {
		return Stream.of(
				Arguments.of(TwoForAStatus.class, "status 404", "method '$TwoForAStatus#one(HttpException)' of $",
						"method '$TwoForAStatus#two()' of $"),
				Arguments.of(TwoForAClass.class, "java.io.IOException", "method '$TwoForAClass#one(IOException)' of $",
						"method '$TwoForAClass#two(Exception)' of $"),
				Arguments.of(StatusAndException.class, SERVER_ERRORS,
						"method '$StatusAndException#one(HttpException)' of $",
						"method '$StatusAndException#two(Exception)' of $"),
				Arguments.of(ExceptionAndThrowable.class, SERVER_ERRORS,
						"method '$ExceptionAndThrowable#one(Exception)' of $",
						"method '$ExceptionAndThrowable#two(Throwable)' of $"),
				Arguments.of(MethodAndBean.class, "status 404", "method '$MethodAndBean#method()' of $",
						"bean 'bean', declared by method '$MethodAndBean#bean()'"),
				Arguments.of(BeanClassAndBeanMethod.class, "java.io.IOException", "bean 'annotated' (class $Annotated)",
						"bean 'other', declared by method '$BeanClassAndBeanMethod#other()'"),
				Arguments.of(BeanAndConfigurer.class, "status 404",
						"bean 'bean', declared by method '$BeanAndConfigurer#bean()'",
						"the handler for status 404 of configurer bean 'configurer'"),
				Arguments.of(OneConfigurer.class, SERVER_ERRORS,
						"the handler for status 500 of configurer bean 'configurer'",
						"the handler for java.lang.Throwable of configurer bean 'configurer'"));
	}

	@ParameterizedTest
	@ValueSource(classes = { OrderedMethod.class, OrderedClasses.class, OrderedBeanMethods.class,
			OrderedConfigurers.class, FirstOfThree.class })
	void anOrderPutsOneFirstAndTheOthersAreNeverCalled(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> {
			assertThat(context).hasNotFailed();
			RegisteredHandlers registered = context.getBean(RegisteredHandlers.class);
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/any"));
			HttpException exception = new HttpException(404);
			RegisteredHandler handler = Objects
				.requireNonNull(registered.find(exchange, exception, exception, TriedHandlers.NONE));
			assertThat(handler.toString()).contains("first").doesNotContain("second");
			assertThat(registered.find(exchange, exception, exception, TriedHandlers.NONE.with(handler))).isNull();
		});
	}

	@Test
	void aConfigurerThatGivesNoHandlerStopsTheApplication() {
		this.runner.withBean("handlers", ConfigurerOfNull.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessage("'handler' must not be null"));
	}

	@Test
	void equalOrdersAreAmbiguous() {
		assertThat(startAndFail(EqualOrders.class).getDescription()).startsWith("Ambiguous handlers for status 404:");
	}

	@Test
	void anOrderThatIsNotTheFirstDoesNotHelpTheTwoBeforeIt() {
		assertThat(startAndFail(OnlyTheLastOrdered.class).getDescription())
			.startsWith("Ambiguous handlers for status 404:");
	}

	@Test
	void oneHandlerForTwoNamesOfOneKeyIsNotAmbiguous() {
		this.runner.withBean(OneForAllServerErrors.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(classes = { LowestAndHighestStatus.class, InterfaceOfTheClass.class, InterfaceForAStatus.class,
			HttpExceptionForAnAnnotatedClass.class, HttpExceptionForAnErrorResponse.class,
			HttpExceptionForExceptions.class, ErrorResponseForThrowables.class })
	void aParameterMayBeAnythingThatIsPassed(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@MethodSource
	void aHandlerThatCannotWork(Class<?> handlers, String description, String action) {
		FailureAnalysis analysis = startAndFail(handlers);
		assertThat(analysis.getDescription()).isEqualTo(named(description));
		assertThat(analysis.getAction()).isEqualTo(action);
	}

	static Stream<Arguments> aHandlerThatCannotWork() {
		String noStatus = "Use a status from 100 to 999.";
		String takeHttpException = "Let it take io.starlet.HttpException, or a class that this extends.";
		String takeIoException = "Let it take java.io.IOException, or a class that this extends.";
		String notPrivate = "Make it an instance method that is not private.";
		String implement = "Implement one of them, or annotate a method of the bean instead.";
		return Stream.of(Arguments.of(StatusTooLow.class,
				"method '$StatusTooLow#handle()' of $ is registered for status 99, which is no HTTP status.", noStatus),
				Arguments.of(StatusTooHigh.class,
						"bean 'bean', declared by method '$StatusTooHigh#bean()' is registered for status 1000, "
								+ "which is no HTTP status.",
						noStatus),
				Arguments.of(StatusOfConfigurer.class,
						"the handler for status 0 of configurer bean 'configurer' is registered for status 0, "
								+ "which is no HTTP status.",
						noStatus),
				Arguments.of(NoStatus.class, "method '$NoStatus#handle()' of $ is registered for no status.",
						"Give @StatusHandler at least one status."),
				Arguments.of(StatusTakesOther.class,
						"method '$StatusTakesOther#handle(IOException)' of $ is registered for status 404, but takes "
								+ "java.io.IOException.",
						takeHttpException),
				Arguments.of(ServerErrorTakesOther.class,
						"method '$ServerErrorTakesOther#handle(IOException)' of $ is registered for status 500, but "
								+ "takes java.io.IOException.",
						takeHttpException),
				Arguments.of(ClassTakesSubclass.class,
						"method '$ClassTakesSubclass#handle(FileException)' of $ is registered for "
								+ "java.io.IOException, but takes $FileException.",
						takeIoException),
				Arguments.of(ErrorTakesHttpException.class,
						"method '$ErrorTakesHttpException#handle(HttpException)' of $ is registered for "
								+ "java.io.IOException, but takes io.starlet.HttpException.",
						takeIoException),
				Arguments.of(BeanTakesOther.class,
						"bean 'bean', declared by method '$BeanTakesOther#bean()' is registered for status 404, but "
								+ "takes java.io.IOException.",
						takeHttpException),
				Arguments.of(UnsupportedParameter.class,
						"method '$UnsupportedParameter#handle(IOException, StringJoiner)' of $ has a parameter that "
								+ "can't be resolved, parameter 1 of type java.util.StringJoiner.",
						SIGNATURE),
				Arguments.of(ErrorResponseOfAnError.class,
						"method '$ErrorResponseOfAnError#handle(IOException, ErrorResponse)' of $ has a parameter "
								+ "that can't be resolved, parameter 1 of type "
								+ "org.springframework.web.ErrorResponse.",
						SIGNATURE),
				Arguments.of(UnsupportedReturnType.class,
						"method '$UnsupportedReturnType#handle()' of $ has a return type that can't be written, "
								+ "java.util.concurrent.Callable<java.lang.String>.",
						SIGNATURE),
				Arguments.of(ManyResponses.class,
						"method '$ManyResponses#handle()' of $ has a return type that can't be written, "
								+ "reactor.core.publisher.Flux<org.springframework.web.reactive.function.server."
								+ "ServerResponse>.",
						SIGNATURE),
				Arguments.of(PrivateMethod.class,
						"method '$PrivateMethod#handle(HttpException)' of $ is private, so it can't be called on the "
								+ "bean.",
						notPrivate),
				Arguments.of(StaticMethod.class,
						"method '$StaticMethod#handle(HttpException)' of $ is static, so it can't be called on the "
								+ "bean.",
						notPrivate),
				Arguments.of(NoException.class,
						"method '$NoException#handle(ServerRequest)' of $ does not say which exceptions it handles.",
						"Give @ExceptionHandlerFor a class, or the method a parameter for it."),
				Arguments.of(OnlyErrorResponse.class,
						"method '$OnlyErrorResponse#handle(ErrorResponse)' of $ does not say which exceptions it handles.",
						"Give @ExceptionHandlerFor a class, or the method a parameter for it."),
				Arguments.of(RawBean.class,
						"bean 'bean', declared by method '$RawBean#bean()' does not say which exceptions it handles.",
						"Give @ExceptionHandlerFor a class, or declare the bean as an HttpExceptionHandler of a class "
								+ "of exceptions."),
				Arguments.of(NoHandlerClass.class,
						"$ (class $NoHandlerClass) is annotated as an exception handler, but is no "
								+ "HttpExceptionHandler and no WebSocketExceptionHandler.",
						implement),
				Arguments.of(NoHandlerBean.class,
						"bean 'bean', declared by method '$NoHandlerBean#bean()' is annotated as an exception handler, "
								+ "but is no HttpExceptionHandler and no WebSocketExceptionHandler.",
						implement),
				Arguments.of(Proxied.class,
						"method '$Proxied#handle()' of $ can't be called, because the bean's proxy has no such method.",
						"Declare the method in an interface of the bean, or have the bean proxied by its class "
								+ "(proxyTargetClass = true)."),
				Arguments.of(MetaAnnotated.class,
						"method '$MetaAnnotated#handle()' of $ is registered for status 42, which is no HTTP status.",
						noStatus));
	}

	/** Bean names and class names as they are written in the failure. */
	private static String named(String text) {
		return text.replace("of $ ", "of bean 'handlers' ")
			.replaceAll("of \\$$", "of bean 'handlers'")
			.replaceAll("^\\$ ", "bean 'handlers' ")
			.replaceAll("\\$(?=[A-Z])", InvalidExceptionHandlerTests.class.getName().replace(".", "\\.") + "\\$");
	}

	/** Analysed by whatever analyzer is registered with Boot. */
	private FailureAnalysis startAndFail(Class<?> handlers) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		ReactiveWebApplicationContextRunner runner = (handlers == Proxied.class)
				? this.runner.withBean(JdkProxyCreator.class) : this.runner;
		runner.withBean("handlers", handlers).run((context) -> {
			assertThat(context).hasFailed();
			Throwable failure = Objects.requireNonNull(context.getStartupFailure());
			analysis[0] = SpringFactoriesLoader.forDefaultResourceLocation()
				.load(FailureAnalyzer.class, (FailureHandler) (type, name, ex) -> {
				})
				.stream()
				.map((analyzer) -> analyzer.analyze(failure))
				.filter(Objects::nonNull)
				.findFirst()
				.orElseThrow(() -> new AssertionError("Not analysed", failure));
		});
		return analysis[0];
	}

	static class TwoForAStatus {

		@StatusHandler(404)
		String one(HttpException ex) {
			return "";
		}

		@StatusHandler({ 403, 404 })
		String two() {
			return "";
		}

	}

	static class TwoForAClass {

		@ExceptionHandlerFor
		String one(IOException ex) {
			return "";
		}

		@ExceptionHandlerFor({ IOException.class, IllegalStateException.class })
		String two(Exception ex) {
			return "";
		}

	}

	static class StatusAndException {

		@StatusHandler(500)
		String one(HttpException ex) {
			return "";
		}

		@ExceptionHandlerFor
		String two(Exception ex) {
			return "";
		}

	}

	static class ExceptionAndThrowable {

		@ExceptionHandlerFor
		String one(Exception ex) {
			return "";
		}

		@ExceptionHandlerFor
		String two(Throwable ex) {
			return "";
		}

	}

	static class MethodAndBean {

		@StatusHandler(404)
		String method() {
			return "";
		}

		@Bean
		@StatusHandler(404)
		HttpExceptionHandler<HttpException> bean() {
			return handler("bean");
		}

	}

	static class BeanClassAndBeanMethod {

		@Bean
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		@ExceptionHandlerFor
		HttpExceptionHandler<IOException> other() {
			return handler("other");
		}

	}

	@ExceptionHandlerFor
	static class Annotated implements HttpExceptionHandler<IOException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, IOException ex) {
			return Mono.empty();
		}

	}

	static class BeanAndConfigurer {

		@Bean
		@StatusHandler(404)
		HttpExceptionHandler<HttpException> bean() {
			return handler("bean");
		}

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(404, handler("a handler"));
		}

	}

	static class OneConfigurer {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(500, handler("a handler"))
				.exception(Throwable.class, handler("another handler"));
		}

	}

	static class OrderedMethod {

		@StatusHandler(404)
		String second() {
			return "";
		}

		@Order(0)
		@StatusHandler(404)
		String first() {
			return "";
		}

	}

	static class LowestAndHighestStatus {

		@StatusHandler({ 100, 999 })
		void handle() {
		}

	}

	interface Coded {

	}

	static class CodedException extends RuntimeException implements Coded {

	}

	static class InterfaceOfTheClass {

		@ExceptionHandlerFor(CodedException.class)
		String handle(Coded coded) {
			return "";
		}

	}

	static class InterfaceForAStatus {

		@StatusHandler(404)
		String handle(Serializable exception) {
			return "";
		}

	}

	@ResponseStatus(HttpStatus.CONFLICT)
	static class AnnotatedException extends RuntimeException {

	}

	static class ContradictoryMethod {

		@StatusHandler(404)
		@ResponseStatus(value = HttpStatus.NOT_FOUND, code = HttpStatus.CONFLICT)
		String handle() {
			return "";
		}

	}

	@ResponseStatus(value = HttpStatus.NOT_FOUND, code = HttpStatus.CONFLICT)
	static class ContradictoryBean {

		@StatusHandler(404)
		String handle() {
			return "";
		}

	}

	static class HttpExceptionForAnAnnotatedClass {

		@ExceptionHandlerFor(AnnotatedException.class)
		String handle(HttpException ex, ErrorResponse response) {
			return "";
		}

	}

	static class HttpExceptionForAnErrorResponse {

		@ExceptionHandlerFor(ResponseStatusException.class)
		String handle(HttpException ex) {
			return "";
		}

	}

	static class HttpExceptionForExceptions {

		@ExceptionHandlerFor(Exception.class)
		String handle(HttpException ex) {
			return "";
		}

	}

	static class ErrorResponseForThrowables {

		@ExceptionHandlerFor(Throwable.class)
		String handle(ErrorResponse response) {
			return "";
		}

	}

	static class OnlyErrorResponse {

		@ExceptionHandlerFor
		String handle(ErrorResponse response) {
			return "";
		}

	}

	static class ConfigurerOfNull {

		@Bean
		@SuppressWarnings("NullAway")
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(404, null);
		}

	}

	static class FirstOfThree extends OrderedMethod {

		@StatusHandler(404)
		String third() {
			return "";
		}

	}

	static class OrderedClasses {

		@Bean
		SecondHandler second() {
			return new SecondHandler();
		}

		@Bean
		FirstHandler first() {
			return new FirstHandler();
		}

	}

	@Order(2)
	static class SecondHandler {

		@StatusHandler(404)
		String handle() {
			return "";
		}

	}

	@Order(1)
	static class FirstHandler {

		@StatusHandler(404)
		String handle() {
			return "";
		}

	}

	static class OrderedBeanMethods {

		@Bean
		@Order(2)
		@StatusHandler(404)
		HttpExceptionHandler<HttpException> second() {
			return handler("");
		}

		@Bean
		@Order(1)
		@StatusHandler(404)
		HttpExceptionHandler<HttpException> first() {
			return handler("");
		}

	}

	static class OrderedConfigurers {

		@Bean
		@Order(2)
		ExceptionHandlerConfigurer second() {
			return (registry) -> registry.status(404, handler("x"));
		}

		@Bean
		@Order(1)
		ExceptionHandlerConfigurer first() {
			return (registry) -> registry.status(404, handler("x"));
		}

	}

	@Order(1)
	static class EqualOrders {

		@StatusHandler(404)
		String one() {
			return "";
		}

		@Order(1)
		@StatusHandler(404)
		String two() {
			return "";
		}

	}

	static class OnlyTheLastOrdered {

		@Order(1)
		@StatusHandler(404)
		String one() {
			return "";
		}

		@Order(1)
		@StatusHandler(404)
		String two() {
			return "";
		}

		@Order(2)
		@StatusHandler(404)
		String three() {
			return "";
		}

	}

	static class OneForAllServerErrors {

		@StatusHandler({ 500, 500 })
		@ExceptionHandlerFor({ Exception.class, Throwable.class })
		String all(Throwable ex) {
			return "";
		}

	}

	static class StatusTooLow {

		@StatusHandler(99)
		String handle() {
			return "";
		}

	}

	static class StatusTooHigh {

		@Bean
		@StatusHandler({ 999, 1000 })
		HttpExceptionHandler<HttpException> bean() {
			return handler("bean");
		}

	}

	static class StatusOfConfigurer {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(0, handler("a handler"));
		}

	}

	static class NoStatus {

		@StatusHandler({})
		String handle() {
			return "";
		}

	}

	static class StatusTakesOther {

		@StatusHandler(404)
		String handle(IOException ex) {
			return "";
		}

	}

	static class ServerErrorTakesOther {

		@StatusHandler(500)
		String handle(IOException ex) {
			return "";
		}

	}

	static class ClassTakesSubclass {

		@ExceptionHandlerFor(IOException.class)
		String handle(FileException ex) {
			return "";
		}

	}

	static class ErrorTakesHttpException {

		@ExceptionHandlerFor(IOException.class)
		String handle(HttpException ex) {
			return "";
		}

	}

	static class BeanTakesOther {

		@Bean
		@StatusHandler(404)
		HttpExceptionHandler<IOException> bean() {
			return handler("bean");
		}

	}

	static class UnsupportedParameter {

		@ExceptionHandlerFor
		String handle(IOException ex, StringJoiner joiner) {
			return "";
		}

	}

	static class ErrorResponseOfAnError {

		@ExceptionHandlerFor
		String handle(IOException ex, ErrorResponse response) {
			return "";
		}

	}

	static class UnsupportedReturnType {

		@StatusHandler(404)
		Callable<String> handle() {
			return () -> "";
		}

	}

	static class ManyResponses {

		@StatusHandler(404)
		Flux<ServerResponse> handle() {
			return Flux.empty();
		}

	}

	static class PrivateMethod {

		@StatusHandler(404)
		@SuppressWarnings({ "UnusedMethod", "UnusedVariable" })
		private String handle(HttpException ex) {
			return "";
		}

	}

	static class StaticMethod {

		@StatusHandler(404)
		static String handle(HttpException ex) {
			return "";
		}

	}

	static class NoException {

		@ExceptionHandlerFor
		String handle(ServerRequest request) {
			return "";
		}

	}

	static class RawBean {

		@Bean
		@ExceptionHandlerFor
		HttpExceptionHandler<?> bean() {
			return handler("bean");
		}

	}

	@StatusHandler(404)
	static class NoHandlerClass {

	}

	static class NoHandlerBean {

		@Bean
		@ExceptionHandlerFor(IOException.class)
		Map<String, String> bean() {
			return Map.of();
		}

	}

	interface Named {

		String name();

	}

	static class Proxied implements Named {

		@Override
		public String name() {
			return "";
		}

		@StatusHandler(404)
		public String handle() {
			return "";
		}

	}

	static class JdkProxyCreator extends AbstractAutoProxyCreator {

		@Override
		protected Object @Nullable [] getAdvicesAndAdvisorsForBean(Class<?> beanClass, String beanName,
				@Nullable TargetSource customTargetSource) {
			return beanName.equals("handlers") ? PROXY_WITHOUT_ADDITIONAL_INTERCEPTORS : DO_NOT_PROXY;
		}

	}

	static class MetaAnnotated {

		@Meta
		String handle() {
			return "";
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@StatusHandler(42)
	@interface Meta {

	}

	static class FileException extends IOException {

	}

	private static <E extends Throwable> HttpExceptionHandler<E> handler(String name) {
		return new HttpExceptionHandler<>() {

			@Override
			public Mono<ServerResponse> handle(ServerRequest request, E exception) {
				return Mono.empty();
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

}
