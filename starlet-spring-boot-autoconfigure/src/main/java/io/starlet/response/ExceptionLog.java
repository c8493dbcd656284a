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

package io.starlet.response;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogLevel;
import org.springframework.core.NativeDetector;
import org.springframework.http.HttpStatus;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Logs exceptions: handled ones at DEBUG in one line, errors at ERROR with their stack
 * trace, unless the application wants another level for their class or status (rules R16
 * and R19).
 *
 * @since 0.1.0
 */
public final class ExceptionLog {

	/** A shared exception would collect those of all requests, until memory is full. */
	private static final int MAX_SUPPRESSED = 20;

	private static final Pattern STATUSES = Pattern.compile("[1-9](\\d\\d|xx)");

	private final Map<String, LogLevel> byClass = new TreeMap<>();

	private final Map<String, LogLevel> byStatus = new TreeMap<>();

	private final Function<Throwable, @Nullable String> stackTraces;

	/**
	 * Create a log.
	 * @param levels levels by status such as {@code 404}, range of statuses such as
	 * {@code 5xx}, or name of a class of exceptions
	 * @param stackTraces writes what follows a message, from a line break on; where it
	 * returns {@code null} the logger gets the exception itself
	 * @throws IllegalArgumentException if a key is none of these
	 */
	public ExceptionLog(Map<String, LogLevel> levels, Function<Throwable, @Nullable String> stackTraces) {
		this.stackTraces = stackTraces;
		levels.forEach((key, level) -> {
			String status = key.toLowerCase(Locale.ROOT);
			if (STATUSES.matcher(status).matches()) {
				this.byStatus.put(status, level);
			}
			else {
				Class<?> type = findThrowable(key);
				Assert.isTrue(NativeDetector.inNativeImage() || type != null,
						() -> "'%s' is no status such as 404, no range of statuses such as 5xx, and no class of exceptions."
							.formatted(key));
				this.byClass.put((type != null) ? type.getName() : key, level);
			}
		});
	}

	/** A nested class may be named with a dot or a dollar sign. */
	private static @Nullable Class<?> findThrowable(String className) {
		try {
			Class<?> type = ClassUtils.forName(className, null);
			return Throwable.class.isAssignableFrom(type) ? type : null;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

	/**
	 * Return whether the level of a handled exception depends on the status that it is
	 * answered with.
	 * @return whether there is a level for a status
	 */
	public boolean needsStatus() {
		return !this.byStatus.isEmpty();
	}

	/**
	 * Log an exception that has been handled.
	 * @param logger the logger
	 * @param message tells what happened
	 * @param exception the exception, whose stack trace is logged at ERROR only
	 * @param status the status that it is answered with; 0 if it is not known or there is
	 * none
	 */
	public void handled(Log logger, Supplier<String> message, Throwable exception, int status) {
		LogLevel level = findLevel(exception, status, LogLevel.DEBUG);
		if (!isEnabled(logger, level)) {
			return;
		}
		if (level.compareTo(LogLevel.ERROR) >= 0) {
			log(logger, level, message.get(), exception);
		}
		else {
			tryLog(() -> level.log(logger, message.get()));
		}
	}

	/**
	 * Log an error with its stack trace, even one that fails when it is asked for it.
	 * @param logger the logger
	 * @param message what went wrong
	 * @param error the error
	 */
	public void error(Log logger, String message, Throwable error) {
		LogLevel level = findLevel(HttpExceptionResolver.unwrap(error), HttpStatus.INTERNAL_SERVER_ERROR.value(),
				LogLevel.ERROR);
		if (isEnabled(logger, level)) {
			log(logger, level, message, error);
		}
	}

	private void log(Log logger, LogLevel level, String message, Throwable exception) {
		try {
			String stackTrace = this.stackTraces.apply(exception);
			if (stackTrace != null) {
				level.log(logger, message + stackTrace);
			}
			else {
				level.log(logger, message, exception);
			}
		}
		catch (Throwable ex) {
			tryLog(() -> level.log(logger, "%s: %s, which can't be logged: %s".formatted(message,
					exception.getClass().getName(), ex.getClass().getName())));
		}
	}

	/**
	 * Have the log of an exception tell of another one.
	 * @param exception the exception
	 * @param other what it replaces, or what came of it; one of 20 at most
	 * @return whether it does, which exceptions can refuse
	 */
	public static boolean addSuppressed(Throwable exception, Throwable other) {
		if (exception != other && !suppresses(exception, other) && exception.getSuppressed().length < MAX_SUPPRESSED) {
			exception.addSuppressed(other);
		}
		return exception == other || suppresses(exception, other);
	}

	/** Exceptions may have an {@code equals} of their own. */
	private static boolean suppresses(Throwable exception, Throwable other) {
		return Stream.of(exception.getSuppressed()).anyMatch((suppressed) -> suppressed == other);
	}

	/**
	 * Have the log of an error tell of another one, in a line of its own if need be.
	 * @param logger the logger of that line
	 * @param error the error
	 * @param other what it replaces, or what came of it
	 */
	public void addSuppressed(Log logger, Throwable error, Throwable other) {
		if (!addSuppressed(error, other)) {
			error(logger, "Suppressed by %s, which takes no more exceptions".formatted(error.getClass().getName()),
					other);
		}
	}

	/**
	 * Have the log of what a handler has raised tell of the exception that it was called
	 * for. One that is handled in the end may refuse to, and nothing is said.
	 * @param logger the logger of a line of its own
	 * @param raised what the handler has raised
	 * @param translated the exception that it was called for, if there is one
	 * @param error whether what was raised is an error
	 */
	public void translated(Log logger, Throwable raised, @Nullable Throwable translated, boolean error) {
		if (translated != null && error) {
			addSuppressed(logger, raised, translated);
		}
		else if (translated != null) {
			addSuppressed(raised, translated);
		}
	}

	/**
	 * Log something, or not, as an appender that fails must not change what a client gets
	 * or what becomes of it.
	 * @param log logs it
	 */
	public static void tryLog(Runnable log) {
		try {
			log.run();
		}
		catch (Throwable ex) {
			// There is nowhere left to tell
		}
	}

	private LogLevel findLevel(Throwable exception, int status, LogLevel defaultLevel) {
		LogLevel level = this.byClass.isEmpty() ? null : findByClass(exception.getClass());
		if (level == null && !this.byStatus.isEmpty() && status != 0) {
			level = this.byStatus.getOrDefault(String.valueOf(status), this.byStatus.get(status / 100 + "xx"));
		}
		return (level != null) ? level : defaultLevel;
	}

	private @Nullable LogLevel findByClass(Class<?> type) {
		LogLevel level = null;
		for (Class<?> current = type; current != null && level == null; current = current.getSuperclass()) {
			level = this.byClass.get(current.getName());
		}
		return level;
	}

	private static boolean isEnabled(Log logger, LogLevel level) {
		return switch (level) {
			case TRACE -> logger.isTraceEnabled();
			case DEBUG -> logger.isDebugEnabled();
			case INFO -> logger.isInfoEnabled();
			case WARN -> logger.isWarnEnabled();
			case ERROR, FATAL -> logger.isErrorEnabled();
			case OFF -> false;
		};
	}

}
