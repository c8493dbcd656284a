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

import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import com.sun.management.UnixOperatingSystemMXBean;
import io.starlet.WebSocketException;
import io.starlet.testing.LogCapture;
import io.starlet.testing.RawWebSocketClient;
import io.starlet.testing.RawWebSocketClient.CloseFrame;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Failing sessions by the thousand leave nothing behind.
 */
@ParameterizedClass
@EnumSource
@Timeout(600)
class WebSocketHostileTests {

	private static final Queue<WeakReference<WebSocketSession>> sessions = new ConcurrentLinkedQueue<>();

	/**
	 * One for each session that Spring has left for ever, and that is not forgiven yet.
	 */
	private static final Semaphore left = new Semaphore(0);

	private static final AtomicInteger repeated = new AtomicInteger();

	@SuppressWarnings("NullAway.Init")
	private static Server server;

	@SuppressWarnings("NullAway.Init")
	private static TestApplication application;

	WebSocketHostileTests(Server server) {
	}

	@BeforeParameterizedClassInvocation
	static void start(Server server) {
		WebSocketHostileTests.server = server;
		Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> {
			if (isSentBeforeTheLast(ex)) {
				left.release();
			}
			else {
				ex.printStackTrace();
			}
		});
		application = TestApplication.start(server, App.class, "logging.level.io.starlet=info");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		Thread.setDefaultUncaughtExceptionHandler(null);
		application.close();
	}

	@Test
	@Timeout(240)
	void tenThousandFailingSessionsInARowLeaveNoneBehind() {
		sessions.clear();
		repeated.set(0);
		List<String> names = List.of("thrown", "signalled", "after-a-message", "sending", "answering");
		fail(names.get(0));
		long before = openFiles();
		for (int i = 0; i < 10_000; i++) {
			assertThat(fail(names.get(i % names.size()))).isEqualTo(new CloseFrame(3001, "Too much"));
		}
		assertNothingIsLeft(10_001, before);
	}

	@Test
	@Timeout(240)
	void aThousandFailingSessionsAtOnceLeaveNoneBehind() throws Exception {
		sessions.clear();
		repeated.set(0);
		fail("signalled");
		long before = openFiles();
		try (LogCapture log = new LogCapture()) {
			ExecutorService executor = Executors.newFixedThreadPool(100);
			try {
				List<Future<CloseFrame>> frames = new ArrayList<>();
				for (int i = 0; i < 1000; i++) {
					String name = List.copyOf(Failure.NAMES).get(i % Failure.NAMES.size());
					frames.add(executor.submit(() -> fail(name)));
				}
				for (Future<CloseFrame> frame : frames) {
					assertThat(frame.get()).isEqualTo(new CloseFrame(3001, "Too much"));
				}
			}
			finally {
				executor.shutdownNow();
			}
			assertNothingIsLeft(1001, before);
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@ParameterizedTest
	@FieldSource("io.starlet.websocket.Failure#NAMES")
	void eachOfFiftySessionsInARowIsClosedTheSame(String failure) {
		for (int i = 0; i < 50; i++) {
			assertThat(fail(failure)).as("%s, number %d", failure, i).isEqualTo(new CloseFrame(3001, "Too much"));
		}
	}

	private static CloseFrame fail(String name) {
		try {
			return failOnce(name);
		}
		catch (AssertionError ex) {
			if (!(ex.getCause() instanceof SocketTimeoutException) || !left.tryAcquire()) {
				throw ex;
			}
			repeated.incrementAndGet();
			return failOnce(name);
		}
	}

	/**
	 * Spring may send a message before Tomcat has done with the last, which throws it on
	 * a thread of Tomcat's, so that the session is never heard of again, with Starlet or
	 * without.
	 */
	private static boolean isSentBeforeTheLast(Throwable ex) {
		return server == Server.TOMCAT && ex instanceof IllegalStateException
				&& String.valueOf(ex.getMessage()).contains("_FULL_WRITING]");
	}

	private static CloseFrame failOnce(String name) {
		Failure failure = Objects.requireNonNull(Failure.ALL.get(name));
		try (RawWebSocketClient client = application.webSocket("/" + name)) {
			try {
				if (failure.receives()) {
					// Tomcat forgets one in so many messages that come while it answers
					// others, until the next comes, with Starlet or without
					if (server != Server.TOMCAT || !name.equals("answering")) {
						client.sendText("hello");
						client.sendText("again");
					}
					client.sendText("boom");
				}
			}
			catch (UncheckedIOException ex) {
				// It had failed at the first of them
			}
			return client.awaitClose();
		}
	}

	private static void assertNothingIsLeft(int count, long before) {
		assertThat(sessions).hasSize(count + repeated.get());
		Awaitility.await().until(() -> {
			System.gc();
			sessions.removeIf((session) -> session.refersTo(null));
			return sessions.size();
		}, (left) -> left <= 5);
		Awaitility.await().until(WebSocketHostileTests::openFiles, (open) -> open <= before + 5);
	}

	private static long openFiles() {
		return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
	}

	@Configuration(proxyBeanMethods = false)
	static class App {

		@Bean
		HandlerMapping failing() {
			return WebSockets.map(Map.of("/{failure}", (session) -> {
				sessions.add(new WeakReference<>(session));
				return Objects.requireNonNull(Failure.ALL.get(WebSockets.segments(session).get(0)))
					.handler()
					.handle(session, () -> new WebSocketException(3001, "Too much"));
			}));
		}

	}

}
