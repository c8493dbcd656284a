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

package io.starlet.reliability;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A WebSocket session, frame by frame.
 */
final class WebSocketConnection implements AutoCloseable {

	private static final String UPGRADE = """
			Connection: Upgrade\r
			Upgrade: websocket\r
			Sec-WebSocket-Version: 13\r
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
			\r
			""";

	private static final int TEXT = 0x81;

	private static final int CLOSE = 0x88;

	private static final int MASKED = 0x80;

	private final HttpConnection connection;

	private final DataInputStream in;

	private WebSocketConnection(HttpConnection connection) {
		this.connection = connection;
		this.in = new DataInputStream(connection.in());
	}

	/**
	 * Turn a connection into a session.
	 * @param connection the connection
	 * @param request a request with its empty line
	 */
	static WebSocketConnection open(HttpConnection connection, String request) throws IOException {
		connection.write(request.substring(0, request.length() - 2) + UPGRADE);
		HttpAnswer answer = connection.readHead();
		if (answer.status() != 101
				|| !"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".equals(answer.headers().get("sec-websocket-accept"))) {
			throw new UnexpectedAnswerException("No session: " + answer);
		}
		return new WebSocketConnection(connection);
	}

	void send(String text) throws IOException {
		send(TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	/** With a mask of zeros. */
	private void send(int first, byte[] payload) throws IOException {
		this.connection.write(ByteBuffer.allocate(6 + payload.length)
			.put((byte) first)
			.put((byte) (MASKED | payload.length))
			.putInt(0)
			.put(payload)
			.array());
	}

	String readText() throws IOException {
		return new String(read(TEXT), StandardCharsets.UTF_8);
	}

	/**
	 * Read the close frame, answer it, and see the server end the connection.
	 * @return its code and reason
	 */
	String readClose() throws IOException {
		byte[] payload = read(CLOSE);
		send(CLOSE, Arrays.copyOf(payload, 2));
		this.connection.verifyEnd();
		return (ByteBuffer.wrap(payload).getShort() & 0xFFFF) + " "
				+ new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
	}

	private byte[] read(int expected) throws IOException {
		this.connection.verifyBegun();
		int first = this.in.readUnsignedByte();
		byte[] payload = this.in.readNBytes(this.in.readUnsignedByte());
		if (first != expected) {
			throw new UnexpectedAnswerException(
					"Frame %x with '%s'".formatted(first, new String(payload, StandardCharsets.UTF_8)));
		}
		return payload;
	}

	@Override
	public void close() throws IOException {
		this.connection.close();
	}

}
