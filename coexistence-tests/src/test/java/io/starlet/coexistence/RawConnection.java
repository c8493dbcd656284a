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

package io.starlet.coexistence;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection whose responses are taken as they are sent, byte by byte.
 */
final class RawConnection implements AutoCloseable {

	private static final Pattern CONTENT_LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)");

	private static final int TIMEOUT = 20_000;

	private final Socket socket;

	private final InputStream in;

	RawConnection(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(TIMEOUT);
		this.in = new BufferedInputStream(this.socket.getInputStream());
	}

	/**
	 * Send a request on a connection of its own.
	 * @param application the application
	 * @param requestLine method and path
	 * @param headers headers of the request
	 * @return the response, headers and body
	 */
	static String send(TestApplication application, String requestLine, String... headers) {
		try (RawConnection connection = new RawConnection(application.uri("").getPort())) {
			String response = connection.send(requestLine, headers);
			application.awaitIdle();
			return response;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String send(String requestLine, String... headers) throws IOException {
		String more = (headers.length == 0) ? "" : String.join("\r\n", headers) + "\r\n";
		String request = requestLine + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
		this.socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		readTo("\r\n\r\n", received);
		String head = text(received);
		Matcher length = CONTENT_LENGTH.matcher(head.toLowerCase(Locale.ROOT));
		if (requestLine.startsWith("HEAD ")) {
			return head;
		}
		if (length.find()) {
			received.writeBytes(this.in.readNBytes(Integer.parseInt(length.group(1))));
		}
		else if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
			readTo("\r\n0\r\n\r\n", received);
		}
		else {
			assertThat(head).startsWith("HTTP/1.1 101 ");
		}
		return text(received);
	}

	private void readTo(String end, ByteArrayOutputStream received) throws IOException {
		while (!text(received).endsWith(end)) {
			int next = this.in.read();
			if (next == -1) {
				throw new EOFException("Only received " + text(received));
			}
			received.write(next);
		}
	}

	private static String text(ByteArrayOutputStream bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
