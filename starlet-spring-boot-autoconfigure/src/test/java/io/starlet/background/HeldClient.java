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

package io.starlet.background;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A client that reads when it is told to, so that a task in the same process can see what
 * has reached it.
 */
final class HeldClient implements AutoCloseable {

	private final Socket socket = new Socket();

	HeldClient(int port) throws IOException {
		this(port, 0);
	}

	/** One whose receive buffer has this size, as far as the system likes it. */
	HeldClient(int port, int receiveBuffer) throws IOException {
		if (receiveBuffer > 0) {
			this.socket.setReceiveBufferSize(receiveBuffer);
		}
		this.socket.setSoTimeout(10_000);
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	void send(String requestLine, String... headers) throws IOException {
		String more = (headers.length != 0) ? String.join("\r\n", headers) + "\r\n" : "";
		this.socket.getOutputStream()
			.write((requestLine + "\r\nHost: localhost\r\n" + more + "\r\n").getBytes(StandardCharsets.UTF_8));
	}

	/** How many bytes have arrived that were not read yet. */
	int arrived() {
		try {
			return this.socket.getInputStream().available();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String read(int bytes) throws IOException {
		InputStream in = this.socket.getInputStream();
		byte[] read = new byte[bytes];
		int count = 0;
		try {
			for (int next = 0; count < bytes && next != -1; count += Math.max(next, 0)) {
				next = in.read(read, count, bytes - count);
			}
		}
		catch (SocketTimeoutException ex) {
			throw new IOException("Only %d of %d bytes arrived".formatted(count, bytes), ex);
		}
		return new String(read, 0, count, StandardCharsets.UTF_8);
	}

	/** Read until what has been read ends with a text. */
	void readUntil(String end) throws IOException {
		StringBuilder read = new StringBuilder();
		while (!read.toString().endsWith(end)) {
			int next = this.socket.getInputStream().read();
			if (next == -1) {
				throw new IOException("The connection ended after: " + read);
			}
			read.append((char) next);
		}
	}

	/** End the connection at once, with a reset. */
	void abort() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
