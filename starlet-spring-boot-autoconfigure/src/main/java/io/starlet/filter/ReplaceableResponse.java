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

import java.nio.file.Path;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;

/**
 * A response that is given to the handler of its status instead of being sent without a
 * body.
 */
class ReplaceableResponse extends ServerHttpResponseDecorator {

	private volatile ServerWebExchange exchange;

	private final ExceptionResponder responder;

	private final Predicate<HttpStatusCode> statuses;

	private final boolean plainTextToo;

	private volatile boolean released;

	private ReplaceableResponse(ServerWebExchange exchange, ExceptionResponder responder,
			Predicate<HttpStatusCode> statuses, boolean plainTextToo) {
		super(exchange.getResponse());
		this.exchange = exchange;
		this.responder = responder;
		this.statuses = statuses;
		this.plainTextToo = plainTextToo;
	}

	/**
	 * Create a replaceable response.
	 * @param exchange the exchange
	 * @param responder calls the handler
	 * @param statuses which statuses are replaced
	 * @param plainTextToo whether a body of plain text is replaced too
	 */
	static ReplaceableResponse of(ServerWebExchange exchange, ExceptionResponder responder,
			Predicate<HttpStatusCode> statuses, boolean plainTextToo) {
		return (exchange.getResponse() instanceof ZeroCopyHttpOutputMessage)
				? new ZeroCopy(exchange, responder, statuses, plainTextToo)
				: new ReplaceableResponse(exchange, responder, statuses, plainTextToo);
	}

	/** What is written from now on is the answer of a handler. */
	static void release(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator) {
			if (decorator instanceof ReplaceableResponse replaceable) {
				replaceable.released = true;
			}
			current = decorator.getDelegate();
		}
	}

	/**
	 * Have the handler see what filters have made of an exchange, its principal too. The
	 * one that Spring Security refuses has that already.
	 */
	static void noteExchange(ServerWebExchange exchange) {
		ServerHttpResponse current = exchange.getResponse();
		while (current instanceof ServerHttpResponseDecorator decorator) {
			if (decorator instanceof ReplaceableResponse replaceable && !replaceable.plainTextToo) {
				replaceable.exchange = exchange.mutate().response(replaceable.getDelegate()).build();
			}
			current = decorator.getDelegate();
		}
	}

	/**
	 * Replace the response where a filter or an endpoint has left it to the server to
	 * send it. What filters put into the context has ended with them.
	 */
	Mono<Void> replaceUnsent() {
		return Mono.deferContextual((context) -> {
			Mono<Void> replacement = findReplacement();
			return (replacement != null)
					? replacement.contextWrite(HandledExceptionWebFilter.getContext(this.exchange, context))
					: Mono.empty();
		});
	}

	@Override
	public Mono<Void> setComplete() {
		Mono<Void> replacement = findReplacement();
		return (replacement != null) ? replacement : super.setComplete();
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		Mono<Void> replacement = findReplacement();
		if (replacement == null) {
			return super.writeWith(body);
		}
		if (this.plainTextToo && MediaType.TEXT_PLAIN_VALUE.equals(getHeaders().getFirst(HttpHeaders.CONTENT_TYPE))) {
			return Flux.from(body).doOnNext(DataBufferUtils::release).then(replacement);
		}
		// A server sends the length of a Mono, and none of a Flux
		return (body instanceof Mono<? extends DataBuffer> mono)
				? mono.singleOptional().flatMap((only) -> only.isPresent() ? keep(Mono.just(only.get())) : replacement)
				: Flux.from(body)
					.switchOnFirst((first, all) -> first.hasValue() ? keep(all) : all.thenMany(replacement))
					.then();
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		noteBody();
		return super.writeAndFlushWith(body);
	}

	/** What is written in answer to HEAD does not commit the response. */
	void noteBody() {
		HttpStatusCode status = getStatusCode();
		if (status != null && status.isError()) {
			this.released = true;
		}
	}

	private Mono<Void> keep(Publisher<? extends DataBuffer> body) {
		noteBody();
		return super.writeWith(body);
	}

	private @Nullable Mono<Void> findReplacement() {
		HttpStatusCode status = getStatusCode();
		return (this.released || status == null || !status.isError() || isCommitted() || !this.statuses.test(status))
				? null : this.responder.findResponse(this.exchange, status);
	}

	private static final class ZeroCopy extends ReplaceableResponse implements ZeroCopyHttpOutputMessage {

		private ZeroCopy(ServerWebExchange exchange, ExceptionResponder responder, Predicate<HttpStatusCode> statuses,
				boolean plainTextToo) {
			super(exchange, responder, statuses, plainTextToo);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			noteBody();
			return ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count);
		}

	}

}
