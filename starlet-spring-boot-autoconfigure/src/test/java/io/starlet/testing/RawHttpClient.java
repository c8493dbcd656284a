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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One connection to a server, on which requests are written byte by byte and responses
 * read as they arrive, as an HTTP client would hide what happens to the connection.
 */
public final class RawHttpClient implements AutoCloseable {

	private static final int TIMEOUT = 30_000;

	private final int port;

	private final Server server;

	private final Runnable onClose;

	private Socket socket;

	private InputStream in;

	private boolean ended;

	private RawHttpClient(int port, Server server, Runnable onClose) throws IOException {
		this.port = port;
		this.server = server;
		this.onClose = onClose;
		this.socket = open(port);
		this.in = new BufferedInputStream(this.socket.getInputStream());
	}

	static RawHttpClient connect(int port, Server server, Runnable onClose) {
		try {
			return new RawHttpClient(port, server, onClose);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Socket open(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(TIMEOUT);
		// Or each small write would wait for the server's acknowledgement of the last
		socket.setTcpNoDelay(true);
		return socket;
	}

	/** Send a request without a body and read its response. */
	public RawHttpResponse send(String method, String path, String... headers) {
		write(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n");
		RawHttpResponse response = read(method);
		return (response.status() == 100) ? read(method) : response;
	}

	/** Send a request with a body and read its response. */
	public RawHttpResponse post(String path, String contentType, String body) {
		write("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType + "\r\nContent-Length: "
				+ body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
		return read("POST");
	}

	public void write(String text) {
		write(text.getBytes(StandardCharsets.UTF_8));
	}

	void write(byte[] bytes) {
		try {
			if (this.ended) {
				reconnect();
			}
			this.socket.getOutputStream().write(bytes);
			this.socket.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Where the server ends connections by its own rule, the test goes on with another.
	 */
	private void reconnect() throws IOException {
		assertThat(isClosedByServer()).isTrue();
		this.socket.close();
		this.socket = open(this.port);
		this.in = new BufferedInputStream(this.socket.getInputStream());
		this.ended = false;
	}

	/** What was not read yet, for what is no longer HTTP. */
	InputStream in() {
		return this.in;
	}

	/** Read the response to a request with the given method. */
	public RawHttpResponse read(String method) {
		try {
			String statusLine = readLine();
			if (statusLine.isEmpty()) {
				throw new EOFException("The connection ended before a response");
			}
			Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			for (String line = readLine(); !line.isEmpty(); line = readLine()) {
				int colon = line.indexOf(':');
				headers.merge(line.substring(0, colon), line.substring(colon + 1).trim(),
						(one, other) -> one + ", " + other);
			}
			// Two responses are the same at another time
			headers.remove("Date");
			if (this.server == Server.JETTY) {
				// It writes the names of charsets in its own way
				headers.computeIfPresent("Content-Type", (name, type) -> type.replace("=utf-8", "=UTF-8"));
			}
			int status = Integer.parseInt(statusLine.substring(9, 12));
			this.ended = this.server.endsConnectionAfter(status)
					// Where a body was not read to its end
					|| (this.server == Server.JETTY && "close".equals(headers.get("Connection")));
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			boolean whole = method.equals("HEAD") || status < 200 || status == 204 || status == 304
					|| readBody(headers, body);
			return new RawHttpResponse(status, headers, body.toString(StandardCharsets.UTF_8), whole);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean readBody(Map<String, String> headers, ByteArrayOutputStream body) throws IOException {
		if (headers.containsKey("Content-Length")) {
			int length = Integer.parseInt(headers.get("Content-Length"));
			return readBytes(length, body);
		}
		if ("chunked".equals(headers.get("Transfer-Encoding"))) {
			while (true) {
				String size = readLine();
				if (size.isEmpty()) {
					return false;
				}
				int length = Integer.parseInt(size, 16);
				if (!readBytes(length, body) || !readLine().isEmpty()) {
					return false;
				}
				if (length == 0) {
					return true;
				}
			}
		}
		this.in.transferTo(body);
		return true;
	}

	private boolean readBytes(int length, ByteArrayOutputStream body) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		body.write(bytes);
		return bytes.length == length;
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.read(); next != -1 && next != '\n'; next = this.in.read()) {
			if (next != '\r') {
				line.write(next);
			}
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Write something last, and read until the server ends the connection, which it may
	 * have done already.
	 */
	public String writeLast(String text) {
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		try {
			this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			for (int next = this.in.read(); next != -1; next = this.in.read()) {
				received.write(next);
			}
		}
		catch (SocketTimeoutException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (IOException ex) {
			// It was reset
		}
		return received.toString(StandardCharsets.UTF_8);
	}

	/** Whether the server has ended the connection and sent nothing more. */
	public boolean isClosedByServer() {
		try {
			return this.in.read() == -1;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/** End the connection at once, with a reset. */
	public void abort() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.onClose.run();
	}

}
