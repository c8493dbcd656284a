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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A way in which the handler of a session can fail.
 *
 * @param handler the handler
 * @param receives whether it fails at the third message of its client, {@code boom}
 * @param texts what the client gets before
 */
record Failure(Handler handler, boolean receives, List<String> texts) {

	/** All of them, by their names. */
	static final Map<String, Failure> ALL = all();

	static final Set<String> NAMES = ALL.keySet();

	private static Map<String, Failure> all() {
		Map<String, Failure> all = new LinkedHashMap<>();
		all.put("thrown", of((session, error) -> {
			throw sneaky(error.get());
		}));
		all.put("signalled", of((session, error) -> Mono.error(error)));
		all.put("thrown-in-an-operator", of((session, error) -> Mono.fromRunnable(() -> {
			throw sneaky(error.get());
		})));
		all.put("on-another-thread",
				of((session, error) -> Mono.<Void>error(error).subscribeOn(Schedulers.boundedElastic())));
		all.put("thrown-on-another-thread", of((session, error) -> Mono.<Void>fromRunnable(() -> {
			throw sneaky(error.get());
		}).subscribeOn(Schedulers.parallel())));
		all.put("in-a-future", of((session, error) -> Mono.fromFuture(() -> CompletableFuture.runAsync(() -> {
			throw sneaky(error.get());
		}))));
		all.put("later", of((session, error) -> Mono.delay(Duration.ofMillis(20)).then(Mono.error(error))));
		all.put("receiving", receiving((session, error) -> receive(session, error).then()));
		all.put("receiving-on-another-thread",
				receiving((session, error) -> session.receive()
					.map(WebSocketMessage::getPayloadAsText)
					.publishOn(Schedulers.boundedElastic())
					.doOnNext((text) -> failAtBoom(text, error))
					.then()));
		all.put("signalled-while-receiving",
				receiving((session, error) -> session.receive()
					.map(WebSocketMessage::getPayloadAsText)
					.concatMap((text) -> text.equals("boom") ? Mono.error(error) : Mono.just(text))
					.then()));
		all.put("after-a-message", receiving((session, error) -> session.receive().next().then(Mono.error(error))));
		all.put("after-some-messages",
				receiving((session, error) -> session.receive().take(3).then(Mono.error(error))));
		all.put("sending",
				of((session, error) -> session.send(texts(session).concatWith(Mono.error(error))), "one", "two"));
		all.put("sending-slowly",
				of((session, error) -> session
					.send(texts(session).delayElements(Duration.ofMillis(10)).concatWith(Mono.error(error))), "one",
						"two"));
		all.put("sending-from-another-thread",
				of((session, error) -> session
					.send(texts(session).concatWith(Mono.error(error)).publishOn(Schedulers.boundedElastic())), "one",
						"two"));
		all.put("sending-nothing", of((session, error) -> session.send(Mono.error(error))));
		all.put("thrown-instead-of-a-message",
				of((session, error) -> session.send(Flux.just("one", "two", "boom").map((text) -> {
					failAtBoom(text, error);
					return session.textMessage(text);
				})), "one", "two"));
		all.put("after-sending",
				of((session, error) -> session.send(texts(session)).then(Mono.error(error)), "one", "two"));
		all.put("answering", receiving(
				(session, error) -> session.send(receive(session, error).map(session::textMessage)), "hello", "again"));
		all.put("receiving-while-sending",
				receiving((session, error) -> Mono.when(session.send(ticks(session)), receive(session, error)), "..."));
		all.put("beside-a-send-that-nobody-awaits", receiving((session, error) -> {
			session.send(ticks(session)).subscribe();
			return receive(session, error).then();
		}, "..."));
		all.put("before-a-send-that-is-cancelled-at-once", of((session, error) -> Mono.when(Mono.error(error),
				session.send(Flux.just("one", "two").map(session::textMessage))), "..."));
		all.put("sending-while-receiving",
				of((session,
						error) -> Mono
							.zip(session.receive().then(Mono.just(true)),
									session.send(ticks(session).take(10).concatWith(Mono.error(error)))
										.thenReturn(true))
							.then(),
						"..."));
		all.put("beside-both",
				of((session, error) -> Mono.firstWithSignal(
						Mono.when(session.send(ticks(session)), session.receive().then()),
						Mono.delay(Duration.ofMillis(20)).then(Mono.error(error))), "..."));
		return all;
	}

	private static Failure of(Handler handler, String... texts) {
		return new Failure(handler, false, List.of(texts));
	}

	private static Failure receiving(Handler handler, String... texts) {
		return new Failure(handler, true, List.of(texts));
	}

	private static Flux<WebSocketMessage> texts(WebSocketSession session) {
		return Flux.just("one", "two").map(session::textMessage);
	}

	private static Flux<WebSocketMessage> ticks(WebSocketSession session) {
		return Flux.interval(Duration.ofMillis(1)).onBackpressureDrop().map((tick) -> session.textMessage("tick"));
	}

	private static Flux<String> receive(WebSocketSession session, Supplier<Throwable> error) {
		return session.receive().map(WebSocketMessage::getPayloadAsText).doOnNext((text) -> failAtBoom(text, error));
	}

	private static void failAtBoom(String text, Supplier<Throwable> error) {
		if (text.equals("boom")) {
			throw sneaky(error.get());
		}
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> RuntimeException sneaky(Throwable exception) throws E {
		throw (E) exception;
	}

	/** Whether the client gets any number of texts before. */
	boolean isBusy() {
		return this.texts.contains("...");
	}

	/** A handler that fails. */
	@FunctionalInterface
	interface Handler {

		Mono<Void> handle(WebSocketSession session, Supplier<Throwable> error);

	}

}
