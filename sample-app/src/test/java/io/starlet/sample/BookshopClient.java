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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An HTTP client that keeps what it got of a response that was cut.
 */
class BookshopClient {

	/** What a browser sends when a link is followed. */
	static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	static final String API_CLIENT = "*/*";

	static final String FORM = "application/x-www-form-urlencoded";

	static final String JSON = "application/json";

	static {
		System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection");
	}

	private static final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(10))
		.build();

	private final URI base;

	BookshopClient(int port) {
		this.base = URI.create("http://localhost:" + port);
	}

	Answer get(String path, String accept) throws IOException, InterruptedException {
		return exchange(request(path, accept).build());
	}

	Answer post(String path, String accept, String contentType, String body) throws IOException, InterruptedException {
		return exchange(
				request(path, accept).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)).build());
	}

	WebSocket connect(String path, WebSocket.Listener listener) {
		URI uri = URI.create(this.base.resolve(path).toString().replaceFirst("http", "ws"));
		return client.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10)).buildAsync(uri, listener).join();
	}

	/**
	 * Reactor Netty 1.3.7 may stop reading from a connection that is kept alive:
	 * https://github.com/reactor/reactor-netty/issues/4361.
	 */
	private HttpRequest.Builder request(String path, String accept) {
		return HttpRequest.newBuilder(this.base.resolve(path))
			.header("Accept", accept)
			.header("Connection", "close")
			.timeout(Duration.ofSeconds(10));
	}

	private static Answer exchange(HttpRequest request) throws IOException, InterruptedException {
		AtomicReference<ResponseInfo> received = new AtomicReference<>();
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		boolean whole = true;
		try {
			client.send(request, (response) -> {
				received.set(response);
				return BodySubscribers.ofByteArrayConsumer((bytes) -> bytes.ifPresent(body::writeBytes));
			});
		}
		catch (IOException ex) {
			if (received.get() == null) {
				throw ex;
			}
			whole = false;
		}
		return new Answer(received.get(), body.toString(StandardCharsets.UTF_8), whole);
	}

	record Answer(ResponseInfo response, String body, boolean whole) {

		int status() {
			return this.response.statusCode();
		}

		String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

	}

}
