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

package io.starlet.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.starlet.background.OnError;
import io.starlet.filter.FilterExceptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.logging.LogLevel;

/**
 * Properties of Starlet.
 *
 * @param enabled whether Starlet answers exceptions; without it the application is as if
 * the starter were not there
 * @param debug whether unhandled errors are answered with a traceback. For development
 * only, as it shows the application's inside to every client
 * @param filterExceptions what becomes of an HTTP exception that a filter raises
 * @param handlerTimeout how long an exception handler may take until its response has
 * started. Then it is cancelled, and the client gets the plain answer. One that blocks
 * its thread can't be cancelled. Also how long a WebExceptionHandler may take. 0 for no
 * limit
 * @param raiseServerExceptions whether unhandled errors go on to the server after they
 * have been answered, so that a test that has no server sees them
 * @param logLevels levels that exceptions are logged at, by status (404), range of
 * statuses (5xx) or class of exceptions. By default handled exceptions are logged at
 * DEBUG and errors at ERROR
 * @param logStackTrace how much of an error's stack trace is logged
 * @param statusPages what becomes of responses without a body
 * @param traceback what tracebacks show, and to whom
 * @param websocket how sessions that fail are closed
 * @param background how background tasks run
 * @since 0.1.0
 */
@ConfigurationProperties("starlet")
public record StarletProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean debug,
		@DefaultValue("handle") FilterExceptions filterExceptions, @DefaultValue("30s") Duration handlerTimeout,
		@DefaultValue("false") boolean raiseServerExceptions, @DefaultValue Map<String, LogLevel> logLevels,
		@DefaultValue("full") LogStackTrace logStackTrace, @DefaultValue StatusPages statusPages,
		@DefaultValue Traceback traceback, @DefaultValue WebSocket websocket, @DefaultValue Background background) {

	/**
	 * How much of an error's stack trace is logged.
	 *
	 * @since 0.1.0
	 */
	public enum LogStackTrace {

		/**
		 * All of it: the exception is given to the logger.
		 */
		FULL,

		/**
		 * The application's own frames, as a part of the message, with those of libraries
		 * folded. All of it if no frame is the application's.
		 */
		APPLICATION

	}

	/**
	 * Properties of responses that an application sends without a body.
	 *
	 * @param enabled whether a response of 400 to 599 without a body is given to the
	 * handler of its status
	 * @since 0.1.0
	 */
	public record StatusPages(@DefaultValue("false") boolean enabled) {

	}

	/**
	 * Properties of background tasks.
	 *
	 * @param onError what becomes of the tasks of a request after one that failed
	 * @param maxInFlight how many tasks may wait or run at a time, in the whole
	 * application. Beyond it none can be added
	 * @since 0.1.0
	 */
	public record Background(@DefaultValue("stop") OnError onError, @DefaultValue("10000") int maxInFlight) {

	}

	/**
	 * Properties of WebSocket sessions.
	 *
	 * @param closeTimeout how long an exception handler may take to close a session, and
	 * a client to take what it is sent then
	 * @since 0.1.0
	 */
	public record WebSocket(@DefaultValue("10s") Duration closeTimeout) {

	}

	/**
	 * Properties of the traceback that {@code starlet.debug} answers errors with.
	 *
	 * @param applicationPackages packages of the application's own classes, whose frames
	 * are shown first, and kept in the log with starlet.log-stack-trace=application. By
	 * default those of the class with @SpringBootApplication
	 * @param editor an editor that source files open in: idea, vscode, cursor, zed,
	 * windsurf, or a template of a URL with {file} and {line}
	 * @param pathMapping directories where the application runs, such as in a container,
	 * to directories where the editor runs
	 * @param redactedNames parts of names of headers, parameters, attributes and
	 * variables whose values are masked, besides the built-in ones
	 * @param allowInProduction whether tracebacks are shown even if a profile named prod
	 * or production is active
	 * @param allowedAddresses IP addresses and CIDR ranges of the clients that see
	 * tracebacks, by the other end of their connection and not by forwarded headers. By
	 * default all clients
	 * @since 0.1.0
	 */
	public record Traceback(@DefaultValue List<String> applicationPackages, @Nullable String editor,
			@DefaultValue Map<String, String> pathMapping, @DefaultValue List<String> redactedNames,
			@DefaultValue("false") boolean allowInProduction, @Nullable List<String> allowedAddresses) {

	}

}
