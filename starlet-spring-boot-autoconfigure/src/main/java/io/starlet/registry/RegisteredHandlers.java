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

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

import io.starlet.HttpException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.ServerWebExchange;

/**
 * The registered handlers, and the look-up of the one for an exception (rules R1 to R4).
 * Of several for one status or class, that of the most specific path is found, then that
 * whose media type the client likes best. Where a client accepts nothing that there is,
 * the first answers nevertheless.
 *
 * @since 0.1.0
 */
public final class RegisteredHandlers implements BeanFactoryAware, SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(RegisteredHandlers.class);

	private static final int SERVER_ERROR = HttpStatus.INTERNAL_SERVER_ERROR.value();

	/**
	 * What Spring Security's filters turn into a challenge, a redirect or a refusal. A
	 * handler for {@code RuntimeException} or for a status does not mean them.
	 */
	private static final Set<String> TRANSLATED_BY_SECURITY = Set.of(
			"org.springframework.security.core.AuthenticationException",
			"org.springframework.security.access.AccessDeniedException",
			"org.springframework.security.oauth2.client.ClientAuthorizationRequiredException",
			"org.springframework.security.web.server.firewall.ServerExchangeRejectedException");

	private static final ClassValue<Boolean> EXTENDS_TRANSLATED = new ClassValue<>() {
		@Override
		protected Boolean computeValue(Class<?> type) {
			Class<?> superclass = type.getSuperclass();
			return TRANSLATED_BY_SECURITY.contains(type.getName()) || (superclass != null && get(superclass));
		}
	};

	private final BiFunction<AnnotatedMethod, List<Class<?>>, @Nullable String> methodValidator;

	private final AcceptedMediaTypes acceptedMediaTypes;

	private final List<MediaType> defaultMediaTypes;

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	private final @Nullable HandlerGroup[] byStatus = new HandlerGroup[1000];

	private final ClassHandlers byClass = new ClassHandlers(TRANSLATED_BY_SECURITY);

	private final ClassHandlers forWebSocket = new ClassHandlers(Set.of());

	private @Nullable HandlerGroup serverErrors;

	private final HandlerKeys keys = new HandlerKeys();

	/**
	 * Create a registry that fills itself from the bean factory.
	 * @param methodValidator tells what is wrong with the parameters or return type of a
	 * handler method for some classes of exceptions, or returns {@code null}
	 * @param contentTypeResolver tells what a client accepts
	 * @param defaultMediaTypes what is answered with where there is no handler
	 */
	public RegisteredHandlers(BiFunction<AnnotatedMethod, List<Class<?>>, @Nullable String> methodValidator,
			RequestedContentTypeResolver contentTypeResolver, List<MediaType> defaultMediaTypes) {
		this.methodValidator = methodValidator;
		this.acceptedMediaTypes = new AcceptedMediaTypes(contentTypeResolver);
		this.defaultMediaTypes = defaultMediaTypes;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	/**
	 * Find and validate the handlers.
	 * @throws InvalidExceptionHandlerException if one can't work
	 */
	@Override
	public void afterSingletonsInstantiated() {
		Objects.requireNonNull(this.beanFactory, "No bean factory");
		new ExceptionHandlerDetector(this.beanFactory, this.methodValidator, this.keys).detect();
		this.keys.forEachStatus((status, group) -> this.byStatus[status] = group);
		this.keys.forEachClass(this.byClass::put);
		this.keys.forEachWebSocket(this.forWebSocket::put);
		this.serverErrors = this.keys.getServerErrors();
		if (logger.isDebugEnabled()) {
			getDescriptions().forEach((description) -> logger.debug("Registered " + description));
		}
	}

	/**
	 * Return what is known of each handler.
	 * @return the descriptions, in the order of registration
	 */
	public List<HandlerDescription> getDescriptions() {
		return this.keys.getDescriptions();
	}

	/**
	 * Find the handler of the outer layer.
	 * @param exchange the exchange that failed
	 * @return the server-error handler, or {@code null} if none is registered for it
	 */
	public @Nullable RegisteredHandler findServerErrorHandler(ServerWebExchange exchange) {
		return find(exchange, TriedHandlers.NONE, true, this.serverErrors, List.of(), null);
	}

	/**
	 * Find the handler of an exception in the inner layer.
	 * @param exchange the exchange that failed
	 * @param exception the exception, without wrappers
	 * @param httpException the HTTP exception that it is or amounts to; {@code null} if
	 * it is an error
	 * @param tried handlers that must not be called again
	 * @return the handler, or {@code null} if none is left
	 */
	public @Nullable RegisteredHandler find(ServerWebExchange exchange, Throwable exception,
			@Nullable HttpException httpException, TriedHandlers tried) {
		List<HandlerGroup> classes = this.byClass.find(exception.getClass(), httpException != null);
		int status = (httpException != null) ? httpException.getStatusCode().value() : 0;
		HandlerGroup group = this.byStatus[status];
		HandlerGroup first = (status != SERVER_ERROR) ? group : null;
		HandlerGroup last = (status == SERVER_ERROR) ? group : null;
		return find(exchange, tried, httpException != null, first, classes, last);
	}

	/**
	 * Return whether there is a handler for a status, for whatever requests.
	 * @param status the status, 100 to 999
	 * @return whether one is registered
	 */
	public boolean hasHandlerForStatus(int status) {
		return this.byStatus[status] != null;
	}

	/**
	 * Return whether an exception is Spring Security's to answer: it translates the
	 * exception, and there is no handler for its class.
	 * @param exchange the exchange that failed
	 * @param exception the exception, without wrappers
	 * @return whether it goes on to the filters
	 */
	public boolean isLeftToSecurity(ServerWebExchange exchange, Throwable exception) {
		return EXTENDS_TRANSLATED.get(exception.getClass())
				&& find(exchange, exception, null, TriedHandlers.NONE) == null;
	}

	/**
	 * Find the handler for a status, whatever the exception.
	 * @param exchange the exchange
	 * @param status the status, 100 to 999
	 * @return the handler, or {@code null} if none is registered for it
	 */
	public @Nullable RegisteredHandler findForStatus(ServerWebExchange exchange, int status) {
		return find(exchange, TriedHandlers.NONE, true, this.byStatus[status], List.of(), null);
	}

	/**
	 * Find the handler of an exception that ended a WebSocket session.
	 * @param handshake the exchange that opened the session
	 * @param exception the exception, without wrappers
	 * @param httpException the HTTP exception that it is or amounts to, if any
	 * @param tried handlers that must not be called again
	 * @return the handler, or {@code null} if none is left
	 */
	public @Nullable RegisteredHandler findForWebSocket(ServerWebExchange handshake, Throwable exception,
			@Nullable HttpException httpException, TriedHandlers tried) {
		return find(handshake, tried, false, null, this.forWebSocket.find(exception.getClass(), httpException != null),
				null);
	}

	/**
	 * Return whether a handler of WebSocket sessions takes any error, as the server-error
	 * handler of the outer layer does.
	 * @param handler the handler
	 * @return whether it is registered for {@code Exception} or {@code Throwable}
	 */
	public boolean takesAnyError(RegisteredHandler handler) {
		return contains(this.forWebSocket.get(Exception.class), handler)
				|| contains(this.forWebSocket.get(Throwable.class), handler);
	}

	private static boolean contains(@Nullable HandlerGroup group, RegisteredHandler handler) {
		return group != null && group.getHandlers().contains(handler);
	}

	private @Nullable RegisteredHandler find(ServerWebExchange exchange, TriedHandlers tried, boolean hasDefault,
			@Nullable HandlerGroup first, List<HandlerGroup> groups, @Nullable HandlerGroup last) {
		HandlerGroup mostSpecific = (first != null) ? first : !groups.isEmpty() ? groups.get(0) : last;
		if (mostSpecific == null) {
			return null;
		}
		RegisteredHandler unconditional = mostSpecific.getUnconditional();
		if (unconditional != null && !tried.contains(unconditional)) {
			return unconditional;
		}
		HandlerRequest request = new HandlerRequest(exchange, this.acceptedMediaTypes, tried);
		RegisteredHandler handler = select(request, true, first, groups, last);
		return (handler != null || (hasDefault && request.accepts(this.defaultMediaTypes))) ? handler
				: select(request, false, first, groups, last);
	}

	private static @Nullable RegisteredHandler select(HandlerRequest request, boolean acceptable,
			@Nullable HandlerGroup first, List<HandlerGroup> groups, @Nullable HandlerGroup last) {
		RegisteredHandler handler = (first != null) ? first.select(request, acceptable) : null;
		for (int i = 0; handler == null && i < groups.size(); i++) {
			handler = groups.get(i).select(request, acceptable);
		}
		return (handler == null && last != null) ? last.select(request, acceptable) : handler;
	}

}
