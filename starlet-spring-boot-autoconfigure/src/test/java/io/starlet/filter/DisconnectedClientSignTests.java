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

import java.io.IOException;
import java.util.stream.IntStream;

import org.apache.catalina.connector.ClientAbortException;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule R23, where no connection can be asked: what an exception tells of its client.
 */
@Timeout(20)
class DisconnectedClientSignTests {

	private static final StackTraceElement SOCKET = frame("sun.nio.ch.SocketDispatcher");

	private static final StackTraceElement TOMCAT = frame("org.apache.tomcat.util.net.NioEndpoint$NioSocketWrapper");

	private static final StackTraceElement APPLICATION = frame("com.example.Upload");

	private final ServerHttpResponse response = new MockServerHttpResponse();

	@Test
	void whatServersRaiseTellsThatTheClientHasGone() {
		for (Exception exception : new Exception[] { new ClientAbortException(), new EofException("Closed") }) {
			assertThat(isGone(exception)).as(exception.toString()).isTrue();
			assertThat(isGone(new IllegalStateException("Upload failed", exception))).as(exception.toString()).isTrue();
		}
	}

	@Test
	void whatIsRaisedElsewhereDoesNotTellThatTheClientHasGone() {
		assertThat(isGone(new ResourceAccessException("Other server", new EofException("Closed")))).isFalse();
		assertThat(isGone(new IOException("Broken pipe"))).isFalse();
	}

	@Test
	void whatJettysClientRaisesTellsNothingOfTheClientHere() {
		EofException exception = new EofException("Closed");
		exception.setStackTrace(new StackTraceElement[] { frame("org.eclipse.jetty.io.SocketChannelEndPoint"),
				frame("org.eclipse.jetty.client.transport.internal.HttpSenderOverHTTP"), APPLICATION });
		assertThat(isGone(exception)).isFalse();
		exception.setStackTrace(new StackTraceElement[] { frame("org.eclipse.jetty.io.SocketChannelEndPoint"),
				frame("org.eclipse.jetty.server.internal.HttpConnection") });
		assertThat(isGone(exception)).isTrue();
	}

	@Test
	void anotherExceptionIsNotEvenSuspected() {
		assertThat(DisconnectedClient.isSuspected(new IOException("Disk full"))).isFalse();
		assertThat(DisconnectedClient.isSuspected(new IOException("Broken pipe"))).isTrue();
	}

	@Test
	void whatTomcatsSocketRaisesTellsThatTheClientHasGone() {
		assertThat(isGone(brokenPipe(SOCKET, TOMCAT, APPLICATION))).isTrue();
		assertThat(isGone(brokenPipe(SOCKET, APPLICATION, TOMCAT))).isFalse();
		assertThat(isGone(brokenPipe())).isFalse();
	}

	@Test
	void whatTomcatsSocketRaisesTellsThatTheClientHasGoneThoughReactorHasMovedItsFrames() {
		IOException exception = brokenPipe(SOCKET, TOMCAT, APPLICATION);
		Mono.error(exception).checkpoint("somewhere").subscribe(null, (error) -> {
		});
		assertThat(exception.getStackTrace()).doesNotContain(TOMCAT);
		assertThat(isGone(exception)).isTrue();
	}

	@Test
	void whatTheApplicationHasSuppressedDoesNotTellThatTheClientHasGone() {
		IOException exception = brokenPipe(APPLICATION);
		exception.setStackTrace(new StackTraceElement[0]);
		exception.addSuppressed(brokenPipe(SOCKET, TOMCAT));
		assertThat(isGone(exception)).isFalse();
	}

	@Test
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void causesWithoutEndTellNothing() {
		IOException exception = new IOException("Broken pipe") {
			@Override
			public synchronized Throwable getCause() {
				return new IOException("Broken pipe", this);
			}
		};
		assertThat(DisconnectedClient.isSuspected(exception)).isFalse();
	}

	@Test
	void noMoreThanAThousandExceptionsAreLookedThrough() {
		assertThat(DisconnectedClient.isSuspected(withCauses(999))).isTrue();
		assertThat(DisconnectedClient.isSuspected(withCauses(1_000))).isFalse();
	}

	@Test
	void anExceptionThatCantTellItsMessageTellsNothing() {
		assertThat(DisconnectedClient.isSuspected(new IOException() {
			@Override
			public String getMessage() {
				throw new UnsupportedOperationException();
			}
		})).isFalse();
	}

	@Test
	void aConnectionThatIsNotThereCantBeEnded() {
		assertThat(DisconnectedClient.disconnect(this.response)).isFalse();
	}

	private boolean isGone(Throwable exception) {
		return Boolean.TRUE.equals(DisconnectedClient.isGone(this.response, exception).block());
	}

	private static Throwable withCauses(int count) {
		return IntStream.range(0, count)
			.boxed()
			.reduce((Throwable) new IOException("Broken pipe"), (cause, i) -> new IllegalStateException(cause),
					(one, other) -> other);
	}

	private static IOException brokenPipe(StackTraceElement... frames) {
		IOException exception = new IOException("Broken pipe");
		exception.setStackTrace(frames);
		return exception;
	}

	private static StackTraceElement frame(String className) {
		return new StackTraceElement(className, "call", null, -1);
	}

}
