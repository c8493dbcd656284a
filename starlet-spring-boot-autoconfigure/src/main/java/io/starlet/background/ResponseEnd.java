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

package io.starlet.background;

import java.util.concurrent.atomic.AtomicBoolean;

import io.starlet.filter.AfterResponse;
import org.apache.catalina.connector.RequestFacade;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.server.Request;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells when a server has sent a response whole, or can't any more. That is later than
 * Spring knows, as a server ends a chunked response, and on Tomcat each, by itself.
 */
final class ResponseEnd {

	private static final boolean REACTOR_NETTY = isPresent("reactor.netty.http.server.HttpServerResponse");

	private static final boolean TOMCAT = isPresent("org.apache.catalina.connector.RequestFacade");

	private static final boolean JETTY = isPresent("org.eclipse.jetty.server.Request");

	private static final boolean JETTY_SERVLET = isPresent("org.eclipse.jetty.ee11.servlet.ServletApiRequest");

	private ResponseEnd() {
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, ResponseEnd.class.getClassLoader());
	}

	/**
	 * Have something done then, once.
	 * @param exchange the exchange
	 * @param end what to do; must return at once
	 */
	static void onEnd(ServerWebExchange exchange, Runnable end) {
		AtomicBoolean ended = new AtomicBoolean();
		Runnable action = () -> {
			if (ended.compareAndSet(false, true)) {
				end.run();
			}
		};
		Object nativeResponse = getNativeResponse(exchange);
		Object nativeRequest = getNativeRequest(exchange);
		boolean known = (REACTOR_NETTY && ReactorNetty.onEnd(exchange, nativeResponse, action))
				|| (TOMCAT && Tomcat.onEnd(nativeRequest, action))
				|| (JETTY_SERVLET && JettyServlet.onEnd(nativeRequest, action))
				|| (JETTY && Jetty.onEnd(nativeRequest, action));
		if (!known) {
			AfterResponse.onComplete(exchange.getResponse(), action);
		}
	}

	private static Object getNativeResponse(ServerWebExchange exchange) {
		try {
			return ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			// A mock has none
			return exchange;
		}
	}

	private static Object getNativeRequest(ServerWebExchange exchange) {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			return exchange;
		}
	}

	/** Loaded only where Reactor Netty is present. */
	private static final class ReactorNetty {

		static boolean onEnd(ServerWebExchange exchange, Object nativeResponse, Runnable action) {
			if (nativeResponse instanceof HttpServerResponse response) {
				AfterResponse.onComplete(exchange.getResponse(), () -> {
					// It would end with the session
					if (response.isWebsocket()) {
						action.run();
					}
				});
				response.withConnection(
						(connection) -> connection.onTerminate().subscribe(null, (error) -> action.run(), action));
				return true;
			}
			return false;
		}

	}

	/** Loaded only where Tomcat is present. */
	private static final class Tomcat {

		static boolean onEnd(Object nativeRequest, Runnable action) {
			if (nativeRequest instanceof RequestFacade request
					&& request.getAttribute(TomcatResponseEndValve.PRESENT) != null) {
				request.setAttribute(TomcatResponseEndValve.ACTION, action);
				return true;
			}
			return false;
		}

	}

	/** Loaded only where Jetty's servlets are present. */
	private static final class JettyServlet {

		static boolean onEnd(Object nativeRequest, Runnable action) {
			return nativeRequest instanceof ServletApiRequest request && Jetty.onEnd(request.getRequest(), action);
		}

	}

	/** Loaded only where Jetty is present. */
	private static final class Jetty {

		static boolean onEnd(Object nativeRequest, Runnable action) {
			if (nativeRequest instanceof Request request) {
				Request.addCompletionListener(request, (failure) -> action.run());
				return true;
			}
			return false;
		}

	}

}
