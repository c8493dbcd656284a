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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection whose requests are written as they are, and whose answers have to be
 * well-formed to the byte.
 */
final class HttpConnection implements AutoCloseable {

	private static final int TIMEOUT = 30_000;

	private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3})( .*)?");

	private static final Pattern HEADER = Pattern.compile("([!#-'*+.^-z|~0-9A-Z-]+): ?(.*)");

	private static final Pattern LENGTH = Pattern.compile("\\d{1,9}");

	private static final Pattern SIZE = Pattern.compile("[0-9A-Fa-f]{1,7}");

	private final Socket socket;

	private final InputStream in;

	private HttpConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
		socket.setSoTimeout(TIMEOUT);
		socket.setTcpNoDelay(true);
	}

	static HttpConnection open(int port) throws IOException {
		return new HttpConnection(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	void write(String text) throws IOException {
		write(text.getBytes(StandardCharsets.US_ASCII));
	}

	void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	/**
	 * Read an answer with its body.
	 * @throws UnexpectedAnswerException if it is malformed
	 * @throws NoAnswerException if there is none
	 */
	HttpAnswer read() throws IOException {
		HttpAnswer head = readHead();
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		boolean whole = false;
		try {
			readBody(head.headers(), body);
			whole = true;
		}
		catch (EOFException | SocketException ex) {
			// The end of the connection, or a reset
		}
		return new HttpAnswer(head.status(), head.headers(), body.toString(StandardCharsets.UTF_8), whole);
	}

	/** Read an answer up to its body. */
	HttpAnswer readHead() throws IOException {
		verifyBegun();
		int status = Integer.parseInt(match(STATUS_LINE, readLine()).group(1));
		Map<String, String> headers = new HashMap<>();
		for (String line = readLine(); !line.isEmpty(); line = readLine()) {
			Matcher header = match(HEADER, line);
			headers.merge(header.group(1).toLowerCase(Locale.ROOT), header.group(2),
					(one, other) -> one + ", " + other);
		}
		return new HttpAnswer(status, headers, "", false);
	}

	/** See that an answer comes. */
	void verifyBegun() throws IOException {
		this.in.mark(1);
		if (this.in.read() == -1) {
			throw new NoAnswerException();
		}
		this.in.reset();
	}

	private void readBody(Map<String, String> headers, ByteArrayOutputStream body) throws IOException {
		String length = headers.get("content-length");
		String encoding = headers.get("transfer-encoding");
		if (length != null && encoding == null) {
			readBytes(Integer.parseInt(match(LENGTH, length).group()), body);
			return;
		}
		if (!"chunked".equals(encoding) || length != null) {
			throw new UnexpectedAnswerException("The end of the body can't be known: " + headers);
		}
		while (readChunk(body) > 0) {
			// The next one
		}
	}

	/** Return its size. */
	int readChunk(ByteArrayOutputStream body) throws IOException {
		int size = Integer.parseInt(match(SIZE, readLine()).group(), 16);
		readBytes(size, body);
		if (!readLine().isEmpty()) {
			throw new UnexpectedAnswerException("More in a chunk than its size says");
		}
		return size;
	}

	private void readBytes(int length, ByteArrayOutputStream body) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		body.writeBytes(bytes);
		if (bytes.length < length) {
			throw new EOFException("%d bytes instead of %d".formatted(bytes.length, length));
		}
	}

	private String readLine() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\r'; next = this.in.read()) {
			if (next == -1) {
				throw new EOFException("The connection ended after '%s'".formatted(line));
			}
			if (next == '\n') {
				throw new UnexpectedAnswerException("Got '%s' and a line feed alone".formatted(line));
			}
			line.append((char) next);
		}
		if (this.in.read() != '\n') {
			throw new UnexpectedAnswerException("No line feed after '%s'".formatted(line));
		}
		return line.toString();
	}

	private static Matcher match(Pattern pattern, String text) throws UnexpectedAnswerException {
		Matcher matcher = pattern.matcher(text);
		if (!matcher.matches()) {
			throw new UnexpectedAnswerException("'%s' is not '%s'".formatted(text, pattern));
		}
		return matcher;
	}

	/** What comes when it is no longer HTTP. */
	InputStream in() {
		return this.in;
	}

	/** See that nothing more has come. */
	void verifyNothingBehind() throws IOException {
		if (this.in.available() > 0) {
			throw new UnexpectedAnswerException("Behind the last answer came '%s'".formatted(readLine()));
		}
	}

	/** See that the server ends the connection and sends nothing more. */
	void verifyEnd() throws IOException {
		try {
			int next = this.in.read();
			if (next != -1) {
				throw new UnexpectedAnswerException("'%c' instead of the end of the connection".formatted((char) next));
			}
		}
		catch (SocketException ex) {
			// A reset is an end too
		}
	}

	/** Give the server some time, whatever it does with it. */
	void linger(int milliseconds) throws IOException {
		this.socket.setSoTimeout(milliseconds);
		try {
			this.in.read();
		}
		catch (SocketTimeoutException ex) {
			this.socket.setSoTimeout(TIMEOUT);
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
