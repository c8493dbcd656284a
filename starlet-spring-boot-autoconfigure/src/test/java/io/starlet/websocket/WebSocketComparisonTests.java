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

package io.starlet.websocket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.starlet.HttpException;
import io.starlet.WebSocketException;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client of each server sees with and without Starlet, as a table for the
 * documentation in {@code target/websocket-close-codes.md}.
 */
@Timeout(120)
class WebSocketComparisonTests {

	private static final Map<String, Case> cases = cases();

	private static Map<String, Case> cases() {
		Map<String, Case> cases = new LinkedHashMap<>();
		Supplier<Throwable> webSocket = () -> new WebSocketException(1008, "Unknown topic");
		Supplier<Throwable> error = () -> new IllegalStateException("secret");
		cases.put("`WebSocketException(1008, \"Unknown topic\")`",
				new Case("signalled", webSocket, new CloseFrame(1008, "Unknown topic")));
		cases.put("`HttpException(404, \"No such book\")`", new Case("signalled",
				() -> new HttpException(404, "No such book"), new CloseFrame(1008, "No such book")));
		cases.put("error signalled", new Case("signalled", error, WebSockets.INTERNAL_ERROR));
		cases.put("error thrown", new Case("thrown", error, WebSockets.INTERNAL_ERROR));
		cases.put("error after a message", new Case("after-a-message", error, WebSockets.INTERNAL_ERROR));
		cases.put("error in what is sent", new Case("sending", error, WebSockets.INTERNAL_ERROR));
		return cases;
	}

	@Test
	void everyServerSaysTheSameWithStarlet() throws IOException {
		Map<String, List<CloseFrame>> without = closeFrames(false);
		Map<String, List<CloseFrame>> with = closeFrames(true);
		Path table = Path.of("target", "websocket-close-codes.md");
		Files.writeString(table, table(without, with));
		with.forEach((name, frames) -> assertThat(frames).as(name)
			.hasSize(Server.values().length)
			.containsOnly(Objects.requireNonNull(cases.get(name)).expected()));
		// What happens without Starlet differs between versions of Spring
		if (String.valueOf(SpringBootVersion.getVersion()).startsWith("4.1.")) {
			assertThat(Files.readString(Path.of("..", "README.md"))).contains(table(without, with));
		}
	}

	private static Map<String, List<CloseFrame>> closeFrames(boolean enabled) {
		Map<String, List<CloseFrame>> frames = new LinkedHashMap<>();
		for (Server server : Server.values()) {
			try (TestApplication application = TestApplication.start(server, App.class, "starlet.enabled=" + enabled)) {
				int index = 0;
				for (String name : cases.keySet()) {
					frames.computeIfAbsent(name, (key) -> new ArrayList<>())
						.add(closeFrame(application, index, Objects.requireNonNull(cases.get(name))));
					index++;
				}
			}
		}
		return frames;
	}

	private static CloseFrame closeFrame(TestApplication application, int index, Case tried) {
		try (RawWebSocketClient client = application.webSocket("/" + index)) {
			if (tried.failure().receives()) {
				client.sendText("hello");
			}
			// Without an answer, as not every server waits for one
			return client.readClose(new ArrayList<>());
		}
	}

	private static String table(Map<String, List<CloseFrame>> without, Map<String, List<CloseFrame>> with) {
		StringBuilder table = new StringBuilder("| How it fails | ");
		table.append(Stream.of(Server.values()).map(Server::toString).collect(Collectors.joining(" | ")));
		table.append(" | With Starlet, on each |\n");
		table.append("|---|").append("---|".repeat(Server.values().length + 1)).append("\n");
		without.forEach((name, frames) -> {
			table.append("| ").append(name);
			frames.forEach((frame) -> table.append(" | ").append(cell(frame)));
			String same = Objects.requireNonNull(with.get(name))
				.stream()
				.map(WebSocketComparisonTests::cell)
				.distinct()
				.collect(Collectors.joining(" or "));
			table.append(" | ").append(same).append(" |\n");
		});
		return table.toString();
	}

	private static String cell(CloseFrame frame) {
		return switch (frame.code()) {
			case 1005 -> "no code (1005)";
			case 1006 -> "no close frame (1006)";
			default ->
				frame.reason().isEmpty() ? Integer.toString(frame.code()) : frame.code() + " `" + frame.reason() + "`";
		};
	}

	private record Case(Failure failure, Supplier<Throwable> error, CloseFrame expected) {

		private Case(String failure, Supplier<Throwable> error, CloseFrame expected) {
			this(Objects.requireNonNull(Failure.ALL.get(failure)), error, expected);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		HandlerMapping failing() {
			List<Case> all = List.copyOf(cases.values());
			return WebSockets.map(Map.of("/{index}", (session) -> {
				Case tried = all.get(Integer.parseInt(WebSockets.segments(session).get(0)));
				return tried.failure().handler().handle(session, tried.error());
			}));
		}

	}

}
