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

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseSnapshotTests {

	private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));

	private final HttpHeaders headers = this.exchange.getResponse().getHeaders();

	@Test
	void nothingIsCopiedOfAResponseThatIsAsReactorNettyMadeIt() {
		this.headers.set(HttpHeaders.TRANSFER_ENCODING, "chunked");
		assertThat(ResponseSnapshot.of(this.exchange)).isSameAs(ResponseSnapshot.of(this.exchange));
	}

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
		assertThat(ResponseSnapshot.of(this.exchange)).isNotSameAs(before);
		before.restore(this.exchange);
		assertThat(this.headers.get(HttpHeaders.TRANSFER_ENCODING)).containsExactly("chunked");
	}

}
