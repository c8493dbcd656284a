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

import io.starlet.invocation.HandlerInvoker;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.websocket.ExceptionWebSocketHandlerAdapter;
import io.starlet.websocket.WebSocketExceptionResponder;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;

/**
 * What closes WebSocket sessions.
 */
@Configuration(proxyBeanMethods = false)
@ImportRuntimeHints(WebSocketConfiguration.Hints.class)
class WebSocketConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WebSocketExceptionResponder webSocketExceptionResponder(RegisteredHandlers handlers,
			HttpExceptionResolver httpExceptionResolver, HandlerInvoker handlerInvoker, StarletProperties properties,
			ExceptionLog exceptionLog) {
		Duration closeTimeout = properties.websocket().closeTimeout();
		if (closeTimeout.isZero() || closeTimeout.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("starlet.websocket.close-timeout", closeTimeout,
					"It must be longer than nothing.");
		}
		return new WebSocketExceptionResponder(handlers, httpExceptionResolver, handlerInvoker, closeTimeout,
				exceptionLog);
	}

	@Bean
	@ConditionalOnMissingBean
	ExceptionWebSocketHandlerAdapter exceptionWebSocketHandlerAdapter(ObjectProvider<HandlerAdapter> adapters,
			WebSocketExceptionResponder responder) {
		return new ExceptionWebSocketHandlerAdapter(adapters, responder);
	}

	/**
	 * The way to a session of Tomcat's.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection()
				.registerType(AbstractWebSocketSession.class,
						(type) -> type.withMethod("getDelegate", List.of(), ExecutableMode.INVOKE));
		}

	}

}
