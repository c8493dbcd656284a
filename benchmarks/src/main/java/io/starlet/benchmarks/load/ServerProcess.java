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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import org.springframework.util.Assert;

/**
 * A server on the first core, and what it costs.
 */
final class ServerProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	/** Which Linux counts the time of a process in. */
	private static final Duration TICK = Duration.ofMillis(10);

	private final Process process;

	private final int port;

	private ServerProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Start a server and wait until it accepts connections.
	 * @param command the command, of the port that it shall listen on
	 */
	static ServerProcess start(IntFunction<List<String>> command) throws IOException {
		int port = findFreePort();
		List<String> pinned = new ArrayList<>(List.of("taskset", "-c", "0"));
		pinned.addAll(command.apply(port));
		ServerProcess server = new ServerProcess(new ProcessBuilder(pinned).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start(), port);
		try {
			server.awaitStart();
			return server;
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private static int findFreePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitStart() {
		Instant deadline = Instant.now().plus(START_TIMEOUT);
		while (!accepts()) {
			if (!this.process.isAlive() || Instant.now().isAfter(deadline)) {
				throw new IllegalStateException("Not started: " + this.process.info().commandLine().orElse(""));
			}
			Thread.onSpinWait();
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	String url(String path) {
		return "http://127.0.0.1:%d%s".formatted(this.port, path);
	}

	/**
	 * Return what its own code has cost until now. The kernel's share is that of the
	 * network, and the compiler's ends once a server has run for some minutes.
	 */
	Duration userTime() {
		Assert.state(this.process.isAlive(), () -> "Ended: " + this.process.info().commandLine().orElse(""));
		Path process = Path.of("/proc", String.valueOf(this.process.pid()));
		try (Stream<Path> threads = Files.list(process.resolve("task"))) {
			long compiler = threads.map(ServerProcess::stat)
				.filter((stat) -> stat.contains("CompilerThre"))
				.mapToLong(ServerProcess::ticks)
				.sum();
			return TICK.multipliedBy(ticks(stat(process)) - compiler);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Empty if the thread has just ended. */
	private static String stat(Path processOrThread) {
		try {
			return Files.readString(processOrThread.resolve("stat"));
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static long ticks(String stat) {
		// What precedes is the name of the command, in brackets
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
		return Long.parseLong(fields[11]);
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().join();
	}

}
