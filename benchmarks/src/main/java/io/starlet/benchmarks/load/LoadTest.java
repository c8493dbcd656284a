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

package io.starlet.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.starlet.benchmarks.Measurements;
import io.starlet.benchmarks.contestant.Contestant;
import io.starlet.benchmarks.contestant.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What a request costs a whole server, in user-mode CPU time of its process.
 */
public final class LoadTest {

	/** How tables name what Starlette returns directly. */
	public static final String STARLETTE_DIRECT = "Starlette, returned directly";

	/** How tables name Starlette. */
	public static final String STARLETTE = "Starlette, uvicorn";

	private static final int SECONDS = 5;

	/** On one core, which the compiler has to share. */
	private static final int WARM_UP_SECONDS = 5;

	private static final Set<Contestant> SAME_BYTES = Set.of(Contestant.DIRECT, Contestant.EMPTY_FILTERS,
			Contestant.ADVICE, Contestant.STARLET_DEFAULT, Contestant.STARLET);

	private final List<Subject> subjects = new ArrayList<>();

	private LoadTest() {
	}

	/**
	 * Ask each server for everything in turn, in rounds.
	 * @param rounds how many. Each has servers of its own, as what is compiled, and how,
	 * differs from one start to the next
	 * @return the microseconds per request
	 * @throws IOException if a server or the load generator can't be started
	 * @throws InterruptedException if the thread is interrupted
	 * @throws IllegalStateException if a server does not answer as it should
	 */
	public static Measurements run(int rounds) throws IOException, InterruptedException {
		Measurements measurements = new Measurements();
		for (int round = 0; round < rounds; round++) {
			List<ServerProcess> servers = new ArrayList<>();
			try {
				LoadTest test = start(servers);
				// None is always the first
				Collections.rotate(test.subjects, round);
				test.measure(measurements);
			}
			finally {
				servers.forEach(ServerProcess::close);
			}
		}
		return measurements;
	}

	private static LoadTest start(List<ServerProcess> servers) throws IOException {
		LoadTest test = new LoadTest();
		for (Contestant contestant : Contestant.values()) {
			ServerProcess server = ServerProcess.start((port) -> java(contestant, port));
			servers.add(server);
			test.subjects.add(new Subject(contestant.getLabel(), contestant, server, ""));
		}
		ServerProcess starlette = ServerProcess.start(LoadTest::uvicorn);
		servers.add(starlette);
		test.subjects.add(new Subject(STARLETTE_DIRECT, null, starlette, "/direct"));
		test.subjects.add(new Subject(STARLETTE, null, starlette, ""));
		return test;
	}

	private static List<String> java(Contestant contestant, int port) {
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms512m", "-Xmx512m",
				"-cp", System.getProperty("java.class.path"), ContestantServer.class.getName(), contestant.name(),
				String.valueOf(port));
	}

	private static List<String> uvicorn(int port) {
		return List.of("/usr/bin/python3", "-m", "uvicorn", "--app-dir", "src/main/python", "--host", "127.0.0.1",
				"--port", String.valueOf(port), "--no-access-log", "starlette_books:app");
	}

	private void measure(Measurements measurements) throws IOException, InterruptedException {
		// By everything, so that all have what they share compiled alike
		for (Request request : Request.values()) {
			Set<String> bytes = new HashSet<>();
			for (Subject subject : this.subjects) {
				if (subject.answers(request)) {
					String answer = subject.verify(request);
					if (subject.sendsSameBytes(request)) {
						bytes.add(answer);
					}
					subject.load(request, WARM_UP_SECONDS);
				}
			}
			Assert.state(bytes.size() <= 1, () -> "Not the same bytes: " + bytes);
		}
		for (Request request : Request.values()) {
			for (Subject subject : this.subjects) {
				if (subject.isCompared(request)) {
					measurements.add(request, subject.label(), subject.measure(request));
				}
			}
		}
	}

	/**
	 * A server and how it is asked.
	 *
	 * @param contestant what it runs; {@code null} for Starlette
	 */
	private record Subject(String label, @Nullable Contestant contestant, ServerProcess server, String prefix) {

		private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

		/** Starlette has no annotated endpoints, and no static resources to look for. */
		boolean answers(Request request) {
			return (this.contestant != null) ? this.contestant.answers(request)
					: !request.name().startsWith("ANNOTATED") && request != Request.NO_ROUTE;
		}

		boolean isCompared(Request request) {
			return (this.contestant != null) ? this.contestant.isCompared(request) : answers(request);
		}

		/** Boot's own answers are JSON, and a missing route is always its own. */
		boolean sendsSameBytes(Request request) {
			return this.contestant != null && SAME_BYTES.contains(this.contestant) && request != Request.NO_ROUTE;
		}

		String url(Request request) {
			return this.server.url(this.prefix + request.getPath());
		}

		String verify(Request request) throws IOException, InterruptedException {
			HttpResponse<String> response = CLIENT.send(HttpRequest.newBuilder(URI.create(url(request))).build(),
					HttpResponse.BodyHandlers.ofString());
			Assert.state(response.statusCode() == request.getStatus(),
					() -> "%s answered %s with %s".formatted(label(), request, response));
			return response.headers().firstValue("Content-Type").orElse("") + ' ' + response.body();
		}

		/** uvicorn ends the connection after an error. */
		long load(Request request, int seconds) throws IOException, InterruptedException {
			return Wrk.run(url(request), seconds, request.getStatus() < 400,
					this.contestant == null && request.getStatus() == 500);
		}

		double measure(Request request) throws IOException, InterruptedException {
			long before = this.server.userTime().toNanos();
			long requests = load(request, SECONDS);
			return (this.server.userTime().toNanos() - before) / 1000.0 / requests;
		}

	}

}
