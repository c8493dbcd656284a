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
import java.util.stream.Collectors;

import org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.JettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.upgrade.StandardWebSocketUpgradeStrategy;

/**
 * The reactive servers that Boot can start. All of them are on the class path, where Boot
 * and Spring would each choose one, not the same.
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
