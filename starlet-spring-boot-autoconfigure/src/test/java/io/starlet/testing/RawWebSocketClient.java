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

package io.starlet.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One WebSocket connection on which frames are written byte by byte and read as they
 * arrive, as a WebSocket client would hide what the server does.
 */
public final class RawWebSocketClient implements AutoCloseable {

	public static final int TEXT = 0x1;

	public static final int BINARY = 0x2;

	public static final int CLOSE = 0x8;

	public static final int PING = 0x9;

	public static final int PONG = 0xA;

	private static final int CONTINUATION = 0x0;

	private static final int FIN = 0x80;

	private static final int NO_CODE = 1005;

	private static final int NO_CLOSE_FRAME = 1006;

	private static final long DEADLINE = Duration.ofSeconds(10).toNanos();

	private static final byte[] MASK = { 1, 2, 3, 4 };

	private final RawHttpClient http;

	private final DataInputStream in;

	private final String path;

	private final List<String> headers;

	private RawWebSocketClient(RawHttpClient http, String path, List<String> headers) {
		this.http = http;
		this.in = new DataInputStream(http.in());
		this.path = path;
		this.headers = headers;
	}

	/** Connect without a handshake. */
	public static RawWebSocketClient connect(int port, String path, String... headers) {
		return new RawWebSocketClient(RawHttpClient.connect(port, Server.CURRENT, () -> {
		}), path, List.of(headers));
	}

	static RawWebSocketClient on(RawHttpClient http, String path, String... headers) {
		return new RawWebSocketClient(http, path, List.of(headers));
	}

	/** Ask for the upgrade, and read the response, whatever it is. */
	public RawHttpResponse handshake() {
		List<String> all = new ArrayList<>(List.of("Connection: Upgrade", "Upgrade: websocket",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
		all.addAll(this.headers);
		return this.http.send("GET", this.path, all.toArray(new String[0]));
	}

	/** Ask for the upgrade and get it. */
	public RawWebSocketClient open() {
		RawHttpResponse response = handshake();
		assertThat(response.status()).as(response.toString()).isEqualTo(101);
		assertThat(response.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
		return this;
	}

	public void sendText(String text) {
		send(FIN | TEXT, bytes(text));
	}

	/** Send one message of several frames. */
	public void sendFragmentedText(String... fragments) {
		for (int i = 0; i < fragments.length; i++) {
			int opcode = (i == 0) ? TEXT : CONTINUATION;
			send((i == fragments.length - 1) ? FIN | opcode : opcode, bytes(fragments[i]));
		}
	}

	public void sendBinary(byte... payload) {
		send(FIN | BINARY, payload);
	}

	public void sendPing(String text) {
		send(FIN | PING, bytes(text));
	}

	/** Send an empty close frame. */
	public void sendClose() {
		send(FIN | CLOSE, new byte[0]);
	}

	public void sendClose(int code, String reason) {
		byte[] text = bytes(reason);
		send(FIN | CLOSE, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
	}

	/**
	 * Send a masked frame.
	 * @param first its first byte, of flags and opcode
	 * @param payload what it carries
	 */
	public void send(int first, byte[] payload) {
		ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
		if (payload.length < 126) {
			frame.put((byte) (0x80 | payload.length));
		}
		else if (payload.length <= 0xFFFF) {
			frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
		}
		else {
			frame.put((byte) (0x80 | 127)).putLong(payload.length);
		}
		frame.put(MASK);
		for (int i = 0; i < payload.length; i++) {
			frame.put((byte) (payload[i] ^ MASK[i % 4]));
		}
		sendBytes(Arrays.copyOf(frame.array(), frame.position()));
	}

	/** Send whatever it is, as it is. */
	public void sendBytes(byte... bytes) {
		this.http.write(bytes);
	}

	/** Read a message, which must be a text. */
	public String readText() {
		String text = readTextOrClose(new ArrayList<>());
		if (text == null) {
			throw new AssertionError("The session was closed where a text was expected");
		}
		return text;
	}

	/** The next frame, or {@code null} if the connection has ended. */
	public @Nullable Frame readFrame() {
		try {
			int first = this.in.read();
			if (first == -1) {
				return null;
			}
			int length = this.in.readUnsignedByte();
			assertThat(length).as("masked by the server").isLessThan(0x80);
			long size = switch (length) {
				case 126 -> this.in.readUnsignedShort();
				case 127 -> this.in.readLong();
				default -> length;
			};
			byte[] payload = new byte[Math.toIntExact(size)];
			this.in.readFully(payload);
			return new Frame((first & FIN) != 0, first & 0xF, payload);
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The server sends nothing and does not end the connection", ex);
		}
		catch (IOException ex) {
			// A reset, or the end in the middle of a frame
			return null;
		}
	}

	/**
	 * Read until the server closes the session, answer as a browser would, and see the
	 * server end the connection.
	 */
	public CloseFrame awaitClose() {
		return awaitClose(new ArrayList<>());
	}

	/**
	 * The same, with the texts that come before.
	 * @param texts where the texts are added
	 */
	public CloseFrame awaitClose(List<String> texts) {
		CloseFrame close = readClose(texts);
		if (close.code() != NO_CLOSE_FRAME) {
			try {
				if (close.code() == NO_CODE) {
					sendClose();
				}
				else {
					sendClose(close.code(), close.reason());
				}
			}
			catch (UncheckedIOException ex) {
				// The server has ended the connection already
			}
			assertThat(readFrame()).as("after the close frame").isNull();
		}
		return close;
	}

	/**
	 * The same without an answer.
	 * @param texts where the texts are added
	 */
	public CloseFrame readClose(List<String> texts) {
		List<CloseFrame> close = new ArrayList<>(1);
		long start = System.nanoTime();
		for (String text = readTextOrClose(close); text != null; text = readTextOrClose(close)) {
			texts.add(text);
			assertThat(System.nanoTime() - start).as("without a close frame").isLessThan(DEADLINE);
		}
		return close.get(0);
	}

	private @Nullable String readTextOrClose(List<CloseFrame> close) {
		ByteArrayOutputStream message = new ByteArrayOutputStream();
		boolean text = false;
		for (Frame frame = readFrame(); frame != null; frame = readFrame()) {
			switch (frame.opcode()) {
				case CLOSE -> {
					close.add(frame.toClose());
					return null;
				}
				case TEXT, BINARY, CONTINUATION -> {
					text = frame.opcode() == TEXT || (text && frame.opcode() == CONTINUATION);
					message.writeBytes(frame.payload());
					if (frame.fin() && text) {
						return message.toString(StandardCharsets.UTF_8);
					}
					if (frame.fin()) {
						message.reset();
					}
				}
				default -> assertThat(frame.opcode()).as("opcode").isIn(PING, PONG);
			}
		}
		close.add(new CloseFrame(NO_CLOSE_FRAME, ""));
		return null;
	}

	/** Vanish: end the connection with a reset, without a close frame. */
	public void closeAbruptly() {
		this.http.abort();
	}

	/** Vanish: end the connection, without a close frame. */
	@Override
	public void close() {
		this.http.close();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * What the server sent.
	 *
	 * @param fin whether it is the last of its message
	 * @param opcode what it is
	 * @param payload what it carries
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Frame(boolean fin, int opcode, byte[] payload) {

		public CloseFrame toClose() {
			assertThat(this.opcode).as("opcode").isEqualTo(CLOSE);
			assertThat(this.payload).as("close frame").hasSizeLessThanOrEqualTo(125);
			if (this.payload.length == 0) {
				return new CloseFrame(NO_CODE, "");
			}
			int code = ByteBuffer.wrap(this.payload).getShort() & 0xFFFF;
			return new CloseFrame(code, new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8));
		}

		public String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

	}

	/**
	 * How a session ended.
	 *
	 * @param code the code of the close frame, 1005 if it has none, 1006 if there was no
	 * close frame
	 * @param reason the reason, empty if there is none
	 */
	public record CloseFrame(int code, String reason) {
	}

}
