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

package io.starlet.sample;

import java.net.http.WebSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Sinks;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the feed of the stock.
 */
@BookshopTest
@Timeout(30)
class StockFeedTests {

	private final BookshopClient client;

	private final Sinks.Many<?> changes;

	private WebSocket webSocket;

	private final Feed feed = new Feed();

	StockFeedTests(int port, StockService stock) {
		this.client = new BookshopClient(port);
		this.changes = (Sinks.Many<?>) Objects.requireNonNull(ReflectionTestUtils.getField(stock, "changes"));
	}

	@BeforeEach
	void connect() {
		this.webSocket = this.client.connect("/ws/stock", this.feed);
	}

	@AfterEach
	void disconnect() {
		this.webSocket.abort();
	}

	@Test
	void shouldSendStockAndEachChange() throws Exception {
		subscribe("2");
		assertThat(this.feed.next()).isEqualTo("{\"isbn\":\"9780141439471\",\"copies\":5}");
		order(11);
		order(2);
		assertThat(this.feed.next()).isEqualTo("{\"isbn\":\"9780141439471\",\"copies\":4}");
		order(2);
		assertThat(this.feed.next()).isEqualTo("{\"isbn\":\"9780141439471\",\"copies\":3}");
	}

	@Test
	void shouldSendStockOfSeveralBooks() throws Exception {
		subscribe("7 12 7");
		assertThat(List.of(this.feed.next(), this.feed.next())).containsExactlyInAnyOrder(
				"{\"isbn\":\"9780141439549\",\"copies\":2}", "{\"isbn\":\"9780142437179\",\"copies\":0}");
	}

	@Test
	void shouldReplaceSubscription() throws Exception {
		subscribe("4");
		assertThat(this.feed.next()).contains("9780141439556");
		subscribe("10");
		assertThat(this.feed.next()).contains("9780141439570");
		order(4);
		order(10);
		assertThat(this.feed.next()).contains("9780141439570");
	}

	@ParameterizedTest
	@MethodSource("badSubscriptions")
	void shouldCloseForBadSubscription(String subscription, String reason) throws Exception {
		subscribe(subscription);
		assertThat(this.feed.closed()).isEqualTo("1008 " + reason);
	}

	static Stream<Arguments> badSubscriptions() {
		String numbers = "Subscribe with numbers of books, such as 1 2 3";
		return Stream.of(Arguments.of("Dracula", numbers), Arguments.of("", numbers), Arguments.of("-1", numbers),
				Arguments.of("1,2", numbers), Arguments.of("9".repeat(19), numbers), Arguments.of("999", "No book 999"),
				Arguments.of("1 ".repeat(50) + "1", "A subscription has 100 characters at most"));
	}

	@Test
	void shouldCloseForBadSubscriptionAfterGoodOne() throws Exception {
		subscribe("9");
		assertThat(this.feed.next()).contains("9780141439846");
		subscribe("Dracula");
		assertThat(this.feed.closed()).startsWith("1008 ");
	}

	@Test
	void shouldTellNothingWhenFeedFails() throws Exception {
		subscribe("5");
		assertThat(this.feed.closed()).isEqualTo("1011 Internal Error");
	}

	@Test
	void shouldEndFeedOfClientThatLeaves() throws Exception {
		subscribe("9");
		assertThat(this.feed.next()).contains("9780141439846");
		assertThat(this.changes.currentSubscriberCount()).isPositive();
		this.webSocket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
		await().until(() -> this.changes.currentSubscriberCount() == 0);
	}

	private void subscribe(String subscription) {
		this.webSocket.sendText(subscription, true).join();
	}

	private void order(long book) throws Exception {
		assertThat(this.client
			.post("/api/books/%d/orders".formatted(book), BookshopClient.JSON, BookshopClient.FORM, "copies=1")
			.status()).isEqualTo(202);
	}

	/**
	 * What the client got.
	 */
	static class Feed implements WebSocket.Listener {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		private final CompletableFuture<String> closed = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			assertThat(last).isTrue();
			this.messages.add(data.toString());
			webSocket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
			this.closed.complete(statusCode + " " + reason);
			return null;
		}

		@Override
		public void onError(WebSocket webSocket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

		String next() throws InterruptedException {
			String message = this.messages.poll(10, TimeUnit.SECONDS);
			assertThat(message).as("message of the feed, closed: %s", this.closed).isNotNull();
			return message;
		}

		String closed() throws Exception {
			return this.closed.get(10, TimeUnit.SECONDS);
		}

	}

}
