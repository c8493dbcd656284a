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

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Writes stack traces for the log as the JVM does, with each run of frames that are not
 * the application's folded into one line.
 *
 * @since 0.1.0
 */
public final class StackTraceFolder {

	private static final int MAX_THROWABLES = 100;

	/** So that there is room for the causes, which come after. */
	private static final int MAX_SUPPRESSED = 20;

	private static final int MAX_APPLICATION_FRAMES = 50;

	private final ApplicationPackages packages;

	/**
	 * Create a folder.
	 * @param packages the application's own packages
	 */
	public StackTraceFolder(ApplicationPackages packages) {
		this.packages = packages;
	}

	/**
	 * Write the stack trace of a throwable.
	 * @param throwable the throwable, which is not changed
	 * @return lines that each start with a line break; {@code null} if no frame of the
	 * throwable or its causes is the application's, or if it can't be read
	 */
	public @Nullable String fold(Throwable throwable) {
		try {
			Trace trace = new Trace();
			trace.append("", "", throwable, List.of());
			return trace.located ? trace.out.toString() : null;
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private boolean isApplication(StackTraceElement frame) {
		return this.packages.contains(frame.getClassName()) && !FrameNames.isGenerated(frame);
	}

	/**
	 * One trace, as far as it is written.
	 */
	private final class Trace {

		private final StringBuilder out = new StringBuilder(1 << 10);

		private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

		private int throwables;

		private boolean located;

		private void append(String indent, String caption, Throwable throwable, List<StackTraceElement> enclosing) {
			if (this.throwables++ > MAX_THROWABLES) {
				return;
			}
			line(indent).append(caption);
			if (this.throwables > MAX_THROWABLES) {
				this.out.append("[LEFT OUT]");
			}
			else if (!this.seen.add(throwable)) {
				this.out.append("[CIRCULAR REFERENCE: ").append(throwable).append(']');
			}
			else {
				this.out.append(throwable);
				List<StackTraceElement> frames = RecoveredStack.readFrames(throwable);
				appendFrames(indent, frames, frames.size() - RecoveredStack.countFramesInCommon(frames, enclosing));
				appendSuppressed(indent + '\t', throwable, frames);
				Throwable cause = throwable.getCause();
				if (cause != null) {
					append(indent, "Caused by: ", cause, frames);
				}
			}
		}

		private void appendSuppressed(String indent, Throwable throwable, List<StackTraceElement> enclosing) {
			int written = 0;
			for (Throwable suppressed : throwable.getSuppressed()) {
				if (Exceptions.isTraceback(suppressed)) {
					continue;
				}
				if (written++ == MAX_SUPPRESSED) {
					line(indent).append("Suppressed: [LEFT OUT]");
					return;
				}
				append(indent, "Suppressed: ", suppressed, enclosing);
			}
		}

		private void appendFrames(String indent, List<StackTraceElement> frames, int end) {
			int folded = 0;
			int kept = 0;
			for (int index = 0; index < end && kept < MAX_APPLICATION_FRAMES; index++) {
				boolean application = isApplication(frames.get(index));
				if (application || index == 0) {
					appendRun(indent, frames, folded, index);
					appendFrame(indent, frames.get(index));
					folded = index + 1;
					kept++;
				}
				this.located |= application && indent.isEmpty();
			}
			appendRun(indent, frames, folded, frames.size());
		}

		/** A single frame is no longer than what would stand for it. */
		private void appendRun(String indent, List<StackTraceElement> frames, int start, int end) {
			if (end - start == 1) {
				appendFrame(indent, frames.get(start));
			}
			else if (end > start) {
				line(indent).append("\t... ").append(end - start).append(" more");
			}
		}

		private void appendFrame(String indent, StackTraceElement frame) {
			line(indent).append("\tat ").append(frame);
		}

		private StringBuilder line(String indent) {
			return this.out.append(System.lineSeparator()).append(indent);
		}

	}

}
