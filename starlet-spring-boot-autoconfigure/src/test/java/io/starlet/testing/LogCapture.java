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

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

/**
 * The events that are logged by anything, from its creation until it is closed.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	public LogCapture() {
		setContext(this.root.getLoggerContext());
		start();
		this.root.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.events.add(event);
	}

	public List<ILoggingEvent> atLeast(Level level) {
		return this.events.stream().filter((event) -> event.getLevel().isGreaterOrEqual(level)).toList();
	}

	/** Without what the server itself logs of a response that was cut. */
	public List<ILoggingEvent> ofCutResponse(Level level) {
		return atLeast(level).stream().filter((event) -> !Server.CURRENT.hasLogged(event)).toList();
	}

	/**
	 * Wait until something is logged at just a level, as a client may have its answer
	 * before.
	 */
	public ILoggingEvent awaitOne(Level level) {
		Awaitility.await().until(() -> !of("", level).isEmpty());
		return of("", level).get(0);
	}

	public List<ILoggingEvent> of(String loggerPrefix, Level level) {
		return this.events.stream()
			.filter((event) -> event.getLoggerName().startsWith(loggerPrefix) && event.getLevel() == level)
			.toList();
	}

	/**
	 * Whether an event tells something, in its message or in its stack trace.
	 * @param event the event
	 * @param text the text, in any case
	 */
	public static boolean tells(ILoggingEvent event, String text) {
		IThrowableProxy throwable = event.getThrowableProxy();
		String trace = (throwable != null) ? ThrowableProxyUtil.asString(throwable) : "";
		return (event.getFormattedMessage() + trace).toLowerCase(Locale.ROOT).contains(text);
	}

	@Override
	public void close() {
		this.root.detachAppender(this);
		stop();
	}

}
