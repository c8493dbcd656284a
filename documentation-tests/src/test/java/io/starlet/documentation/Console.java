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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is typed at a prompt and printed: by {@code curl -i}, and by {@code wscat}.
 */
final class Console {

	private static final Pattern WORD = Pattern.compile("'([^']*)'|([\\w.:/=-]+)|[^ ]");

	private static final Pattern PROMPT = Pattern.compile("^\\$ ", Pattern.MULTILINE);

	private Console() {
	}

	static void verify(String text, int port) throws Exception {
		for (String command : PROMPT.splitAsStream(text).toList()) {
			if (!command.isBlank()) {
				int end = command.indexOf('\n');
				String output = command.substring(end + 1);
				Deque<String> words = WORD.matcher(command.substring(0, end))
					.results()
					.map(Console::unquote)
					.collect(Collectors.toCollection(ArrayDeque::new));
				String program = words.remove();
				switch (program) {
					case "curl" -> curl(words, output, port);
					case "wscat" -> wscat(words, output, port);
					default -> throw new AssertionError("Nothing proves what '%s' prints".formatted(program));
				}
			}
		}
	}

	private static String unquote(MatchResult word) {
		String text = (word.group(1) != null) ? word.group(1) : word.group(2);
		if (text == null) {
			throw new AssertionError("A shell would not take %s as it is".formatted(word.group()));
		}
		return text;
	}

	private static void curl(Deque<String> words, String output, int port) throws Exception {
		assertThat(words.remove()).as("prints the head of the response").isEqualTo("-i");
		StringBuilder headers = new StringBuilder();
		String method = "GET";
		String path = "";
		String body = "";
		while (!words.isEmpty()) {
			String word = words.remove();
			switch (word) {
				case "-H" -> headers.append('\n').append(words.remove());
				case "-X" -> method = words.remove();
				case "-d" -> {
					method = "POST";
					body = words.remove();
					headers.append("\nContent-Type: application/x-www-form-urlencoded");
				}
				default -> path = path(word, "");
			}
		}
		new HttpExchange("%s %s HTTP/1.1%s\n\n%s".formatted(method, path, headers, body), output).verify(port);
	}

	private static void wscat(Deque<String> words, String output, int port) throws Exception {
		assertThat(words.remove()).isEqualTo("-c");
		URI uri = URI.create("ws://localhost:%d%s".formatted(port, path(words.remove(), "ws://")));
		Transcript transcript = new Transcript();
		WebSocket session = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.connectTimeout(Duration.ofSeconds(10))
			.buildAsync(uri, transcript)
			.join();
		try {
			for (String line : output.strip().lines().toList()) {
				if (line.startsWith("> ")) {
					session.sendText(line.substring(2), true).join();
				}
				else {
					assertThat(transcript.lines.poll(10, TimeUnit.SECONDS)).isEqualTo(line);
				}
			}
		}
		finally {
			session.abort();
		}
	}

	private static String path(String url, String scheme) {
		String prefix = scheme + "localhost:8080";
		assertThat(url).startsWith(prefix + "/");
		return url.substring(prefix.length());
	}

	/** As wscat prints it. */
	private static final class Transcript implements WebSocket.Listener {

		private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

		@Override
		public void onOpen(WebSocket session) {
			this.lines.add("Connected (press CTRL+C to quit)");
			session.request(Long.MAX_VALUE);
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket session, CharSequence data, boolean last) {
			this.lines.add("< " + data);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket session, int code, String reason) {
			this.lines.add("Disconnected (code: %d, reason: \"%s\")".formatted(code, reason));
			return null;
		}

		@Override
		public void onError(WebSocket session, Throwable error) {
			this.lines.add(error.toString());
		}

	}

}
