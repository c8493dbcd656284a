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

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseSnapshotTests {

	private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));

	private final HttpHeaders headers = this.exchange.getResponse().getHeaders();

	@Test
	void whatReactorNettyHadSetIsSetAgain() {
		this.headers.set(HttpHeaders.TRANSFER_ENCODING, "chunked");
		ResponseSnapshot before = ResponseSnapshot.of(this.exchange);
		this.headers.remove(HttpHeaders.TRANSFER_ENCODING);
		this.headers.setContentLength(3);
		this.exchange.getResponse().setStatusCode(HttpStatus.CREATED);
		before.restore(this.exchange);
		this.headers.add(HttpHeaders.TRANSFER_ENCODING, "gzip");
		assertThat(this.headers.headerNames()).containsExactly(HttpHeaders.TRANSFER_ENCODING);
		assertThat(this.exchange.getResponse().getStatusCode()).isNull();
		before.restore(this.exchange);
		assertThat(this.headers.get(HttpHeaders.TRANSFER_ENCODING)).containsExactly("chunked");
	}

	@Test
	void cookiesOfAHandlerThatFailedAreNotKept() {
		ServerHttpResponse response = this.exchange.getResponse();
		response.addCookie(ResponseCookie.from("id", "filter").build());
		ResponseSnapshot before = ResponseSnapshot.of(this.exchange);
		for (int handler = 0; handler < 2; handler++) {
			before.restore(this.exchange);
			assertThat(response.getCookies().get("id")).hasSize(1);
			response.addCookie(ResponseCookie.from("id", "handler").build());
		}
	}

	@Test
	void aStatusThatIsAsItWasIsNotSetAgain() {
		ServerHttpResponse decorated = new ServerHttpResponseDecorator(this.exchange.getResponse()) {
			@Override
			public boolean setStatusCode(@Nullable HttpStatusCode status) {
				return super.setStatusCode(HttpStatusCode.valueOf(Objects.requireNonNull(status).value()));
			}
		};
		ServerWebExchange exchange = this.exchange.mutate().response(decorated).build();
		for (HttpStatus status : new HttpStatus[] { HttpStatus.OK, HttpStatus.ACCEPTED }) {
			decorated.setStatusCode(status);
			ResponseSnapshot before = ResponseSnapshot.of(exchange);
			before.restore(exchange);
			decorated.setStatusCode(HttpStatus.NOT_FOUND);
			before.restore(exchange);
			assertThat(decorated.getStatusCode()).isEqualTo(status);
		}
	}

}
