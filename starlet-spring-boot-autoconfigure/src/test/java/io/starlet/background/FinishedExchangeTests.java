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

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * What a task finds of an exchange whose server may have used its request again.
 */
class FinishedExchangeTests {

	private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

	private static final InetSocketAddress REMOTE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);

	private static final String ETAG = "\"v1\"";

	private final SslInfo ssl = mock();

	private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/upload")
		.localAddress(LOCAL)
		.remoteAddress(REMOTE)
		.sslInfo(this.ssl)
		.cookie(new HttpCookie("session", "1"))
		.header("X-Request", "yes")
		.ifNoneMatch(ETAG)
		.contentType(MediaType.APPLICATION_FORM_URLENCODED)
		.body("name=value"));

	private final FinishedExchange finished = new FinishedExchange(this.exchange);

	@Test
	void theRequestIsAsItWas() {
		ServerHttpRequest request = this.finished.getRequest();
		assertThat(request.getLocalAddress()).isEqualTo(LOCAL);
		assertThat(request.getRemoteAddress()).isEqualTo(REMOTE);
		assertThat(request.getSslInfo()).isSameAs(this.ssl);
		assertThat(request.getCookies().getFirst("session")).isEqualTo(new HttpCookie("session", "1"));
		assertThat(request.getPath().value()).isEqualTo("/upload");
		assertThat(request.getHeaders().getFirst("X-Request")).isEqualTo("yes");
	}

	@Test
	void theHeadersAreACopyThatCantBeChanged() {
		HttpHeaders headers = this.finished.getRequest().getHeaders();
		assertThat(headers).isNotSameAs(this.exchange.getRequest().getHeaders());
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> headers.set("X-Request", "no"));
	}

	@Test
	void thereIsNoBody() {
		StepVerifier.create(this.finished.getRequest().getBody()).verifyComplete();
		StepVerifier.create(this.finished.getFormData())
			.assertNext((data) -> assertThat(data).isEmpty())
			.verifyComplete();
		StepVerifier.create(this.finished.getMultipartData())
			.assertNext((data) -> assertThat(data).isEmpty())
			.verifyComplete();
	}

	@Test
	void thereAreNoConditions() {
		assertThat(this.finished.checkNotModified(ETAG)).isFalse();
		assertThat(this.finished.checkNotModified(Instant.EPOCH)).isFalse();
		assertThat(this.finished.checkNotModified(ETAG, Instant.EPOCH)).isFalse();
		assertThat(this.exchange.checkNotModified(ETAG)).isTrue();
		assertThat(this.exchange.isNotModified()).isTrue();
		assertThat(this.finished.isNotModified()).isFalse();
	}

}
