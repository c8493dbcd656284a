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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.starlet.reliability.application.Server;
import org.jspecify.annotations.Nullable;

/**
 * One of many clients. It keeps a connection for requests that are answered, and opens
 * another for each that it does not wait for.
 */
final class Client implements Runnable {

	private static final int SOME_MILLISECONDS = 10;

	private final Server server;

	private final int port;

	private final Tally tally;

	private final Supplier<@Nullable List<Request>> requests;

	private @Nullable HttpConnection kept;

	/**
	 * Create a client.
	 * @param server what it talks to
	 * @param port where that listens
	 * @param tally counts what happens
	 * @param requests what is to be done at once; {@code null} when all has been done
	 */
	Client(Server server, int port, Tally tally, Supplier<@Nullable List<Request>> requests) {
		this.server = server;
		this.port = port;
		this.tally = tally;
		this.requests = requests;
	}

	@Override
	public void run() {
		for (List<Request> next = this.requests.get(); next != null; next = this.requests.get()) {
			try {
				perform(next);
			}
			catch (IOException | RuntimeException ex) {
				this.tally.failed("%s: %s".formatted(next, ex));
				closeKept();
			}
		}
		closeKept();
	}

	private void perform(List<Request> requests) throws IOException {
		requests.forEach((request) -> this.tally.sent(request.kind()));
		exchange(requests.stream().filter((request) -> request.kind().isAnswered()).toList());
		for (Request request : requests) {
			switch (request.kind()) {
				case LEAVING -> leave(request);
				case UPLOAD_CUT -> cutUpload(request);
				case WEB_SOCKET -> haveSession(request);
				default -> {
				}
			}
		}
	}

	/** Send all at once, and read the answers one after the other. */
	private void exchange(List<Request> requests) throws IOException {
		Deque<Request> open = new ArrayDeque<>(requests);
		while (!open.isEmpty()) {
			HttpConnection connection = (this.kept != null) ? this.kept : connect();
			this.kept = connection;
			connection.write(open.stream().map(Request::text).collect(Collectors.joining()));
			boolean ended = false;
			while (!open.isEmpty() && !ended) {
				ended = receive(connection, open.remove());
			}
			if (ended) {
				closeKept();
				this.tally.sentAgain(open.size());
			}
			else {
				connection.verifyNothingBehind();
			}
		}
		if (this.server.mayStopReading() && (requests.size() > 1 || has(requests, Kind.SLOW_HANDLER))) {
			closeKept();
		}
	}

	/** Return whether the connection ends. */
	private boolean receive(HttpConnection connection, Request request) throws IOException {
		HttpAnswer answer;
		try {
			answer = connection.read();
		}
		catch (NoAnswerException | SocketTimeoutException ex) {
			notAnswered(request, ex);
			return true;
		}
		try {
			request.verify(answer, this.server);
			this.tally.answered(request.kind());
		}
		catch (WrongAnswerException ex) {
			notAnswered(request, ex);
		}
		boolean ended = answer.endsConnection() || !answer.whole();
		if (ended) {
			connection.verifyEnd();
		}
		return ended;
	}

	private void notAnswered(Request request, IOException reason) throws IOException {
		if (!this.server.mayNotAnswer()) {
			throw reason;
		}
		this.tally.unanswered(request.kind(), reason);
	}

	private static boolean has(List<Request> requests, Kind kind) {
		return requests.stream().anyMatch((request) -> request.kind() == kind);
	}

	private void leave(Request request) throws IOException {
		try (HttpConnection connection = connect()) {
			boolean early = request.inTurn(List.of(false, false, true));
			connection.write(request.text(early ? "/early" : ""));
			if (early) {
				connection.linger(SOME_MILLISECONDS);
				return;
			}
			HttpAnswer head = connection.readHead();
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			if (request.inTurn(List.of(false, true, true))) {
				connection.readChunk(body);
			}
			if (head.status() != 200 || !String.valueOf(request.id()).equals(head.requestId())
					|| !request.isStart(body.toString(StandardCharsets.UTF_8))) {
				throw new UnexpectedAnswerException("%s was answered with %s and %s".formatted(request, head, body));
			}
			this.tally.leftResponse();
		}
		catch (NoAnswerException | SocketTimeoutException ex) {
			notAnswered(request, ex);
		}
	}

	private void cutUpload(Request request) throws IOException {
		try (HttpConnection connection = connect()) {
			connection.write(request.text());
			connection.linger(SOME_MILLISECONDS);
		}
	}

	private void haveSession(Request request) throws IOException {
		int code = request.inTurn(List.of(1008, 1011, 4001));
		String message = code + " " + request.id();
		try (WebSocketConnection session = WebSocketConnection.open(connect(), request.text())) {
			session.send(message);
			String text = session.readText();
			String close = session.readClose();
			if (!text.equals(message) || !close.equals((code == 1011) ? "1011 Internal Error" : message)) {
				throw new UnexpectedAnswerException("%s got %s and %s".formatted(request, text, close));
			}
			this.tally.closed(code);
		}
		catch (NoAnswerException | SocketTimeoutException ex) {
			notAnswered(request, ex);
		}
	}

	private HttpConnection connect() throws IOException {
		this.tally.connected();
		return HttpConnection.open(this.port);
	}

	private void closeKept() {
		HttpConnection connection = this.kept;
		this.kept = null;
		if (connection != null) {
			try {
				connection.close();
			}
			catch (IOException ex) {
				this.tally.failed("Could not close a connection: " + ex);
			}
		}
	}

}
