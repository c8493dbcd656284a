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

package io.starlet.websocket;

import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Decorates each {@code WebSocketHandler} and passes it to the adapter that would have
 * got it, so that the application's own adapters, services and upgrade strategies stay.
 *
 * @since 0.1.0
 */
public final class ExceptionWebSocketHandlerAdapter implements HandlerAdapter, Ordered {

	private final ObjectProvider<HandlerAdapter> adapterBeans;

	private final WebSocketExceptionResponder responder;

	private volatile @Nullable List<HandlerAdapter> adapters;

	/**
	 * Create an adapter.
	 * @param adapterBeans all adapters, this one included
	 * @param responder closes sessions that fail
	 */
	public ExceptionWebSocketHandlerAdapter(ObjectProvider<HandlerAdapter> adapterBeans,
			WebSocketExceptionResponder responder) {
		this.adapterBeans = adapterBeans;
		this.responder = responder;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof WebSocketHandler && findAdapter(handler) != null;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		HandlerAdapter adapter = findAdapter(handler);
		if (adapter == null) {
			return Mono.error(new IllegalStateException("No HandlerAdapter: " + handler));
		}
		WebSocketHandler decorator = new ExceptionWebSocketHandlerDecorator((WebSocketHandler) handler, exchange,
				this.responder);
		// One that is made for a class of handlers gets what it is made for
		return adapter.handle(exchange, adapter.supports(decorator) ? decorator : handler);
	}

	private @Nullable HandlerAdapter findAdapter(Object handler) {
		for (HandlerAdapter adapter : getAdapters()) {
			if (adapter.supports(handler)) {
				return adapter;
			}
		}
		return null;
	}

	/** Asked for late, as adapters must not be created before the dispatcher does. */
	private List<HandlerAdapter> getAdapters() {
		List<HandlerAdapter> adapters = this.adapters;
		if (adapters == null) {
			adapters = this.adapterBeans.stream()
				.filter((adapter) -> !(adapter instanceof ExceptionWebSocketHandlerAdapter))
				.sorted(AnnotationAwareOrderComparator.INSTANCE)
				.toList();
			this.adapters = adapters;
		}
		return adapters;
	}

}
