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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * What is known of a session, where no server decides which of several signs comes first.
 */
@Timeout(20)
class TrackedWebSocketSessionTests {

	private final IOException reset = new IOException("Connection reset");

	private final WebSocketMessage message = message(WebSocketMessage.Type.TEXT);

	private final WebSocketSession delegate = mock(WebSocketSession.class, "session of the server");

	private final TrackedWebSocketSession session = new TrackedWebSocketSession(this.delegate);

	@BeforeEach
	void open() {
		given(this.delegate.isOpen()).willReturn(true);
		given(this.delegate.close(any())).willReturn(Mono.empty());
		given(this.delegate.receive()).willReturn(Flux.never());
		given(this.delegate.send(any()))
			.willAnswer((invocation) -> Flux.from(invocation.<Publisher<WebSocketMessage>>getArgument(0)).then());
	}

	@Test
	void whatWasRaisedByReceivingTellsThatTheClientHasGone() {
		receive(this.reset);
		assertLost();
	}

	@Test
	void whatWasRaisedBySendingTellsThatTheClientHasGone() {
		willReturn(Mono.error(this.reset)).given(this.delegate).send(any());
		StepVerifier.create(this.session.send(Flux.empty())).verifyErrorMessage("Connection reset");
		assertLost();
	}

	private void assertLost() {
		assertThat(this.session.isLost(this.reset)).isTrue();
		assertThat(this.session.isLost(new IllegalStateException(this.reset))).isTrue();
		assertThat(this.session.isLost(new IOException("Connection reset"))).isFalse();
		assertThat(this.session.isMessageTooLong(this.reset)).isFalse();
	}

	@Test
	void anErrorThatIsNotOfTheConnectionTellsItOnlyIfThatHasEnded() {
		IllegalStateException undecodable = new IllegalStateException("undecodable");
		receive(undecodable);
		assertThat(this.session.isLost(undecodable)).isFalse();
		given(this.delegate.isOpen()).willReturn(false);
		assertThat(this.session.isLost(undecodable)).isTrue();
		assertThat(this.session.isLost(new IllegalStateException("another"))).isFalse();
	}

	@Test
	void whatSpringTakesForADisconnectedClientTellsIt() {
		AbortedException aborted = new AbortedException("Connection has been closed");
		receive(aborted);
		assertThat(this.session.isLost(aborted)).isTrue();
	}

	@Test
	void noMoreThanAHundredExceptionsAreLookedThrough() {
		receive(this.reset);
		assertThat(this.session.isLost(wrap(99))).isTrue();
		assertThat(this.session.isLost(wrap(100))).isFalse();
	}

	private Throwable wrap(int times) {
		return IntStream.range(0, times)
			.boxed()
			.reduce((Throwable) this.reset, (cause, i) -> new IllegalStateException(cause), (one, other) -> other);
	}

	@Test
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void causesWithoutEndTellNothing() {
		receive(this.reset);
		assertThat(this.session.isLost(new IllegalStateException() {
			@Override
			public synchronized Throwable getCause() {
				return this;
			}
		})).isFalse();
	}

	@Test
	void aReasonIsCutToWhatACloseFrameHolds() {
		assertThat(sent("x".repeat(123))).isEqualTo("x".repeat(123));
		assertThat(sent("x".repeat(124))).isEqualTo("x".repeat(123));
		assertThat(sent("\u00e4".repeat(100))).isEqualTo("\u00e4".repeat(61));
		assertThat(sent("lone \ud800 surrogate")).isEqualTo("lone ? surrogate");
		assertThat(sent("")).isNull();
		assertThat(sent(null)).isNull();
	}

	private @Nullable String sent(@Nullable String reason) {
		CloseStatus[] sent = new CloseStatus[1];
		given(this.delegate.close(any())).willAnswer((invocation) -> {
			sent[0] = invocation.getArgument(0);
			return Mono.empty();
		});
		this.session.close(new CloseStatus(4000, reason)).block();
		assertThat(sent[0].getCode()).isEqualTo(4000);
		return sent[0].getReason();
	}

	@Test
	void aSessionIsClosedOnceItsCloseFrameIsBeingSent() {
		Mono<Void> close = this.session.close(CloseStatus.NORMAL);
		assertThat(this.session.isClosed()).isFalse();
		verify(this.delegate, never()).close(any());
		close.block();
		assertThat(this.session.isClosed()).isTrue();
		assertThat(this.session.isOpen()).isTrue();
	}

	@Test
	void aSessionThatItsClientHasClosedIsClosed() {
		given(this.delegate.isOpen()).willReturn(false);
		assertThat(this.session.isClosed()).isTrue();
		assertThat(this.session.isOpen()).isFalse();
	}

	@Test
	void aCloseFrameThatCantBeSentLeavesAnOpenSession() {
		given(this.delegate.close(any())).willReturn(Mono.error(this.reset));
		StepVerifier.create(this.session.close(CloseStatus.NORMAL)).verifyErrorMessage("Connection reset");
		assertThat(this.session.isClosed()).isFalse();
		given(this.delegate.isOpen()).willReturn(false);
		StepVerifier.create(this.session.close(CloseStatus.NORMAL)).verifyComplete();
		assertThat(this.session.isClosed()).isTrue();
	}

	@Test
	void aCloseFrameOnItsWayIsWaitedFor() {
		TestPublisher<Void> sent = TestPublisher.create();
		given(this.delegate.close(any())).willReturn(sent.mono());
		StepVerifier.create(this.session.settle()).verifyComplete();
		this.session.close(CloseStatus.NORMAL).subscribe();
		StepVerifier.create(this.session.settle())
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(10))
			.then(sent::complete)
			.verifyComplete();
		StepVerifier.create(this.session.settle()).verifyComplete();
	}

	@Test
	void aCloseFrameOnItsWayIsWaitedForThoughItsSenderDoesNot() {
		TestPublisher<Void> sent = TestPublisher.create();
		given(this.delegate.close(any())).willReturn(sent.mono());
		this.session.close(CloseStatus.NORMAL).subscribe().dispose();
		sent.assertNotCancelled();
		StepVerifier.create(this.session.settle())
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(10))
			.then(sent::complete)
			.verifyComplete();
		assertThat(this.session.isClosed()).isTrue();
	}

	@Test
	void aCloseFrameThatCantBeSentLeavesAnOpenSessionThoughItsSenderDoesNotWait() {
		TestPublisher<Void> sent = TestPublisher.create();
		given(this.delegate.close(any())).willReturn(sent.mono());
		this.session.close(CloseStatus.NORMAL).subscribe().dispose();
		assertThat(this.session.isClosed()).isTrue();
		sent.error(this.reset);
		StepVerifier.create(this.session.settle()).verifyComplete();
		assertThat(this.session.isClosed()).isFalse();
	}

	@Test
	void whatIsSentStopsWhenTheHandlerHasFailed() {
		TestPublisher<WebSocketMessage> messages = TestPublisher.create();
		StepVerifier.create(this.session.send(messages))
			.then(() -> messages.next(this.message))
			.then(() -> this.session.fail(Duration.ofSeconds(1)).block())
			.verifyComplete();
		messages.assertCancelled();
	}

	@Test
	void whatIsSentStopsWhenNobodyWaitsForIt() {
		TestPublisher<WebSocketMessage> messages = TestPublisher.create();
		StepVerifier.create(this.session.send(messages)).thenCancel().verify();
		messages.assertCancelled();
		StepVerifier.create(this.session.settle()).verifyComplete();
	}

	@Test
	void anErrorOfTheMessagesIsNoneOfTheConnections() {
		IOException failure = new IOException("Broken pipe");
		StepVerifier.create(this.session.send(Flux.just(this.message).concatWith(Mono.error(failure))))
			.verifyErrorMatches((error) -> error == failure);
		assertThat(this.session.isLost(failure)).isFalse();
	}

	@Test
	void whatTheClientStillSendsIsReceivedIfNobodyElseDoes() {
		PublisherProbe<WebSocketMessage> received = PublisherProbe.of(Flux.never());
		given(this.delegate.receive()).willReturn(received.flux());
		this.session.drain();
		received.assertWasRequested();
		this.session.drain();
		assertThat(received.subscribeCount()).isEqualTo(1);
	}

	@Test
	void whatTheHandlerReceivesIsLeftToIt() {
		PublisherProbe<WebSocketMessage> received = PublisherProbe.of(Flux.never());
		given(this.delegate.receive()).willReturn(received.flux());
		this.session.receive().subscribe();
		this.session.drain();
		assertThat(received.subscribeCount()).isEqualTo(1);
	}

	@Test
	void allElseIsTheServersSession() {
		HandshakeInfo handshake = mock(HandshakeInfo.class);
		Map<String, Object> attributes = new HashMap<>();
		given(this.delegate.getId()).willReturn("id");
		given(this.delegate.getHandshakeInfo()).willReturn(handshake);
		given(this.delegate.getAttributes()).willReturn(attributes);
		given(this.delegate.bufferFactory()).willReturn(DefaultDataBufferFactory.sharedInstance);
		given(this.delegate.closeStatus()).willReturn(Mono.just(CloseStatus.GOING_AWAY));
		given(this.delegate.textMessage("text")).willReturn(this.message);
		WebSocketMessage binary = message(WebSocketMessage.Type.BINARY);
		WebSocketMessage ping = message(WebSocketMessage.Type.PING);
		WebSocketMessage pong = message(WebSocketMessage.Type.PONG);
		given(this.delegate.binaryMessage(any())).willReturn(binary);
		given(this.delegate.pingMessage(any())).willReturn(ping);
		given(this.delegate.pongMessage(any())).willReturn(pong);
		assertThat(this.session.getId()).isEqualTo("id");
		assertThat(this.session.getHandshakeInfo()).isSameAs(handshake);
		assertThat(this.session.getAttributes()).isSameAs(attributes);
		assertThat(this.session.bufferFactory()).isSameAs(DefaultDataBufferFactory.sharedInstance);
		assertThat(this.session.closeStatus().block()).isEqualTo(CloseStatus.GOING_AWAY);
		assertThat(this.session.textMessage("text")).isSameAs(this.message);
		assertThat(this.session.binaryMessage((factory) -> factory.allocateBuffer(1))).isSameAs(binary);
		assertThat(this.session.pingMessage((factory) -> factory.allocateBuffer(1))).isSameAs(ping);
		assertThat(this.session.pongMessage((factory) -> factory.allocateBuffer(1))).isSameAs(pong);
		assertThat(this.session).hasToString("session of the server");
	}

	private static WebSocketMessage message(WebSocketMessage.Type type) {
		return new WebSocketMessage(type,
				DefaultDataBufferFactory.sharedInstance.wrap("text".getBytes(StandardCharsets.UTF_8)));
	}

	private void receive(Throwable error) {
		given(this.delegate.receive()).willReturn(Flux.error(error));
		StepVerifier.create(this.session.receive()).verifyErrorMatches((raised) -> raised == error);
	}

}
