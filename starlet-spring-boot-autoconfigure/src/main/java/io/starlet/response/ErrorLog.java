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

import org.apache.commons.logging.Log;

/**
 * Logs errors with their stack trace, those too that fail when they are asked for it.
 *
 * @since 0.1.0
 */
public final class ErrorLog {

	private ErrorLog() {
	}

	/**
	 * Log an error.
	 * @param logger the logger
	 * @param message what went wrong
	 * @param error the error
	 */
	public static void log(Log logger, String message, Throwable error) {
		try {
			logger.error(message, error);
		}
		catch (Throwable ex) {
			logger.error("%s: %s, which can't be logged: %s".formatted(message, error.getClass().getName(),
					ex.getClass().getName()));
		}
	}

}
