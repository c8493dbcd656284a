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
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * The load generator, on the second core.
 */
final class Wrk {

	private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");

	private static final Pattern SOCKET_ERRORS = Pattern.compile("Socket errors: ");

	/** Where the server ends the connection after its answer. */
	private static final Pattern SOCKET_ERRORS_BUT_READS = Pattern
		.compile("Socket errors: (?!connect 0, read \\d+, write 0, timeout 0)");

	private static final Pattern NOT_SUCCESSFUL = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

	private Wrk() {
	}

	/**
	 * Ask for something as often as can be.
	 * @param url what to ask for
	 * @param seconds for how long
	 * @param successful whether all answers, or none, shall be successful
	 * @param ended whether the server may end the connection after an answer
	 * @return how often it was answered
	 * @throws IllegalStateException if a connection failed, or an answer was of the other
	 * kind
	 */
	static long run(String url, int seconds, boolean successful, boolean ended)
			throws IOException, InterruptedException {
		Process wrk = new ProcessBuilder("taskset", "-c", "1", "wrk", "--threads", "1", "--connections", "16",
				"--duration", seconds + "s", "--timeout", "20s", "--header", "Accept: */*", url)
			.redirectErrorStream(true)
			.start();
		String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		Matcher requests = REQUESTS.matcher(output);
		if (wrk.waitFor() != 0 || !requests.find()
				|| (ended ? SOCKET_ERRORS_BUT_READS : SOCKET_ERRORS).matcher(output).find()) {
			throw new IllegalStateException(output);
		}
		Matcher notSuccessful = NOT_SUCCESSFUL.matcher(output);
		String expected = successful ? "0" : requests.group(1);
		Assert.state((notSuccessful.find() ? notSuccessful.group(1) : "0").equals(expected), output);
		return Long.parseLong(requests.group(1));
	}

}
