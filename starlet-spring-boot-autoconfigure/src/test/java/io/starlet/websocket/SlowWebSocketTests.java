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

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.starlet.ExceptionHandlerFor;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R28 on Tomcat, which gives a close frame 50 milliseconds of its own accord.
 */
@Timeout(60)
class SlowWebSocketTests {

	@Test
	void theCloseFrameIsSentHoweverLongWhatIsSentBeforeItTakes() {
		try (TestApplication application = TestApplication.start(Server.TOMCAT, App.class);
				RawWebSocketClient client = application.webSocket("/fail")) {
			Awaitility.await()
				.pollDelay(Duration.ofMillis(500))
				.untilTrue(application.bean(ClosingHandler.class).closing);
			assertThat(client.awaitClose()).isEqualTo(new CloseFrame(4001, "at last"));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClosingHandler.class)
	static class App {

		@Bean
		HandlerMapping sessions() {
			WebSocketHandler failing = (session) -> Mono.error(new IllegalStateException("fails"));
			return new SimpleUrlHandlerMapping(Map.of("/fail", failing), -1);
		}

	}

	static class ClosingHandler {

		final AtomicBoolean closing = new AtomicBoolean();

		@ExceptionHandlerFor
		Mono<Void> close(WebSocketSession session, IllegalStateException ex) {
			Mono<Void> send = session
				.send(Mono.just(session.binaryMessage((factory) -> factory.wrap(new byte[20_000_000]))));
			Mono<Void> close = session.close(new CloseStatus(4001, "at last"))
				.doOnSubscribe((subscription) -> this.closing.set(true));
			return Mono.when(send, close);
		}

	}

}
