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

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.HttpHeadResponseDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * Knows whether anything was written to a response that a filter has decorated, as that
 * may keep it and send it later.
 */
final class WrittenResponse extends ServerHttpResponseDecorator {

	private volatile boolean written;

	private WrittenResponse(ServerHttpResponse delegate) {
		super(delegate);
	}

	/**
	 * Decorate a response.
	 * @param response the response
	 * @return {@code null} if what is written to it is sent at once
	 */
	static @Nullable WrittenResponse of(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator && !(current instanceof TrackedResponse)) {
			if (!(current instanceof ReplaceableResponse) && !(current instanceof HttpHeadResponseDecorator)) {
				return new WrittenResponse(response);
			}
			current = decorator.getDelegate();
		}
		return null;
	}

	boolean isWritten() {
		return this.written;
	}

	private Mono<Void> noting(Mono<Void> write) {
		return write.doOnSuccess((done) -> this.written = true);
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return noting(super.writeWith(body));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return noting(super.writeAndFlushWith(body));
	}

	@Override
	public Mono<Void> setComplete() {
		return noting(super.setComplete());
	}

}
