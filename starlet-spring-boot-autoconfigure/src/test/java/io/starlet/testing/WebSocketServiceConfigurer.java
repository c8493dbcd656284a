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

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;

/**
 * Has WebSockets upgraded by the server that was started, unless the application has a
 * {@link WebSocketService} of its own.
 */
class WebSocketServiceConfigurer implements WebFluxConfigurer {

	private final Server server;

	private final ObjectProvider<WebFluxConfigurer> configurers;

	WebSocketServiceConfigurer(Server server, ObjectProvider<WebFluxConfigurer> configurers) {
		this.server = server;
		this.configurers = configurers;
	}

	@Override
	public @Nullable WebSocketService getWebSocketService() {
		return this.configurers.stream()
			.filter((configurer) -> configurer != this)
			.map(WebFluxConfigurer::getWebSocketService)
			.anyMatch(Objects::nonNull) ? null : new HandshakeWebSocketService(this.server.upgradeStrategy());
	}

}
