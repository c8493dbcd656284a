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

package io.starlet.traceback;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A throwable as it is shown: with the frames that it was raised with.
 *
 * @param type the name of its class
 * @param message its message, redacted and cut; empty if it has none
 * @param frames its frames, the innermost first, without proxies and without those in
 * common
 * @param framesInCommon how many frames at the end of the stack are those of the
 * throwable that this one is the cause of or is suppressed in
 * @param checkpoints where Reactor observed it, redacted, in the order of observation
 * @param notes what a reader has to know about it, such as frames that were lost or left
 * out
 * @param cause its cause, if any
 * @param suppressed its suppressed exceptions, without Reactor's own
 */
record TracedThrowable(String type, String message, List<TracedFrame> frames, int framesInCommon,
		List<String> checkpoints, List<String> notes, @Nullable TracedThrowable cause,
		List<TracedThrowable> suppressed) {

	/**
	 * Return the first line of a stack trace.
	 * @return the class and, if there is one, the message
	 */
	String heading() {
		return this.message.isEmpty() ? this.type : this.type + ": " + this.message;
	}

	/**
	 * Return the last cause.
	 * @return the last cause, or this one
	 */
	TracedThrowable rootCause() {
		TracedThrowable current = this;
		while (current.cause != null) {
			current = current.cause;
		}
		return current;
	}

}
