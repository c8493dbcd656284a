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

import io.netty.handler.codec.TooLongFrameException;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;

/**
 * What Reactor Netty alone leaves to its users: to refuse a message of too many frames,
 * and to end the connection of a client that takes no close frame.
 */
final class ReactorNettyConnection {

	private static final boolean PRESENT = ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse",
			ReactorNettyConnection.class.getClassLoader());

	private ReactorNettyConnection() {
	}

	static boolean isTooLong(Throwable receiveError) {
		return PRESENT && Netty.isTooLong(receiveError);
	}

	/**
	 * End the connection.
	 * @return completes when it has ended: while it ends, Reactor Netty would try to send
	 * a close frame of its own and leak it
	 */
	static Mono<Void> close(ServerHttpResponse handshake) {
		return PRESENT ? Mono.defer(() -> Netty.close(ServerHttpResponseDecorator.getNativeResponse(handshake)))
				: Mono.empty();
	}

	/** Loaded only where Reactor Netty is present. */
	private static final class Netty {

		static boolean isTooLong(Throwable receiveError) {
			return receiveError instanceof TooLongFrameException;
		}

		static Mono<Void> close(Object nativeResponse) {
			return (nativeResponse instanceof HttpServerResponse response)
					? Mono.create((sink) -> response.withConnection(
							(connection) -> connection.channel().close().addListener((end) -> sink.success())))
					: Mono.empty();
		}

	}

}
