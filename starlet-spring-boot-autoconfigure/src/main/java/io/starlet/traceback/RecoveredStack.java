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

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import reactor.core.Exceptions;

/**
 * What Reactor took apart, put together again: it moves the frames of an exception that
 * passes a checkpoint to a suppressed exception, leaves one, and writes the checkpoints
 * into the message of the suppressed one.
 */
final class RecoveredStack {

	static final String FRAMES_LOST = "Only one frame is left. Reactor moves the others to a suppressed exception, and this exception takes none.";

	static final String NO_FRAMES = "It carries no stack trace.";

	private static final String SHARED = "It was created once, in a static initialiser: its frames do not tell where it was raised, and its checkpoints may be those of other requests.";

	private static final String SITES = "Error has been observed at the following site(s):";

	private static final String END_OF_SITES = "Original Stack Trace:";

	private static final String GLUE = "⇢ ";

	private static final int MAX_FRAMES_READ = 10_000;

	private static final int MAX_CHECKPOINTS = 100;

	private static final int MAX_MESSAGE_READ = 1_000_000;

	private final List<StackTraceElement> frames;

	private final Set<String> checkpoints = new LinkedHashSet<>();

	private final List<Throwable> suppressed = new ArrayList<>();

	private final List<String> notes = new ArrayList<>();

	private boolean traceback;

	/**
	 * Recover the stack of a throwable.
	 * @param throwable the throwable
	 * @param wrappers Reactor's wrappers around it, the innermost first
	 * @param packages the application's own packages
	 */
	RecoveredStack(Throwable throwable, List<Throwable> wrappers, ApplicationPackages packages) {
		this.frames = readFrames(throwable, this.notes);
		readSuppressed(throwable, packages);
		note(throwable);
		wrappers.forEach((wrapper) -> readSuppressed(wrapper, packages));
		noteLimit();
	}

	/**
	 * Read the frames that a throwable was raised with, and nothing else of it.
	 * @param throwable the throwable
	 * @return the frames, the innermost first
	 */
	static List<StackTraceElement> readFrames(Throwable throwable) {
		return readFrames(throwable, new ArrayList<>());
	}

	/**
	 * Count the frames at the end of a stack that are those of another one. At least one
	 * frame is not counted, as a stack without any could not be read on its own.
	 * @param frames the stack
	 * @param enclosing the stack of the throwable that this one is the cause of or is
	 * suppressed in
	 * @return how many
	 */
	static int countFramesInCommon(List<StackTraceElement> frames, List<StackTraceElement> enclosing) {
		int count = 0;
		while (count < frames.size() - 1 && count < enclosing.size()
				&& frames.get(frames.size() - 1 - count).equals(enclosing.get(enclosing.size() - 1 - count))) {
			count++;
		}
		return count;
	}

	private static List<StackTraceElement> readFrames(Throwable throwable, List<String> notes) {
		List<StackTraceElement> own = readOwnFrames(throwable, notes);
		if (own.size() > 1) {
			// It was filled in again later
			return own;
		}
		for (Throwable candidate : throwable.getSuppressed()) {
			List<StackTraceElement> moved = Exceptions.isTraceback(candidate) ? readOwnFrames(candidate, notes)
					: List.of();
			if (!moved.isEmpty()) {
				return moved;
			}
		}
		return own;
	}

	private static List<StackTraceElement> readOwnFrames(Throwable throwable, List<String> notes) {
		try {
			StackTraceElement[] all = throwable.getStackTrace();
			if (all.length > MAX_FRAMES_READ) {
				notes.add((all.length - MAX_FRAMES_READ) + " frames at the end of its stack are left out.");
			}
			List<StackTraceElement> frames = new ArrayList<>(Math.min(all.length, MAX_FRAMES_READ));
			for (int i = 0; i < all.length && i < MAX_FRAMES_READ; i++) {
				if (all[i] != null && !isAssembly(all[i])) {
					frames.add(FrameNames.bound(all[i]));
				}
			}
			return frames;
		}
		catch (Throwable ex) {
			notes.add("Its stack trace can't be read: " + ex.getClass().getName() + ".");
			return List.of();
		}
	}

	/** Reactor drops them from what it moves, and stacks must stay comparable. */
	private static boolean isAssembly(StackTraceElement frame) {
		return frame.getClassName().startsWith("reactor.core.publisher.")
				&& frame.getClassName().contains("OnAssembly");
	}

	private void note(Throwable throwable) {
		if (this.frames.isEmpty() && this.notes.isEmpty()) {
			this.notes.add(NO_FRAMES);
		}
		if (this.frames.size() == 1 && throwable.getSuppressed().length == 0) {
			this.notes.add(FRAMES_LOST);
		}
		if (this.traceback && !this.frames.isEmpty() && this.frames.get(0).getMethodName().equals("<clinit>")) {
			this.notes.add(SHARED);
		}
	}

	private void readSuppressed(Throwable throwable, ApplicationPackages packages) {
		for (Throwable candidate : throwable.getSuppressed()) {
			if (Exceptions.isTraceback(candidate)) {
				this.traceback = true;
				readCheckpoints(candidate);
			}
			else if (isBlockMarker(candidate)) {
				readOwnFrames(candidate, this.notes).stream()
					.filter((frame) -> packages.contains(frame.getClassName()))
					.findFirst()
					.ifPresent((frame) -> this.checkpoints.add("block() " + GLUE + "at " + frame));
			}
			else {
				this.suppressed.add(candidate);
			}
		}
	}

	private static boolean isBlockMarker(Throwable candidate) {
		return candidate.getClass() == Exception.class && candidate.getMessage() != null
				&& candidate.getMessage().endsWith("#block terminated with an error");
	}

	private void readCheckpoints(Throwable candidate) {
		try {
			String message = PrintableText.cut(String.valueOf(candidate.getMessage()), MAX_MESSAGE_READ);
			int sites = message.indexOf(SITES);
			if (sites < 0) {
				message.lines().filter((line) -> !line.isBlank()).findFirst().ifPresent(this.checkpoints::add);
				return;
			}
			int end = message.endsWith(END_OF_SITES) ? message.length() - END_OF_SITES.length() : message.length();
			// A description may have several lines, only the first starts with a mark
			for (String site : message.substring(sites + SITES.length(), end).split("\\R\t(?=[*|]_)", -1)) {
				if (!site.isBlank()) {
					this.checkpoints.add(withoutMark(site));
				}
			}
		}
		catch (Throwable ex) {
			this.notes.add("Its checkpoints can't be read: " + ex.getClass().getName() + ".");
		}
	}

	private static String withoutMark(String site) {
		int start = 1;
		while (start < site.length() && (site.charAt(start) == '_' || site.charAt(start) == ' ')) {
			start++;
		}
		String text = site.substring(start).strip();
		return text.startsWith(GLUE) ? text.substring(GLUE.length()) : text;
	}

	private void noteLimit() {
		if (this.checkpoints.size() > MAX_CHECKPOINTS) {
			this.notes.add("Only the first " + MAX_CHECKPOINTS + " checkpoints are shown.");
		}
	}

	/**
	 * Return the frames that the throwable was raised with.
	 * @return the frames, the innermost first
	 */
	List<StackTraceElement> frames() {
		return this.frames;
	}

	/**
	 * Return where Reactor observed the throwable.
	 * @return a bounded number of texts, as they are
	 */
	List<String> checkpoints() {
		return this.checkpoints.stream().limit(MAX_CHECKPOINTS).toList();
	}

	/**
	 * Return the suppressed exceptions that are not Reactor's own.
	 * @return the suppressed exceptions
	 */
	List<Throwable> suppressed() {
		return this.suppressed;
	}

	/**
	 * Return what a reader has to know about the stack.
	 * @return sentences
	 */
	List<String> notes() {
		return this.notes;
	}

}
