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

package io.starlet.traceback;

import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.RequestFacade;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * The other end of a request's connection. A request's own remote address may come from
 * its headers, or from the PROXY protocol, and so from anybody: Spring or the server
 * replaces it where {@code server.forward-headers-strategy} says so. So the server is
 * asked for that of the socket.
 */
final class PeerAddress {

	private static final boolean REACTOR_NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");

	private static final boolean TOMCAT = isPresent("org.apache.catalina.connector.RequestFacade");

	private static final boolean JETTY = isPresent("org.eclipse.jetty.ee11.servlet.ServletApiRequest");

	private PeerAddress() {
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, PeerAddress.class.getClassLoader());
	}

	/**
	 * Return the other end of a request's connection.
	 * @param request the request
	 * @return its address; {@code null} if it has none, as a Unix domain socket, or if
	 * the server is unknown
	 */
	static @Nullable InetAddress of(ServerHttpRequest request) {
		try {
			Object nativeRequest = ServerHttpRequestDecorator.getNativeRequest(request);
			if (REACTOR_NETTY && ReactorNetty.supports(nativeRequest)) {
				return ReactorNetty.getAddress(nativeRequest);
			}
			if (TOMCAT && Tomcat.supports(nativeRequest)) {
				return Tomcat.getAddress(nativeRequest);
			}
			return (JETTY && Jetty.supports(nativeRequest)) ? Jetty.getAddress(nativeRequest) : null;
		}
		catch (Exception | LinkageError ex) {
			// A mock, or another version of a server: unknown is not allowed
			return null;
		}
	}

	private static @Nullable InetAddress getAddress(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress inetAddress) ? inetAddress.getAddress() : null;
	}

	/** Loaded only where Reactor Netty is present. */
	private static final class ReactorNetty {

		static boolean supports(Object nativeRequest) {
			return nativeRequest instanceof HttpServerRequest;
		}

		static @Nullable InetAddress getAddress(Object nativeRequest) {
			return PeerAddress.getAddress(((HttpServerRequest) nativeRequest).connectionRemoteAddress());
		}

	}

	/** Loaded only where Tomcat is present. */
	private static final class Tomcat {

		static boolean supports(Object nativeRequest) {
			return nativeRequest instanceof RequestFacade;
		}

		/** Spring too reads this field: there is no other way to the connection. */
		static @Nullable InetAddress getAddress(Object nativeRequest) throws Exception {
			Field field = Objects.requireNonNull(ReflectionUtils.findField(RequestFacade.class, "request"));
			ReflectionUtils.makeAccessible(field);
			Request request = (Request) Objects.requireNonNull(field.get(nativeRequest));
			String address = request.getPeerAddr();
			// An empty name would be taken for the loopback address
			return StringUtils.hasLength(address) ? InetAddress.getByName(address) : null;
		}

	}

	/** Loaded only where Jetty is present. */
	private static final class Jetty {

		static boolean supports(Object nativeRequest) {
			return nativeRequest instanceof ServletApiRequest;
		}

		static @Nullable InetAddress getAddress(Object nativeRequest) {
			EndPoint endPoint = org.eclipse.jetty.server.Request
				.unWrap(((ServletApiRequest) nativeRequest).getRequest())
				.getConnectionMetaData()
				.getConnection()
				.getEndPoint();
			while (endPoint instanceof EndPoint.Wrapper wrapper) {
				endPoint = wrapper.unwrap();
			}
			return PeerAddress.getAddress(endPoint.getRemoteSocketAddress());
		}

	}

}
