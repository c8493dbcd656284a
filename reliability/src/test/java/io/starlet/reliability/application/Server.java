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

package io.starlet.reliability.application;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.JettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.StandardWebSocketUpgradeStrategy;

/**
 * The servers, and what they do by rules of their own.
 */
public enum Server {

	REACTOR_NETTY("Reactor Netty", JettyReactiveWebServerAutoConfiguration.class),

	TOMCAT("Tomcat", JettyReactiveWebServerAutoConfiguration.class, NettyReactiveWebServerAutoConfiguration.class),

	JETTY("Jetty");

	private final String label;

	private final String exclusions;

	/**
	 * Name a server.
	 * @param label its name
	 * @param preferred the auto-configurations that would start another one
	 */
	Server(String label, Class<?>... preferred) {
		this.label = label;
		this.exclusions = Arrays.stream(preferred).map(Class::getName).collect(Collectors.joining(","));
	}

	public String exclusions() {
		return this.exclusions;
	}

	/** Whether the server ends the connection after a whole response. */
	public boolean endsConnectionAfter(int status) {
		return this == TOMCAT && Set.of(400, 408, 411, 413, 414, 500, 501, 503).contains(status);
	}

	/**
	 * Whether a connection may get no more answers once a request on it had to wait for
	 * the one before, as of Reactor Netty until 1.3.7 (reactor-netty#4361), with and
	 * without Starlet.
	 */
	public boolean mayStopReading() {
		return this == REACTOR_NETTY;
	}

	/**
	 * Whether a request waits for ever for the rest of its body if the client leaves just
	 * when the server reads the start of it, as on Jetty, with and without Starlet.
	 */
	public boolean mayMissCutUpload() {
		return this == JETTY;
	}

	/**
	 * Whether a request may have no answer, or not the right one, as on Tomcat one in
	 * some 17,000 has without Starlet, and one in some 300,000 with it, while clients
	 * leave responses that other threads write, and errors cut others.
	 */
	public boolean mayNotAnswer() {
		return this == TOMCAT;
	}

	/**
	 * What the server itself logs, by {@linkplain LogCounts kind}.
	 * @param cutResponses the number of responses that were cut
	 */
	public Map<String, Long> logged(long cutResponses) {
		return switch (this) {
			case REACTOR_NETTY -> Map.of();
			case TOMCAT -> Map.of("ERROR [httpHandlerServlet] " + CutException.class.getName(), 2 * cutResponses);
			case JETTY -> Map.of("WARN ServletChannel jakarta.servlet.ServletException", cutResponses);
		};
	}

	/** Whether it writes into buffers that Netty counts. */
	public boolean usesNettyBuffers() {
		return this == REACTOR_NETTY;
	}

	/**
	 * Return what Spring and the server may log of their own, a few times in 10,000
	 * clients that leave, where one does so just as something is sent to it.
	 */
	public Set<String> mayLog() {
		return switch (this) {
			case REACTOR_NETTY -> Set.of();
			case TOMCAT -> Set.of("ERROR Schedulers java.lang.IllegalStateException",
					"ERROR CoyoteAdapter java.lang.IllegalStateException");
			case JETTY -> Set.of("ERROR Schedulers java.lang.IllegalStateException", "WARN Blocker");
		};
	}

	RequestUpgradeStrategy upgradeStrategy() {
		return switch (this) {
			case REACTOR_NETTY -> new ReactorNettyRequestUpgradeStrategy();
			case TOMCAT -> new StandardWebSocketUpgradeStrategy();
			case JETTY -> new JettyRequestUpgradeStrategy();
		};
	}

	@Override
	public String toString() {
		return this.label;
	}

}
