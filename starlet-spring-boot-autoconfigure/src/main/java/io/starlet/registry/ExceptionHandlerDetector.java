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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiFunction;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.ExceptionHandlerRegistry;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.WebSocketExceptionHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * Finds handlers in the beans of a bean factory and its parents without creating the
 * beans, and refuses those that can't work (rules R8 and R9).
 */
class ExceptionHandlerDetector {

	private static final Log logger = LogFactory.getLog(ExceptionHandlerDetector.class);

	private static final List<Class<?>> HANDLER_TYPES = List.of(HttpExceptionHandler.class,
			WebSocketExceptionHandler.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final BiFunction<AnnotatedMethod, List<Class<?>>, @Nullable String> methodValidator;

	private final HandlerKeys keys;

	ExceptionHandlerDetector(ConfigurableListableBeanFactory beanFactory,
			BiFunction<AnnotatedMethod, List<Class<?>>, @Nullable String> methodValidator, HandlerKeys keys) {
		this.beanFactory = beanFactory;
		this.methodValidator = methodValidator;
		this.keys = keys;
	}

	void detect() {
		Set<String> seen = new HashSet<>();
		ConfigurableListableBeanFactory current = this.beanFactory;
		while (current != null) {
			for (String beanName : current.getBeanNamesForType(Object.class, true, false)) {
				if (!ScopedProxyUtils.isScopedTarget(beanName) && seen.add(beanName)) {
					detect(current, beanName);
				}
			}
			current = (current.getParentBeanFactory() instanceof ConfigurableListableBeanFactory parent) ? parent
					: null;
		}
	}

	private void detect(ConfigurableListableBeanFactory beanFactory, String beanName) {
		Class<?> type = determineUserType(beanFactory, beanName);
		if (type == null) {
			return;
		}
		Method factoryMethod = findFactoryMethod(beanFactory, beanName);
		int beanOrder = determineOrder(type, factoryMethod);
		if (ExceptionHandlerConfigurer.class.isAssignableFrom(type)) {
			beanFactory.getBean(beanName, ExceptionHandlerConfigurer.class)
				.configureExceptionHandlers(new ConfigurerRegistry(beanName, beanOrder, HandlerCondition.NONE));
		}
		if (!isSpringContainerClass(type)) {
			detectBean(beanFactory, beanName, type, type, beanOrder);
			detectMethods(beanFactory, beanName, type, beanOrder);
		}
		if (factoryMethod != null) {
			detectBean(beanFactory, beanName, type, factoryMethod, beanOrder);
		}
	}

	/** As Spring decides when it looks for event listeners. */
	private static boolean isSpringContainerClass(Class<?> type) {
		return type.getName().startsWith("org.springframework.")
				&& !AnnotatedElementUtils.isAnnotated(type, Component.class);
	}

	private static @Nullable Class<?> determineUserType(ConfigurableListableBeanFactory beanFactory, String beanName) {
		String targetName = ScopedProxyUtils.getTargetBeanName(beanName);
		Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory,
				beanFactory.containsBeanDefinition(targetName) ? targetName : beanName);
		return (type != null) ? ClassUtils.getUserClass(type) : null;
	}

	private static @Nullable Method findFactoryMethod(ConfigurableListableBeanFactory beanFactory, String beanName) {
		if (!beanFactory.containsBeanDefinition(beanName)) {
			return null;
		}
		BeanDefinition definition = beanFactory.getMergedBeanDefinition(beanName);
		return (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
	}

	private static int determineOrder(Class<?> type, @Nullable Method factoryMethod) {
		Integer order = (factoryMethod != null) ? OrderUtils.getOrder(factoryMethod) : null;
		return (order != null) ? order : OrderUtils.getOrder(type, Ordered.LOWEST_PRECEDENCE);
	}

	private void detectBean(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			AnnotatedElement annotated, int order) {
		List<Registration> registrations = Registration.of(annotated);
		if (registrations == null) {
			return;
		}
		String description = (annotated instanceof Method method)
				? "bean '%s', declared by method '%s'".formatted(beanName, describe(method))
				: "bean '%s' (class %s)".formatted(beanName, type.getName());
		List<Class<?>> handlerTypes = HANDLER_TYPES.stream()
			.filter((handler) -> handler.isAssignableFrom(type))
			.toList();
		if (handlerTypes.isEmpty()) {
			throw new InvalidExceptionHandlerException(
					"%s is annotated as an exception handler, but is no HttpExceptionHandler and no WebSocketExceptionHandler."
						.formatted(description),
					"Implement one of them, or annotate a method of the bean instead.");
		}
		ResolvableType beanType = (annotated instanceof Method method) ? ResolvableType.forMethodReturnType(method)
				: ResolvableType.forClass(type);
		for (Class<?> handlerType : handlerTypes) {
			Class<?> exceptionType = beanType.as(handlerType).getGeneric().resolve();
			if (exceptionType == null && registrations.stream().anyMatch(Registration::isDerived)) {
				throw noException(description, "Give @ExceptionHandlerFor a class, or declare the bean as an "
						+ "%s of a class of exceptions.".formatted(handlerType.getSimpleName()));
			}
			RegisteredHandler handler = RegisteredHandler.of(description, beanName, order,
					(exceptionType != null) ? exceptionType : HttpException.class,
					() -> beanFactory.getBean(beanName, handlerType));
			registrations.forEach((registration) -> register(registration, handler,
					(exceptionType != null) ? List.of(exceptionType) : List.of(),
					handlerType == WebSocketExceptionHandler.class));
		}
	}

	private void detectMethods(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			int beanOrder) {
		Map<Method, List<Registration>> methods;
		try {
			methods = MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<List<Registration>>) Registration::of);
		}
		catch (IllegalStateException | LinkageError ex) {
			// A class that the bean's methods name is absent: no business of Starlet's
			logger.debug("Could not look for exception handlers in bean '" + beanName + "'", ex);
			return;
		}
		if (methods.isEmpty()) {
			return;
		}
		Class<?> exposedType = Objects.requireNonNull(beanFactory.getType(beanName), "No type of bean");
		sortedByMediaType(methods).forEach((entry) -> {
			if (!AnnotatedElementUtils.hasAnnotation(entry.getKey(), Bean.class)) {
				detectMethod(beanFactory, beanName, exposedType, beanOrder, entry.getKey(), entry.getValue());
			}
		});
	}

	/** As the JVM gives a class's methods in any order, each time another. */
	private static List<Map.Entry<Method, List<Registration>>> sortedByMediaType(
			Map<Method, List<Registration>> methods) {
		List<Map.Entry<Method, List<Registration>>> sorted = new ArrayList<>(methods.entrySet());
		sorted.sort(Comparator
			.comparing((Map.Entry<Method, List<Registration>> entry) -> entry.getValue().get(0).produces(),
					Arrays::compare)
			.thenComparing((entry) -> entry.getKey().getName())
			.thenComparing((entry) -> entry.getKey().toString()));
		return sorted;
	}

	private void detectMethod(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> exposedType,
			int beanOrder, Method method, List<Registration> registrations) {
		DescribedMethod description = new DescribedMethod(beanName, method);
		if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
			throw new InvalidExceptionHandlerException(
					"%s is %s, so it can't be called on the bean.".formatted(description,
							Modifier.isStatic(method.getModifiers()) ? "static" : "private"),
					"Make it an instance method that is not private.");
		}
		Method invocable = selectInvocableMethod(exposedType, method, description);
		BeanMethod beanMethod = new BeanMethod(exposedType, invocable);
		List<Class<?>> parameters = findExceptionParameters(beanMethod);
		Class<?> exceptionType = parameters.isEmpty() ? null : parameters.get(0);
		if ((exceptionType == null || !Throwable.class.isAssignableFrom(exceptionType))
				&& registrations.stream().anyMatch(Registration::isDerived)) {
			throw noException(description, "Give @ExceptionHandlerFor a class, or the method a parameter for it.");
		}
		String problem = this.methodValidator.apply(beanMethod, findPassedTypes(registrations, parameters));
		if (problem != null) {
			throw new InvalidExceptionHandlerException("%s %s".formatted(description, problem), takesSession(beanMethod)
					? "Change the method's signature: it may take the WebSocketSession, its HandshakeInfo, the exception "
							+ "and its causes, and return void or a Mono<Void>."
					: "Change the method's signature: it may take and return what a method annotated with Spring's "
							+ "@ExceptionHandler does, and ServerRequest and ServerResponse.");
		}
		Integer order = OrderUtils.getOrder(method);
		RegisteredHandler handler = RegisteredHandler.ofMethod(description, beanName,
				(order != null) ? order : beanOrder, () -> new HandlerMethod(beanName, beanFactory, invocable));
		if (beanMethod.hasMethodAnnotation(ResponseStatus.class)) {
			// Spring refuses what contradicts itself, and warns of a reason
			handler.getMethod();
		}
		registrations.forEach((registration) -> register(registration, handler, parameters, takesSession(beanMethod)));
	}

	private static Method selectInvocableMethod(Class<?> exposedType, Method method, DescribedMethod description) {
		try {
			return AopUtils.selectInvocableMethod(method, exposedType);
		}
		catch (IllegalStateException ex) {
			throw new InvalidExceptionHandlerException(
					"%s can't be called, because the bean's proxy has no such method.".formatted(description),
					"Declare the method in an interface of the bean, or have the bean proxied by its class "
							+ "(proxyTargetClass = true).");
		}
	}

	private static boolean takesSession(AnnotatedMethod method) {
		for (MethodParameter parameter : method.getMethodParameters()) {
			if (parameter.getParameterType() == WebSocketSession.class) {
				return true;
			}
		}
		return false;
	}

	private static List<Class<?>> findExceptionParameters(AnnotatedMethod method) {
		List<Class<?>> types = new ArrayList<>(1);
		for (MethodParameter parameter : method.getMethodParameters()) {
			Class<?> type = parameter.getParameterType();
			if (Throwable.class.isAssignableFrom(type) || type == ErrorResponse.class) {
				types.add(type);
			}
		}
		return types;
	}

	/** What a handler is called with, so what else its parameters may be. */
	private static List<Class<?>> findPassedTypes(List<Registration> registrations, List<Class<?>> parameters) {
		List<Class<?>> types = new ArrayList<>(2);
		boolean http = false;
		for (Registration registration : registrations) {
			types.addAll(registration.classesOr(parameters.isEmpty() ? null : parameters.get(0)));
			http |= !registration.statuses().isEmpty();
		}
		if (http || (takes(parameters, HttpException.class)
				&& types.stream().anyMatch(ExceptionHandlerDetector::isHttp))) {
			types.add(HttpException.class);
		}
		return types;
	}

	private static boolean takes(List<Class<?>> parameters, Class<?> type) {
		for (Class<?> parameter : parameters) {
			if (parameter.isAssignableFrom(type)) {
				return true;
			}
		}
		return false;
	}

	/** Whether an {@code HttpException} is passed too. */
	private static boolean isHttp(Class<?> type) {
		return type == Exception.class || type == Throwable.class || ErrorResponse.class.isAssignableFrom(type)
				|| AnnotatedElementUtils.hasAnnotation(type, ResponseStatus.class);
	}

	private static InvalidExceptionHandlerException noException(Object description, String action) {
		return new InvalidExceptionHandlerException(
				"%s does not say which exceptions it handles.".formatted(description), action);
	}

	private void register(Registration registration, RegisteredHandler unconditional, List<Class<?>> parameters,
			boolean webSocket) {
		RegisteredHandler handler = unconditional
			.withCondition(HandlerCondition.of(unconditional, registration.paths(), registration.produces()));
		if (registration.isEmpty()) {
			throw new InvalidExceptionHandlerException("%s is registered for no status.".formatted(handler),
					"Give @StatusHandler at least one status.");
		}
		if (webSocket && !registration.statuses().isEmpty()) {
			throw new InvalidExceptionHandlerException(
					"%s is registered for a status, but handles exceptions of WebSocket sessions, which have none."
						.formatted(handler),
					"Use @ExceptionHandlerFor; HttpException.class serves all HTTP exceptions.");
		}
		if (webSocket) {
			checkProducesNothing(handler);
		}
		for (int status : registration.statuses()) {
			checkAccepts(handler, parameters, HttpException.class, "status " + status);
			this.keys.addStatus(status, handler);
		}
		for (Class<? extends Throwable> type : registration
			.classesOr(parameters.isEmpty() ? null : parameters.get(0))) {
			checkAccepts(handler, parameters, type, type.getName());
			if (webSocket) {
				this.keys.addWebSocket(type, handler);
			}
			else {
				this.keys.addClass(type, handler);
			}
		}
	}

	/**
	 * A parameter that takes an {@code HttpException} always gets one where the exception
	 * is an HTTP exception, and in the server-error handler. Other parameters may be for
	 * causes.
	 */
	private static void checkAccepts(RegisteredHandler handler, List<Class<?>> parameters,
			Class<? extends Throwable> type, String key) {
		boolean accepts = parameters.isEmpty() || takes(parameters, type)
				|| (takes(parameters, HttpException.class) && isHttp(type));
		if (!accepts) {
			throw new InvalidExceptionHandlerException(
					"%s is registered for %s, but takes %s.".formatted(handler, key, parameters.get(0).getName()),
					"Let it take %s, or a class that this extends.".formatted(type.getName()));
		}
	}

	private static void checkProducesNothing(RegisteredHandler handler) {
		if (!handler.getProduces().isEmpty()) {
			throw new InvalidExceptionHandlerException(
					"%s produces %s, but handles exceptions of WebSocket sessions, which are closed.".formatted(handler,
							handler.getProduces()),
					"Leave out 'produces'.");
		}
	}

	private static String describe(Method method) {
		StringJoiner parameters = new StringJoiner(", ", "(", ")");
		for (Class<?> type : method.getParameterTypes()) {
			parameters.add(type.getSimpleName());
		}
		return method.getDeclaringClass().getName() + "#" + method.getName() + parameters;
	}

	/**
	 * Names itself when it is asked, as the names of a thousand methods take their time.
	 */
	private record DescribedMethod(String beanName, Method method) {

		@Override
		public String toString() {
			return "method '" + describe(this.method) + "' of bean '" + this.beanName + "'";
		}

	}

	/** A method as its bean has it: what a superclass leaves open is known. */
	private static final class BeanMethod extends AnnotatedMethod {

		private final Class<?> beanType;

		BeanMethod(Class<?> beanType, Method method) {
			super(method);
			this.beanType = ClassUtils.getUserClass(beanType);
		}

		@Override
		protected Class<?> getContainingClass() {
			return this.beanType;
		}

	}

	/** What one annotation of a method or class says. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Registration(List<Integer> statuses, List<Class<?>> classes, String[] paths, String[] produces,
			boolean isDerived) {

		static @Nullable List<Registration> of(AnnotatedElement element) {
			MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
			if (!annotations.isPresent(StatusHandler.class) && !annotations.isPresent(ExceptionHandlerFor.class)) {
				return null;
			}
			List<Registration> registrations = new ArrayList<>(1);
			annotations.stream(StatusHandler.class).forEach((status) -> registrations.add(ofStatuses(status)));
			annotations.stream(ExceptionHandlerFor.class).forEach((type) -> registrations.add(ofClasses(type)));
			return registrations;
		}

		private static Registration ofStatuses(MergedAnnotation<StatusHandler> annotation) {
			List<Integer> statuses = Arrays.stream(annotation.getIntArray("value")).distinct().boxed().toList();
			return new Registration(statuses, List.of(), annotation.getStringArray("paths"),
					annotation.getStringArray("produces"), false);
		}

		private static Registration ofClasses(MergedAnnotation<ExceptionHandlerFor> annotation) {
			List<Class<?>> classes = List.of(annotation.getClassArray("value"));
			return new Registration(List.of(), classes, annotation.getStringArray("paths"),
					annotation.getStringArray("produces"), classes.isEmpty());
		}

		boolean isEmpty() {
			return this.statuses.isEmpty() && this.classes.isEmpty() && !this.isDerived;
		}

		List<Class<? extends Throwable>> classesOr(@Nullable Class<?> parameter) {
			if (this.isDerived && parameter != null) {
				return List.of(parameter.asSubclass(Throwable.class));
			}
			Set<Class<? extends Throwable>> types = new LinkedHashSet<>();
			this.classes.forEach((type) -> types.add(type.asSubclass(Throwable.class)));
			return List.copyOf(types);
		}

	}

	/** Registers what a configurer gives it. */
	private final class ConfigurerRegistry implements ExceptionHandlerRegistry {

		private final String beanName;

		private final int order;

		private final HandlerCondition condition;

		private ConfigurerRegistry(String beanName, int order, HandlerCondition condition) {
			this.beanName = beanName;
			this.order = order;
			this.condition = condition;
		}

		@Override
		public ExceptionHandlerRegistry paths(String... patterns) {
			return new ConfigurerRegistry(this.beanName, this.order, this.condition.withPaths(this, patterns));
		}

		@Override
		public ExceptionHandlerRegistry produces(String... mediaTypes) {
			return new ConfigurerRegistry(this.beanName, this.order, this.condition.withProduces(this, mediaTypes));
		}

		@Override
		public ExceptionHandlerRegistry status(int status, HttpExceptionHandler<? super HttpException> handler) {
			ExceptionHandlerDetector.this.keys.addStatus(status,
					registered("status " + status, HttpException.class, handler));
			return this;
		}

		@Override
		public <E extends Throwable> ExceptionHandlerRegistry exception(Class<E> type,
				HttpExceptionHandler<? super E> handler) {
			ExceptionHandlerDetector.this.keys.addClass(type, registered(type.getName(), type, handler));
			return this;
		}

		@Override
		public <E extends Throwable> ExceptionHandlerRegistry webSocket(Class<E> type,
				WebSocketExceptionHandler<? super E> handler) {
			RegisteredHandler registered = registered(type.getName(), type, handler);
			checkProducesNothing(registered);
			ExceptionHandlerDetector.this.keys.addWebSocket(type, registered);
			return this;
		}

		private RegisteredHandler registered(String key, Class<?> exceptionType, Object handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return RegisteredHandler
				.of("the handler for %s%s of %s".formatted(key, this.condition, this), this.beanName, this.order,
						exceptionType, () -> handler)
				.withCondition(this.condition);
		}

		@Override
		public String toString() {
			return "configurer bean '%s'".formatted(this.beanName);
		}

	}

}
