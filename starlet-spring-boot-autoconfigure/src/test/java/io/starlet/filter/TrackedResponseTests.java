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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.AbstractListenerServerHttpResponse;
import org.springframework.http.server.reactive.HttpHeadResponseDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is known of a response (rules R15 and R19), state by state.
 */
@Timeout(20)
class TrackedResponseTests {

	private final MockServerHttpResponse sent = new MockServerHttpResponse();

	private final TrackedResponse response = TrackedResponse.of(this.sent);

	private final List<String> done = new ArrayList<>();

	@Test
	void aResponseIsWholeOnceItsBodyHasBeenWritten() {
		TestPublisher<DataBuffer> body = TestPublisher.create();
		StepVerifier.create(this.response.writeWith(body))
			.then(() -> body.next(buffer()))
			.then(() -> assertThat(this.response.isWhole()).isFalse())
			.then(() -> assertThat(this.response.isBeingSent()).isTrue())
			.then(body::complete)
			.verifyComplete();
		assertThat(this.response.isWhole()).isTrue();
		assertThat(this.response.isBeingSent()).isFalse();
		assertThat(TrackedResponse.isWhole(new ServerHttpResponseDecorator(this.response))).isTrue();
	}

	@Test
	void aResponseIsWholeOnceItsPartsHaveBeenWritten() {
		StepVerifier.create(this.response.writeAndFlushWith(Flux.just(Flux.just(buffer())))).verifyComplete();
		assertThat(this.response.isWhole()).isTrue();
	}

	@Test
	void aResponseWithoutABodyIsWholeOnceItIsComplete() {
		StepVerifier.create(this.response.setComplete()).verifyComplete();
		assertThat(this.response.isWhole()).isTrue();
	}

	@Test
	void aResponseWhoseBodyFailsIsNotWhole() {
		StepVerifier.create(this.response.writeWith(Flux.just(buffer()).concatWith(Mono.error(new Exception("fails")))))
			.verifyErrorMessage("fails");
		assertThat(this.response.isWhole()).isFalse();
		assertThat(this.response.isBeingSent()).isTrue();
	}

	@Test
	void aResponseThatIsBeingSentIsNotMadeWholeByAnotherWrite() {
		start();
		this.response.writeWith(Mono.just(buffer())).subscribe();
		this.response.setComplete().subscribe();
		assertThat(this.response.isWhole()).isFalse();
	}

	@Test
	void aResponseWhoseCommitWaitsForAnActionIsNotBeingSent() {
		assertThat(this.response.isBeingSent()).isFalse();
		this.response.beforeCommit(Mono::never);
		this.response.writeWith(Mono.just(buffer())).subscribe();
		assertThat(this.response.isCommitted()).isTrue();
		assertThat(this.response.isBeingSent()).isFalse();
	}

	@Test
	void aResponseThatIsCutIsNotBeingSentAndPassesTheErrorToTheServer() {
		start();
		this.response.cut(new IllegalStateException("cut"));
		assertThat(this.response.isBeingSent()).isFalse();
		this.response.onComplete(() -> this.done.add("complete"));
		StepVerifier.create(this.response.setComplete()).verifyErrorMessage("cut");
		assertThat(this.done).containsExactly("complete");
	}

	@Test
	void whatWaitsForTheWholeResponseIsDoneThenOrAtOnce() {
		this.response.whenWhole(() -> this.done.add("waited"));
		StepVerifier.create(this.response.writeWith(Mono.just(buffer()))).verifyComplete();
		assertThat(this.done).containsExactly("waited");
		this.response.whenWhole(() -> this.done.add("at once"));
		assertThat(this.done).containsExactly("waited", "at once");
	}

	@Test
	void whatWaitsForTheWholeResponseIsDoneWhenItIsComplete() {
		this.response.whenWhole(() -> this.done.add("waited"));
		this.response.onComplete(() -> this.done.add("complete"));
		StepVerifier.create(this.response.setComplete()).verifyComplete();
		assertThat(this.done).containsExactly("waited", "complete");
	}

	@Test
	void anAnswerWhoseBodyWasSwallowedHasNoLength() {
		TrackedResponse.noteAnswer(this.response, new IllegalStateException("answered"));
		this.response.getHeaders().setContentLength(4);
		StepVerifier.create(this.response.setComplete()).verifyComplete();
		assertThat(this.sent.getHeaders().getContentLength()).isEqualTo(-1);
	}

	@Test
	void aResponseThatIsNoAnswerKeepsItsLength() {
		this.response.getHeaders().setContentLength(0);
		StepVerifier.create(this.response.setComplete()).verifyComplete();
		assertThat(this.sent.getHeaders().getContentLength()).isZero();
	}

	@Test
	void anAnswerToHeadKeepsTheLengthOfTheBodyThatItDoesNotHave() {
		TrackedResponse toHead = TrackedResponse
			.of(new ServerHttpResponseDecorator(new HttpHeadResponseDecorator(this.sent)));
		TrackedResponse.noteAnswer(toHead, new IllegalStateException("answered"));
		toHead.getHeaders().setContentLength(4);
		StepVerifier.create(toHead.setComplete()).verifyComplete();
		assertThat(this.sent.getHeaders().getContentLength()).isEqualTo(4);
	}

	@Test
	void aResponseThatIsNotTrackedIsNotKnownToBeWhole() {
		StepVerifier.create(this.sent.setComplete()).verifyComplete();
		assertThat(TrackedResponse.find(this.sent)).isNull();
		assertThat(TrackedResponse.isWhole(this.sent)).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> AfterResponse.onComplete(this.sent, () -> {
		})).withMessage("The response is not tracked, so nothing can be done after it");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void inAContainerWhatIsWrittenAfterACommitThatFailedIsDiscardedForAnEmptyAnswer(boolean parts) {
		TrackedResponse contained = TrackedResponse.of(new ContainerResponse());
		contained.setStatusCode(HttpStatus.CONFLICT);
		contained.beforeCommit(new FailingOnce()::act);
		StepVerifier.create(contained.writeWith(Mono.just(buffer()))).verifyErrorMessage("commit");
		contained.getHeaders().setContentLength(4);
		AtomicInteger released = new AtomicInteger();
		Flux<DataBuffer> body = Flux.range(0, 2).map((i) -> new CountedBuffer(buffer(), released));
		StepVerifier.create(parts ? contained.writeAndFlushWith(Flux.just(body)) : contained.writeWith(body))
			.verifyComplete();
		assertThat(released).hasValue(2);
		assertThat(contained.isWhole()).isTrue();
		assertThat(contained.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
		assertThat(contained.getHeaders().getContentLength()).isEqualTo(-1);
	}

	/** With a body that has no end. */
	private void start() {
		this.response.writeWith(Flux.just(buffer()).concatWith(Mono.never())).subscribe();
		assertThat(this.response.isBeingSent()).isTrue();
	}

	private static DataBuffer buffer() {
		return DefaultDataBufferFactory.sharedInstance.wrap("text".getBytes(StandardCharsets.UTF_8));
	}

	private static final class FailingOnce {

		private boolean failed;

		private Mono<Void> act() {
			boolean first = !this.failed;
			this.failed = true;
			return first ? Mono.error(new Exception("commit")) : Mono.empty();
		}

	}

	/** As those of Tomcat and Jetty, and never written to. */
	private static final class ContainerResponse extends AbstractListenerServerHttpResponse {

		private ContainerResponse() {
			super(DefaultDataBufferFactory.sharedInstance, new HttpHeaders());
		}

		@Override
		@SuppressWarnings("TypeParameterUnusedInFormals")
		public <T> T getNativeResponse() {
			throw new IllegalStateException();
		}

		@Override
		protected void applyStatusCode() {
		}

		@Override
		protected void applyHeaders() {
		}

		@Override
		protected void applyCookies() {
		}

		@Override
		protected Processor<? super Publisher<? extends DataBuffer>, Void> createBodyFlushProcessor() {
			throw new IllegalStateException("Nothing is written");
		}

	}

}
