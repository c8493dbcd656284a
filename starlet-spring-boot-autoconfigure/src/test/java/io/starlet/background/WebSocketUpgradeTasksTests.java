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

import java.util.Map;

import io.starlet.BackgroundTasks;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tasks that a filter adds to a request which opens a WebSocket session.
 */
@Timeout(60)
class WebSocketUpgradeTasksTests {

	@ParameterizedTest
	@EnumSource
	void tasksRunWhenTheSessionIsOpenAndDoNotWaitForItsEnd(Server server) {
		try (TestApplication application = TestApplication.start(server, App.class);
				RawWebSocketClient client = application.webSocket("/open")) {
			assertThat(application.bean(Recorder.class).await(1)).containsExactly("audit");
			client.sendText("still open");
			assertThat(client.readText()).isEqualTo("still open");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		WebFilter audit(Recorder recorder) {
			return (exchange, chain) -> {
				BackgroundTasks.of(exchange).add(() -> Mono.fromRunnable(() -> recorder.record("audit")));
				return chain.filter(exchange);
			};
		}

		@Bean
		HandlerMapping mapping() {
			WebSocketHandler echo = (session) -> session
				.send(session.receive().map((message) -> session.textMessage(message.getPayloadAsText())));
			return new SimpleUrlHandlerMapping(Map.of("/open", echo), -1);
		}

	}

}
