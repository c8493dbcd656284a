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

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.starlet.response.ErrorResumingMono;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;
import org.springframework.web.reactive.socket.adapter.StandardWebSocketSession;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * A session that stays whole when its handler fails, so that it can still be closed with
 * a code: neither direction is cut short, and it is known which errors are the
 * connection's.
 */
final class TrackedWebSocketSession implements WebSocketSession {

	private static final boolean JAKARTA = ClassUtils.isPresent("jakarta.websocket.Session",
			TrackedWebSocketSession.class.getClassLoader());

	/** A control frame has 125 bytes, the code takes two of them. */
	private static final int MAX_REASON = 123;

	private static final int MAX_CAUSES = 100;

	private final WebSocketSession delegate;

	private final boolean jakarta;

	/** Completed when what is being sent has been sent, with what stops it. */
	private final Map<Sinks.Empty<Void>, Runnable> sending = new ConcurrentHashMap<>();

	private volatile @Nullable Throwable receiveError;

	private volatile @Nullable Throwable sendError;

	private volatile boolean received;

	private volatile boolean failed;

	private volatile boolean closing;

	TrackedWebSocketSession(WebSocketSession delegate) {
		this.delegate = delegate;
		this.jakarta = JAKARTA && Jakarta.supports(delegate);
	}

	@Override
	public String getId() {
		return this.delegate.getId();
	}

	@Override
	public HandshakeInfo getHandshakeInfo() {
		return this.delegate.getHandshakeInfo();
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.delegate.bufferFactory();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.delegate.getAttributes();
	}

	@Override
	public Flux<WebSocketMessage> receive() {
		return Flux.defer(() -> {
			this.received = true;
			return new UncancelledReceive(this.delegate.receive(), (error) -> this.receiveError = error);
		});
	}

	/**
	 * Send messages. Where they end in an error, or nobody waits for them any more, those
	 * before are sent whole.
	 */
	@Override
	public Mono<Void> send(Publisher<WebSocketMessage> messages) {
		return Mono.create((sink) -> {
			UninterruptedSend send = new UninterruptedSend(Flux.from(messages));
			Sinks.Empty<Void> sent = Sinks.empty();
			this.sending.put(sent, send::stop);
			AtomicBoolean awaited = new AtomicBoolean(true);
			sink.onCancel(() -> {
				awaited.set(false);
				send.stop();
			});
			Mono.defer(() -> sender().send(send))
				.doOnError((failure) -> this.sendError = failure)
				.then(Mono.defer(() -> Mono.justOrEmpty(send.getError()).<Void>flatMap(Mono::error)))
				.doFinally((signal) -> remove(sent))
				.contextWrite(sink.contextView())
				.subscribe(null, (failure) -> {
					if (awaited.get()) {
						sink.error(failure);
					}
				}, sink::success);
		});
	}

	private void remove(Sinks.Empty<Void> sent) {
		this.sending.remove(sent);
		sent.tryEmitEmpty();
	}

	private WebSocketSession sender() {
		return (this.failed && this.jakarta) ? Jakarta.renew(this.delegate) : this.delegate;
	}

	@Override
	public boolean isOpen() {
		return this.delegate.isOpen();
	}

	/**
	 * Close the session. On Reactor Netty it is known whether the close frame was sent
	 * even where nobody waits for it any more.
	 */
	@Override
	public Mono<Void> close(CloseStatus status) {
		CloseStatus sendable = new CloseStatus(status.getCode(), cut(status.getReason()));
		return Mono.defer(() -> {
			Sinks.Empty<Void> sent = Sinks.empty();
			this.sending.put(sent, () -> {
			});
			this.closing = true;
			Mono<Void> close = ErrorResumingMono.signallingErrors(Mono.defer(() -> this.delegate.close(sendable)));
			Mono<Void> closed = ((this.failed && this.jakarta)
					? Jakarta.onThreadOfItsOwn(close).doOnSuccess((done) -> drain()) : close)
				.onErrorResume((failure) -> {
					// Jetty may see the answer before it has told that the frame was sent
					this.closing = !isOpen();
					return this.closing ? Mono.empty() : Mono.error(failure);
				})
				.doFinally((signal) -> remove(sent));
			// A thread that a client keeps waiting is interrupted
			return this.jakarta ? closed.doOnCancel(() -> this.closing = !isOpen()) : closed.cache();
		});
	}

	private static @Nullable String cut(@Nullable String reason) {
		if (reason == null || reason.isEmpty()) {
			return null;
		}
		ByteBuffer bytes = ByteBuffer.allocate(MAX_REASON);
		StandardCharsets.UTF_8.newEncoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.encode(CharBuffer.wrap(reason), bytes, true);
		return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
	}

	@Override
	public Mono<CloseStatus> closeStatus() {
		return this.delegate.closeStatus();
	}

	@Override
	public WebSocketMessage textMessage(String payload) {
		return this.delegate.textMessage(payload);
	}

	@Override
	public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.binaryMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pingMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pongMessage(payloadFactory);
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

	/**
	 * Note that the handler has failed, stop what it sends, and wait for what it has
	 * sent.
	 * @param closeTimeout how long a client may take to take the close frame
	 */
	Mono<Void> fail(Duration closeTimeout) {
		Mono<Void> sent = Mono.fromRunnable(() -> {
			this.failed = true;
			this.sending.values().forEach(Runnable::run);
		}).then(settle());
		return this.jakarta ? Jakarta
			.onThreadOfItsOwn(sent.doOnSuccess((done) -> Jakarta.setCloseTimeout(this.delegate, closeTimeout))) : sent;
	}

	/** Wait for what is being sent, a close frame included. */
	Mono<Void> settle() {
		return Mono.defer(() -> Mono.when(this.sending.keySet().stream().map(Sinks.Empty::asMono).toList()));
	}

	/**
	 * Receive what the client still sends, if nobody does: Jetty would never see its
	 * answer to the close frame, and Reactor Netty would not release what it has read.
	 */
	void drain() {
		// Tomcat must not begin to read while it closes, or it may end the connection
		// first
		if (!this.received && (!this.jakarta || this.closing)) {
			receive().subscribe(null, (error) -> {
			}).dispose();
		}
	}

	/** Whether it was closed from here, or by the client. */
	boolean isClosed() {
		return this.closing || !isOpen();
	}

	/** Whether an exception tells that the client has gone. */
	boolean isLost(Throwable exception) {
		return isLost(exception, this.receiveError) || isLost(exception, this.sendError);
	}

	/** Whether it tells of a message that is too long, which the other servers refuse. */
	boolean isMessageTooLong(Throwable exception) {
		Throwable error = this.receiveError;
		return error != null && isCausedBy(exception, error) && ReactorNettyConnection.isTooLong(error);
	}

	private boolean isLost(Throwable exception, @Nullable Throwable error) {
		return error != null && isCausedBy(exception, error) && (!isOpen() || error instanceof IOException
				|| DisconnectedClientHelper.isClientDisconnectedException(error));
	}

	@SuppressWarnings("ReferenceEquality")
	private static boolean isCausedBy(Throwable exception, Throwable error) {
		Throwable current = exception;
		for (int i = 0; current != null && i < MAX_CAUSES; i++) {
			if (current == error) {
				return true;
			}
			current = current.getCause();
		}
		return false;
	}

	/** Loaded only where there is a Jakarta WebSocket API. */
	private static final class Jakarta {

		private static final String CLOSE_TIMEOUT = "org.apache.tomcat.websocket.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT";

		private static final Method NATIVE_SESSION = Objects
			.requireNonNull(ReflectionUtils.findMethod(AbstractWebSocketSession.class, "getDelegate"));

		static {
			ReflectionUtils.makeAccessible(NATIVE_SESSION);
		}

		static boolean supports(WebSocketSession session) {
			return session instanceof StandardWebSocketSession;
		}

		/**
		 * Closing waits for the client to take what it was sent before, and the thread on
		 * which an exception was raised may be interrupted.
		 */
		static Mono<Void> onThreadOfItsOwn(Mono<Void> work) {
			return work.subscribeOn(Schedulers.boundedElastic());
		}

		/**
		 * Tomcat gives a close frame of any code but 1000 no more than 50 milliseconds,
		 * which a busy machine may take, and then ends the connection without it. They
		 * are enough for a client that has not taken what was sent before: a thread waits
		 * for each.
		 */
		static void setCloseTimeout(WebSocketSession session, Duration timeout) {
			try {
				getNativeSession(session).getUserProperties().putIfAbsent(CLOSE_TIMEOUT, timeout.toMillis());
			}
			catch (IllegalStateException ex) {
				// The client has closed it
			}
		}

		/** Spring's can send only once. */
		static WebSocketSession renew(WebSocketSession session) {
			return new StandardWebSocketSession(getNativeSession(session), session.getHandshakeInfo(),
					session.bufferFactory());
		}

		/** There is no other way to it. */
		private static Session getNativeSession(WebSocketSession session) {
			return (Session) Objects.requireNonNull(ReflectionUtils.invokeMethod(NATIVE_SESSION, session));
		}

	}

}
