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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.starlet.reliability.application.ReliabilityApplication;
import io.starlet.reliability.application.Report;
import io.starlet.reliability.application.Server;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The application in a process of its own, whose output goes to a file.
 */
final class ServerProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private static final Duration QUIET = Duration.ofSeconds(1);

	private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(1);

	private final Process process;

	private final int port;

	private ServerProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static ServerProcess start(Server server) throws IOException {
		int port = findFreePort();
		File log = new File("target", server.name().toLowerCase(Locale.ROOT) + ".log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				// All of Reactor's threads for blocking work are started while it warms
				// up
				"-Dreactor.schedulers.defaultBoundedElasticSize=4", "-Xmx256m", "-XX:+UseSerialGC",
				"-Dio.netty.leakDetection.level=paranoid", "-cp", System.getProperty("java.class.path"),
				ReliabilityApplication.class.getName(), "--server.port=" + port,
				"--reliability.server=" + server.name(), "--spring.autoconfigure.exclude=" + server.exclusions())
			.redirectErrorStream(true)
			.redirectOutput(log)
			.start();
		ServerProcess started = new ServerProcess(process, port);
		try {
			started.awaitStart();
			return started;
		}
		catch (RuntimeException ex) {
			started.close();
			throw ex;
		}
	}

	private static int findFreePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitStart() {
		Awaitility.await().atMost(START_TIMEOUT).ignoreExceptions().until(() -> {
			HttpConnection.open(this.port).close();
			return true;
		});
	}

	int port() {
		return this.port;
	}

	/**
	 * Wait until nothing is in flight and nothing changes any more, as closed connections
	 * take a moment to end.
	 * @return the last report, even if that does not come to be
	 */
	Report awaitQuiet() throws IOException {
		AtomicReference<Report> last = new AtomicReference<>(report());
		try {
			Awaitility.await().pollInterval(QUIET).atMost(QUIET_TIMEOUT).until(() -> {
				Report now = report();
				Report before = last.getAndSet(now);
				return now.inFlight() == 0 && now.descriptors() == before.descriptors()
						&& now.threads().equals(before.threads());
			});
		}
		catch (ConditionTimeoutException ex) {
			// The tests tell what is left
		}
		return last.get();
	}

	private Report report() throws IOException {
		try (HttpConnection connection = HttpConnection.open(this.port)) {
			connection.write("GET /report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			return JsonMapper.shared().readValue(connection.read().body(), Report.class);
		}
	}

	@Override
	public void close() {
		try {
			this.process.getOutputStream().close();
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (IOException | InterruptedException ex) {
			this.process.destroyForcibly();
		}
	}

}
