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

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import java.util.stream.Stream;

import io.netty.channel.Channel;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Tells whether a client has gone away (rule R23). Spring's helper looks at the names and
 * messages of exceptions, which the application's own I/O errors may have too, so the
 * connection is asked.
 */
final class DisconnectedClient {

	private static final boolean REACTOR_NETTY = ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse",
			DisconnectedClient.class.getClassLoader());

	private static final boolean JETTY = ClassUtils.isPresent("org.eclipse.jetty.server.Request",
			DisconnectedClient.class.getClassLoader());

	private static final boolean TOMCAT = ClassUtils.isPresent("org.apache.catalina.connector.RequestFacade",
			DisconnectedClient.class.getClassLoader());

	private static final String TOMCAT_HTTP2_PACKAGE = "org.apache.coyote.http2.";

	private static final int MAX_CAUSES = 1_000;

	private DisconnectedClient() {
	}

	static boolean isSuspected(Throwable exception) {
		try {
			return hasEnd(exception) && (DisconnectedClientHelper.isClientDisconnectedException(exception)
					|| isRaisedByJettysRequest(exception) || isRaisedByTomcatsStream(exception));
		}
		catch (Throwable ex) {
			// An exception that can't tell its message or cause
			return false;
		}
	}

	/** Spring's helper would follow causes without end. */
	private static boolean hasEnd(Throwable exception) {
		int causes = 0;
		Throwable current = exception;
		while (current != null && causes++ < MAX_CAUSES) {
			current = current.getCause();
		}
		return current == null;
	}

	/**
	 * Spring's helper does not know what Jetty 12.1 makes of an upload that ends early.
	 */
	private static boolean isRaisedByJettysRequest(Throwable exception) {
		// A client's exception is of another server, whom Jetty's client may have asked
		return JETTY && Stream.iterate(exception, Objects::nonNull, Throwable::getCause)
			.takeWhile((cause) -> !(cause instanceof WebClientException) && !(cause instanceof RestClientException))
			.map((cause) -> cause.getClass().getName())
			.anyMatch((name) -> name.startsWith("org.eclipse.jetty.") && name.endsWith("EofException"));
	}

	/**
	 * Spring's helper does not know what Tomcat makes of a stream of HTTP/2 that its
	 * client resets. Where reading has timed out, the client is still there.
	 */
	private static boolean isRaisedByTomcatsStream(Throwable exception) {
		return TOMCAT && Stream.iterate(exception, Objects::nonNull, Throwable::getCause)
			.filter((cause) -> cause instanceof IOException && !(cause instanceof SocketTimeoutException))
			.anyMatch((cause) -> isRaisedIn(cause, TOMCAT_HTTP2_PACKAGE));
	}

	static Mono<Boolean> isGone(ServerHttpResponse response, Throwable exception) {
		if (!isSuspected(exception)) {
			return Mono.just(false);
		}
		Object nativeResponse = getNativeResponse(response);
		return (REACTOR_NETTY && ReactorNetty.supports(nativeResponse)) ? ReactorNetty.isClosed(nativeResponse)
				: Mono.just(isRaisedByServer(exception));
	}

	/**
	 * End the connection of a response that was cut, so that the client can tell.
	 * @return whether that could be done
	 */
	static boolean disconnect(ServerHttpResponse response) {
		Object nativeResponse = getNativeResponse(response);
		if (REACTOR_NETTY && ReactorNetty.supports(nativeResponse)) {
			ReactorNetty.close(nativeResponse);
			return true;
		}
		return false;
	}

	private static Object getNativeResponse(ServerHttpResponse response) {
		try {
			return ServerHttpResponseDecorator.getNativeResponse(response);
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			// A mock, or a response of another kind, has none
			return response;
		}
	}

	private static boolean isRaisedByServer(Throwable exception) {
		for (Throwable current = exception; current != null; current = current.getCause()) {
			String name = current.getClass().getName();
			if (name.startsWith("org.apache.catalina.") || name.startsWith("org.apache.coyote.")
					|| (name.startsWith("org.eclipse.jetty.") && !isRaisedByJettysClient(current))
					|| isRaisedByTomcat(current)) {
				return true;
			}
		}
		return false;
	}

	/** Its connections are of the same classes as those of the server. */
	private static boolean isRaisedByJettysClient(Throwable exception) {
		return getFrames(exception).anyMatch((name) -> name.startsWith("org.eclipse.jetty.client."));
	}

	/** Tomcat passes on what its socket raises when it is flushed, and a stream. */
	private static boolean isRaisedByTomcat(Throwable exception) {
		return isRaisedIn(exception, "org.apache.tomcat.util.net.") || isRaisedIn(exception, TOMCAT_HTTP2_PACKAGE);
	}

	private static boolean isRaisedIn(Throwable exception, String packagePrefix) {
		return getFrames(exception).filter((name) -> !name.startsWith("java.") && !name.startsWith("sun."))
			.findFirst()
			.filter((name) -> name.startsWith(packagePrefix))
			.isPresent();
	}

	/**
	 * The classes of an exception's stack trace, some of which Reactor may have moved.
	 */
	private static Stream<String> getFrames(Throwable exception) {
		return Stream.concat(Stream.of(exception), Stream.of(exception.getSuppressed()).filter(Exceptions::isTraceback))
			.flatMap((throwable) -> Stream.of(throwable.getStackTrace()))
			.map(StackTraceElement::getClassName);
	}

	/** Loaded only where Reactor Netty is the server. */
	private static final class ReactorNetty {

		static boolean supports(Object nativeResponse) {
			return nativeResponse instanceof HttpServerResponse;
		}

		/**
		 * Asked once more by the event loop, as Netty reports a failed read before it
		 * closes the channel.
		 */
		static Mono<Boolean> isClosed(Object nativeResponse) {
			return Mono.<Boolean>create((sink) -> ((HttpServerResponse) nativeResponse).withConnection((connection) -> {
				Channel channel = connection.channel();
				if (channel.isActive()) {
					channel.eventLoop().execute(() -> sink.success(!channel.isActive()));
				}
				else {
					sink.success(true);
				}
			})).onErrorReturn(true);
		}

		@SuppressWarnings("FutureReturnValueIgnored")
		static void close(Object nativeResponse) {
			((HttpServerResponse) nativeResponse).withConnection((connection) -> connection.channel().close());
		}

	}

}
