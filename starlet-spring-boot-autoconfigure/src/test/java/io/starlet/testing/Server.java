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

package io.starlet.testing;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyReactiveManagementContextAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyWebServer;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration;
import org.springframework.boot.web.server.WebServer;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.JettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.StandardWebSocketUpgradeStrategy;

/**
 * The reactive servers that Boot can start. All of them are on the class path, where Boot
 * and Spring would each choose one, not the same.
 */
public enum Server {

	REACTOR_NETTY("Reactor Netty", NettyWebServer.class, JettyReactiveWebServerAutoConfiguration.class,
			JettyReactiveManagementContextAutoConfiguration.class,
			TomcatReactiveManagementContextAutoConfiguration.class),

	TOMCAT("Tomcat", TomcatWebServer.class, JettyReactiveWebServerAutoConfiguration.class,
			NettyReactiveWebServerAutoConfiguration.class),

	JETTY("Jetty", JettyWebServer.class);

	/** The one that this run of the tests is for. */
	public static final Server CURRENT = valueOf(System.getProperty("starlet.test.server", "REACTOR_NETTY"));

	private final String label;

	private final Class<? extends WebServer> type;

	private final String exclusions;

	/**
	 * Name a server.
	 * @param label its name
	 * @param type what Spring starts
	 * @param preferred the auto-configurations that would start another one
	 */
	Server(String label, Class<? extends WebServer> type, Class<?>... preferred) {
		this.label = label;
		this.type = type;
		this.exclusions = Arrays.stream(preferred).map(Class::getName).collect(Collectors.joining(","));
	}

	/**
	 * Whether the server ends the connection by its own rule, also after a whole
	 * response.
	 */
	public boolean endsConnectionAfter(int status) {
		return this == TOMCAT && Set.of(400, 408, 411, 413, 414, 500, 501, 503).contains(status);
	}

	/**
	 * Whether the server has refused a request itself, with a page of its own, as Tomcat
	 * and Jetty do with strange paths and headers.
	 */
	public boolean hasRefused(RawHttpResponse response) {
		return this != REACTOR_NETTY && response.status() == 400
				&& (response.body().isEmpty() || response.body().matches("(?s).*HTTP (Status|ERROR) 400.*"));
	}

	/**
	 * Whether a response was cut after its start. Tomcat keeps what was not flushed, and
	 * makes it an empty 500.
	 */
	public boolean hasCut(RawHttpResponse response, int status) {
		return (this == TOMCAT) ? response.status() == 500 && response.body().isEmpty()
				: response.status() == status && !response.whole();
	}

	/** What a client gets of the start of a response that is cut. */
	public String cut(String start) {
		return (this == TOMCAT) ? "" : start;
	}

	/** Whether it is a line of the server's own about a response that was cut. */
	public boolean hasLogged(ILoggingEvent event) {
		return switch (this) {
			case REACTOR_NETTY -> false;
			case TOMCAT -> event.getLoggerName().startsWith("org.apache.catalina.");
			case JETTY -> event.getLoggerName().startsWith("org.eclipse.jetty.");
		};
	}

	Class<? extends WebServer> type() {
		return this.type;
	}

	String exclusions() {
		return this.exclusions;
	}

	/** What Spring would use if this were the only server. */
	public RequestUpgradeStrategy upgradeStrategy() {
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
