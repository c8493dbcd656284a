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

import java.util.List;

import io.starlet.reliability.application.Server;

/**
 * A request, and the only answer that is right.
 *
 * @param kind what it is for
 * @param id its number, which no other request has and which its answer repeats
 */
record Request(Kind kind, long id) {

	static Request of(long id) {
		return new Request(Kind.of(id), id);
	}

	/** One of the ways in which something is done, in turn. */
	<T> T inTurn(List<T> ways) {
		return ways.get((int) (this.id / Kind.values().length % ways.size()));
	}

	String text() {
		return text("");
	}

	/** The same, with more behind the path. */
	String text(String more) {
		return switch (this.kind) {
			case SUCCESS, MAPPED, UNHANDLED -> head("POST", more, body().length()) + body();
			case UPLOAD_CUT -> head("POST", more, 2 * body().length()) + body();
			default -> head("GET", more, 0);
		};
	}

	private String body() {
		return "The body of " + this.id;
	}

	private String head(String method, String more, int length) {
		return "%s /%s/%d%s HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: %d\r\n%s\r\n".formatted(method, this.kind,
				this.id, more, this.id,
				method.equals("GET") ? "" : "Content-Type: text/plain\r\nContent-Length: " + length + "\r\n");
	}

	/**
	 * See that it is the right answer.
	 * @throws WrongAnswerException if it is not, but names this request
	 * @throws UnexpectedAnswerException if it may be another one's
	 */
	void verify(HttpAnswer answer, Server server) throws UnexpectedAnswerException {
		if (!String.valueOf(this.id).equals(answer.requestId())) {
			throw new UnexpectedAnswerException("%s was answered with %s".formatted(this, answer));
		}
		if (answer.status() != this.kind.status() || !isBody(answer)
				|| answer.endsConnection() != server.endsConnectionAfter(answer.status())) {
			throw new WrongAnswerException("%s was answered with %s".formatted(this, answer));
		}
	}

	private boolean isBody(HttpAnswer answer) {
		if (this.kind == Kind.CUT_STREAM) {
			return !answer.whole() && answer.body().equals(event());
		}
		return answer.whole() && answer.body().equals(switch (this.kind) {
			case SUCCESS -> "Got " + body() + " for " + this.id;
			case NOT_FOUND -> "No book " + this.id;
			case MAPPED -> "{\"taken\":\"" + this.id + "\"}";
			case SLOW_HANDLER -> "At last " + this.id;
			default -> "Internal Server Error";
		});
	}

	/** Whether it is what a stream for this request begins with. */
	boolean isStart(String body) {
		return event().startsWith(body);
	}

	private String event() {
		return "data:" + this.id + "\n\n";
	}

}
