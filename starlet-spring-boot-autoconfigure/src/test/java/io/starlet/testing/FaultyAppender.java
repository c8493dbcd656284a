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

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Calls something for each event that Starlet logs, until it is closed. Its base class
 * would catch what is raised where events are appended.
 */
public final class FaultyAppender extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Runnable call;

	public FaultyAppender(Runnable call) {
		this.call = call;
		setContext(this.root.getLoggerContext());
		start();
		this.root.addAppender(this);
	}

	@Override
	@SuppressWarnings("UnsynchronizedOverridesSynchronized")
	public void doAppend(ILoggingEvent event) {
		if (event.getLoggerName().startsWith("io.starlet")) {
			this.call.run();
		}
	}

	@Override
	protected void append(ILoggingEvent event) {
	}

	@Override
	public void close() {
		this.root.detachAppender(this);
		stop();
	}

}
