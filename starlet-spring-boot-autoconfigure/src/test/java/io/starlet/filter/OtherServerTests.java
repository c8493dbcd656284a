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

import java.util.Map;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;

import io.starlet.response.ExceptionLog;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the server is not Reactor Netty, a client is gone if the server itself says so,
 * and a cut response is left to the server.
 */
class OtherServerTests {

	private final ServerHttpResponse response = new MockServerHttpResponse();

	@Test
	void clientIsGoneIfTheServerSaysSo() {
		assertThat(isGone(new ClientAbortException(new IOException("Broken pipe")))).isTrue();
		assertThat(isGone(new IllegalStateException(new ClientAbortException()))).isTrue();
	}

	@Test
	void clientIsThereIfTheApplicationItselfFails() {
		assertThat(isGone(new IOException("Broken pipe"))).isFalse();
		assertThat(isGone(new EOFException())).isFalse();
		assertThat(isGone(new IllegalStateException("boom"))).isFalse();
	}

	@Test
	void serverGetsTheErrorOfACutResponse() {
		assertThat(DisconnectedClient.disconnect(this.response)).isFalse();
		TrackedResponse tracked = TrackedResponse.of(this.response);
		IllegalStateException error = new IllegalStateException("mid");
		tracked.cut(error);
		assertThat(outcome(tracked.setComplete())).isSameAs(error);
	}

	@Test
	void serverGetsTheErrorWhereResponsesAreNotTracked() {
		MockServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.method(HttpMethod.GET, "/plain"));
		IllegalStateException error = new IllegalStateException("boom");
		ServerErrorWebExceptionHandler last = new ServerErrorWebExceptionHandler(false,
				new ExceptionLog(Map.of(), Throwable::toString));
		assertThat(outcome(last.handle(exchange, error))).as("answered with 500").isNull();
		assertThat(exchange.getResponse().getStatusCode()).hasToString("500 INTERNAL_SERVER_ERROR");
		assertThat(outcome(last.handle(exchange, error))).as("committed").isSameAs(error);
	}

	private static @Nullable Throwable outcome(Mono<Void> result) {
		return result.then(Mono.<Throwable>empty()).onErrorResume(Mono::just).block(Duration.ofSeconds(5));
	}

	private boolean isGone(Throwable exception) {
		return Boolean.TRUE.equals(DisconnectedClient.isGone(this.response, exception).block(Duration.ofSeconds(5)));
	}

}
