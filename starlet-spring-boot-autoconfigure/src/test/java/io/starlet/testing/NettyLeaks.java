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

package io.starlet.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails each class of tests that leaks buffers of Netty's, where the build has set
 * {@code io.netty.customResourceLeakDetector} to its detector.
 */
public final class NettyLeaks implements AfterAllCallback {

	private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

	@Override
	public void afterAll(ExtensionContext context) {
		// A test's own class loader has a detector that Netty does not know
		boolean known = NettyLeaks.class.getClassLoader() == ClassLoader.getSystemClassLoader();
		if (known && ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID
				&& Server.CURRENT == Server.REACTOR_NETTY) {
			assertThat(await()).isEmpty();
		}
	}

	/**
	 * What has been leaked until now and was not told yet. A leak of its own, made last,
	 * shows that all others have been found.
	 */
	private static List<String> await() {
		String last = UUID.randomUUID().toString();
		leak(last);
		Awaitility.await().until(() -> {
			System.gc();
			ByteBufAllocator.DEFAULT.buffer().release();
			return REPORTS.removeIf((report) -> report.contains(last));
		});
		List<String> reports = new ArrayList<>();
		for (String report = REPORTS.poll(); report != null; report = REPORTS.poll()) {
			reports.add(report);
		}
		return reports;
	}

	private static void leak(String hint) {
		ByteBufAllocator.DEFAULT.buffer().touch(hint);
	}

	/** Instantiated by Netty. */
	public static final class Detector<T> extends ResourceLeakDetector<T> {

		public Detector(Class<?> resourceType, int samplingInterval) {
			super(resourceType, samplingInterval);
		}

		/** Netty logs an error if this one is not there. */
		public Detector(Class<?> resourceType, int samplingInterval, long maxActive) {
			this(resourceType, samplingInterval);
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			REPORTS.add(records);
		}

	}

}
