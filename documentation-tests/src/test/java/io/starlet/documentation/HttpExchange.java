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

package io.starlet.documentation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.skyscreamer.jsonassert.JSONAssert;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request as it is written to a socket, and the response that is read. Of the
 * response's headers only those count that are shown.
 *
 * @param request the request
 * @param response the response, {@code ...} standing for anything in it
 */
record HttpExchange(String request, String response) {

	private static final String CUT = "curl: (18) transfer closed with outstanding read data remaining";

	static HttpExchange parse(String text) {
		int response = text.indexOf("\nHTTP/1.1 ");
		assertThat(response).as("no response").isPositive();
		return new HttpExchange(text.substring(0, response).stripTrailing(), text.substring(response + 1));
	}

	void verify(int port) throws Exception {
		String actual = send(port);
		int end = this.response.indexOf("\n\n");
		String head = (end != -1) ? this.response.substring(0, end) : this.response.strip();
		String body = (end != -1) ? this.response.substring(end).strip() : "";
		int actualEnd = actual.indexOf("\n\n");
		List<String> lines = head.lines().map(HttpExchange::normalize).toList();
		List<String> actualLines = actual.substring(0, actualEnd).lines().map(HttpExchange::normalize).toList();
		assertThat(actualLines).as(actual).startsWith(lines.get(0)).containsAll(lines);
		String actualBody = actual.substring(actualEnd).strip();
		assertThat(body.endsWith(CUT)).as("shown to be cut").isEqualTo(actualBody.endsWith(CUT));
		if (body.startsWith("{") && !body.contains("...")) {
			JSONAssert.assertEquals(actual, body, actualBody, true);
		}
		else {
			assertThat(actualBody).matches(Elision.pattern(body));
		}
	}

	/** Names of headers have no case. */
	private static String normalize(String line) {
		int colon = line.indexOf(':');
		return (colon == -1) ? line : line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
	}

	private String send(int port) throws IOException {
		int end = this.request.indexOf("\n\n");
		String head = (end != -1) ? this.request.substring(0, end) : this.request;
		byte[] body = ((end != -1) ? this.request.substring(end + 2) : "").getBytes(StandardCharsets.UTF_8);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(10_000);
			String request = head
					+ "\nHost: localhost:8080\nConnection: close\nContent-Length: %d\n\n".formatted(body.length);
			ByteArrayOutputStream message = new ByteArrayOutputStream();
			message.writeBytes(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
			message.writeBytes(body);
			message.writeTo(socket.getOutputStream());
			return read(new ByteArrayInputStream(socket.getInputStream().readAllBytes()));
		}
	}

	private static String read(InputStream in) throws IOException {
		List<String> head = new ArrayList<>();
		for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
			head.add(line);
		}
		boolean chunked = head.stream().anyMatch("transfer-encoding: chunked"::equalsIgnoreCase);
		return String.join("\n", head) + "\n\n" + (chunked ? readChunks(in) : readAll(in));
	}

	private static String readChunks(InputStream in) throws IOException {
		StringBuilder body = new StringBuilder();
		for (String size = readLine(in); !size.isEmpty(); size = readLine(in)) {
			int length = Integer.parseInt(size, 16);
			if (length == 0) {
				return body.toString();
			}
			body.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
			readLine(in);
		}
		return body + CUT;
	}

	private static String readAll(InputStream in) throws IOException {
		return new String(in.readAllBytes(), StandardCharsets.UTF_8);
	}

	private static String readLine(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next != -1 && next != '\n'; next = in.read()) {
			line.append((next != '\r') ? String.valueOf((char) next) : "");
		}
		return line.toString();
	}

}
