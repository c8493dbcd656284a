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
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * What a task finds of an exchange whose server may have used its request again.
 */
@Timeout(20)
class FinishedExchangeTests {

	private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

	private static final InetSocketAddress REMOTE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);

	private static final Instant MODIFIED = Instant.parse("2026-01-01T00:00:00Z");

	private final SslInfo ssl = mock();

	private final HttpHeaders headers = new HttpHeaders();

	private final AtomicBoolean ended = new AtomicBoolean();

	@Test
	void theRequestIsAsItWas() {
		MockServerHttpRequest request = MockServerHttpRequest.get("/")
			.localAddress(LOCAL)
			.remoteAddress(REMOTE)
			.sslInfo(this.ssl)
			.cookie(new HttpCookie("session", "1"))
			.build();
		this.headers.set("X-Request", "yes");
		ServerHttpRequest finished = finish(
				MockServerWebExchange.from(request).mutate().request(reused(request)).build())
			.getRequest();
		this.ended.set(true);
		this.headers.clear();
		assertThat(finished.getLocalAddress()).isEqualTo(LOCAL);
		assertThat(finished.getRemoteAddress()).isEqualTo(REMOTE);
		assertThat(finished.getSslInfo()).isSameAs(this.ssl);
		assertThat(finished.getCookies().getFirst("session")).isEqualTo(new HttpCookie("session", "1"));
		assertThat(finished.getHeaders().getFirst("X-Request")).isEqualTo("yes");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> finished.getHeaders().set("X-Request", "no"));
	}

	/** A request that its server uses again. */
	private ServerHttpRequest reused(ServerHttpRequest request) {
		return new ServerHttpRequestDecorator(request) {
			@Override
			public HttpHeaders getHeaders() {
				return FinishedExchangeTests.this.headers;
			}

			@Override
			public MultiValueMap<String, HttpCookie> getCookies() {
				return inTime(super.getCookies());
			}

			@Override
			public @Nullable InetSocketAddress getLocalAddress() {
				return inTime(super.getLocalAddress());
			}

			@Override
			public @Nullable InetSocketAddress getRemoteAddress() {
				return inTime(super.getRemoteAddress());
			}

			@Override
			public @Nullable SslInfo getSslInfo() {
				return inTime(super.getSslInfo());
			}

			private <T extends @Nullable Object> T inTime(T value) {
				assertThat(FinishedExchangeTests.this.ended).isFalse();
				return value;
			}
		};
	}

	@Test
	void thereIsNoBody() {
		FinishedExchange form = finish(MockServerWebExchange.from(
				MockServerHttpRequest.post("/").contentType(MediaType.APPLICATION_FORM_URLENCODED).body("name=value")));
		assertThat(form.getRequest().getBody().collectList().block()).isEmpty();
		assertThat(form.getFormData().block()).isEmpty();
		FinishedExchange multipart = finish(MockServerWebExchange.from(MockServerHttpRequest.post("/")
			.contentType(MediaType.parseMediaType("multipart/form-data;boundary=b"))
			.body("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nvalue\r\n--b--\r\n")));
		assertThat(multipart.getMultipartData().block()).isEmpty();
	}

	@Test
	void thereAreNoConditions() {
		MockServerWebExchange tagged = MockServerWebExchange.from(MockServerHttpRequest.get("/").ifNoneMatch("\"v1\""));
		assertThat(finish(tagged).checkNotModified("\"v1\"")).isFalse();
		assertThat(finish(tagged).checkNotModified("\"v1\"", MODIFIED)).isFalse();
		assertThat(tagged.checkNotModified("\"v1\"")).isTrue();
		assertThat(finish(tagged).isNotModified()).isFalse();
		MockServerWebExchange dated = MockServerWebExchange
			.from(MockServerHttpRequest.get("/").ifModifiedSince(MODIFIED.toEpochMilli()));
		assertThat(finish(dated).checkNotModified(MODIFIED)).isFalse();
		assertThat(dated.checkNotModified(MODIFIED)).isTrue();
	}

	private static FinishedExchange finish(ServerWebExchange exchange) {
		return new FinishedExchange(exchange);
	}

}
