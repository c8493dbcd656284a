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
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Reads a throwable with its causes and suppressed exceptions, within bounds, without
 * changing it and whatever its methods do.
 */
final class ThrowableTracer {

	private static final int MAX_THROWABLES = 100;

	private static final int MAX_CAUSES = 50;

	private static final int MAX_CAUSES_OF_SUPPRESSED = 10;

	private static final int MAX_CAUSES_READ = 2_000;

	private static final int MAX_SUPPRESSED = 20;

	private static final int MAX_DEPTH = 5;

	private static final int MAX_FRAMES = 500;

	private static final int MAX_EXCERPTS = 50;

	private static final int MAX_MESSAGE = 10_000;

	private static final int MAX_CHECKPOINT = 1_000;

	private static final int MAX_TYPE = 1_000;

	private static final int MAX_LABEL = 200;

	/** The longest run of frames that is looked for again right after itself. */
	private static final int MAX_CYCLE = 32;

	private final ApplicationPackages packages;

	private final Redaction redaction;

	private final Function<StackTraceElement, @Nullable SourceExcerpt> sources;

	/**
	 * Create a tracer.
	 * @param packages the application's own packages
	 * @param redaction what is masked
	 * @param sources finds the lines around a frame
	 */
	ThrowableTracer(ApplicationPackages packages, Redaction redaction,
			Function<StackTraceElement, @Nullable SourceExcerpt> sources) {
		this.packages = packages;
		this.redaction = redaction;
		this.sources = sources;
	}

	/**
	 * Read a throwable.
	 * @param error the throwable, which is not changed
	 * @return what is shown of it
	 */
	TracedThrowable trace(Throwable error) {
		TracedThrowable traced = new Walk().trace(error, List.of(), 0);
		return withSources(traced, findSources(traced));
	}

	private Map<StackTraceElement, SourceExcerpt> findSources(TracedThrowable traced) {
		List<TracedFrame> frames = rootCauseFirst(traced).flatMap((throwable) -> throwable.frames().stream()).toList();
		Map<StackTraceElement, SourceExcerpt> found = new HashMap<>();
		Stream
			.concat(frames.stream().filter(TracedFrame::application),
					frames.stream().filter(Predicate.not(TracedFrame::application)))
			.map(TracedFrame::element)
			.filter((element) -> element.getLineNumber() > 0)
			.distinct()
			.limit(MAX_EXCERPTS)
			.forEach((element) -> {
				SourceExcerpt source = findSource(element);
				if (source != null) {
					found.put(element, source);
				}
			});
		return found;
	}

	private @Nullable SourceExcerpt findSource(StackTraceElement element) {
		try {
			return this.sources.apply(element);
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private static Stream<TracedThrowable> rootCauseFirst(TracedThrowable traced) {
		Stream<TracedThrowable> causes = (traced.cause() != null) ? rootCauseFirst(traced.cause()) : Stream.empty();
		return Stream
			.of(causes, Stream.of(traced), traced.suppressed().stream().flatMap(ThrowableTracer::rootCauseFirst))
			.flatMap(Function.identity());
	}

	private static TracedThrowable withSources(TracedThrowable traced, Map<StackTraceElement, SourceExcerpt> found) {
		return new TracedThrowable(traced.type(), traced.message(),
				traced.frames()
					.stream()
					.map((frame) -> new TracedFrame(frame.element(), frame.function(), frame.application(),
							frame.count(), found.get(frame.element())))
					.toList(),
				traced.framesInCommon(), traced.checkpoints(), traced.notes(),
				(traced.cause() != null) ? withSources(traced.cause(), found) : null,
				traced.suppressed().stream().map((suppressed) -> withSources(suppressed, found)).toList());
	}

	private String readMessage(Throwable throwable, int length) {
		String message;
		try {
			message = throwable.getMessage();
		}
		catch (Throwable ex) {
			return "(The message can't be read: " + ex.getClass().getName() + ")";
		}
		return (message != null) ? redact(message, length) : "";
	}

	/**
	 * Redacts a longer beginning too: where the two differ, the end of the shorter one is
	 * a part of something that is masked.
	 */
	private String redact(String text, int length) {
		if (text.length() <= length) {
			return this.redaction.text(text);
		}
		String redacted = this.redaction.text(PrintableText.cut(text, length));
		String more = this.redaction.text(PrintableText.cut(text, 2 * length));
		int end = Arrays.mismatch(redacted.toCharArray(), more.toCharArray());
		return PrintableText.cut(redacted, (end < 0) ? redacted.length() : end) + "… (cut, of " + text.length()
				+ " characters)";
	}

	private String describe(Throwable throwable) {
		String message = readMessage(throwable, MAX_LABEL);
		return PrintableText.cut(throwable.getClass().getName(), MAX_LABEL) + (message.isEmpty() ? "" : ": " + message);
	}

	private List<TracedFrame> readFrames(List<StackTraceElement> stack, List<String> notes) {
		List<StackTraceElement> written = stack.stream().filter(Predicate.not(FrameNames::isGenerated)).toList();
		List<StackTraceElement> shown = written.isEmpty() ? stack : written;
		List<TracedFrame> frames = new ArrayList<>();
		int index = 0;
		while (index < shown.size() && frames.size() < MAX_FRAMES) {
			int cycle = findCycle(shown, index);
			int count = countCycles(shown, index, cycle);
			for (StackTraceElement frame : shown.subList(index, index + cycle)) {
				frames.add(new TracedFrame(frame, FrameNames.function(frame),
						this.packages.contains(frame.getClassName()), count, null));
			}
			if (cycle > 1) {
				notes.add("The " + cycle + " frames from " + FrameNames.function(shown.get(index)) + " on are " + count
						+ " times in a row on the stack.");
			}
			index += cycle * count;
		}
		if (index < shown.size()) {
			notes.add((shown.size() - index) + " frames at the end of its stack are left out.");
		}
		return frames;
	}

	private static int findCycle(List<StackTraceElement> stack, int start) {
		if (countCycles(stack, start, 1) > 1) {
			return 1;
		}
		for (int length = 2; length <= MAX_CYCLE; length++) {
			if (countCycles(stack, start, length) > 2) {
				return length;
			}
		}
		return 1;
	}

	private static int countCycles(List<StackTraceElement> stack, int start, int length) {
		int end = start + length;
		while (end + length <= stack.size()
				&& stack.subList(start, start + length).equals(stack.subList(end, end + length))) {
			end += length;
		}
		return (end - start) / length;
	}

	/**
	 * One throwable that is kept on its place in the chain of causes.
	 */
	private static final class Link {

		private final Throwable throwable;

		private final List<Throwable> wrappers = new ArrayList<>();

		private final List<String> notes = new ArrayList<>();

		private @Nullable Throwable cause;

		/** Looks through the wrappers of Reactor. */
		Link(Throwable raised) {
			Throwable current = raised;
			Throwable wrapped = unwrap(current);
			while (wrapped != null && this.wrappers.size() < MAX_CAUSES) {
				this.wrappers.add(0, current);
				current = wrapped;
				wrapped = unwrap(current);
			}
			this.throwable = current;
		}

		private static @Nullable Throwable unwrap(Throwable throwable) {
			boolean wrapper = !Exceptions.isMultiple(throwable) && (Exceptions.unwrap(throwable) != throwable
					|| Exceptions.isBubbling(throwable) || throwable instanceof Exceptions.SourceException);
			return wrapper ? throwable.getCause() : null;
		}

		@Nullable Throwable readCause() {
			if (Exceptions.isMultiple(this.throwable)) {
				List<Throwable> errors = Exceptions.unwrapMultipleExcludingTracebacks(this.throwable);
				this.notes.add("Reactor collected " + errors.size()
						+ " errors: the first is shown as the cause, the others as suppressed.");
				this.cause = errors.isEmpty() ? null : errors.get(0);
				return this.cause;
			}
			try {
				this.cause = this.throwable.getCause();
			}
			catch (Throwable ex) {
				this.notes.add("Its cause can't be read: " + ex.getClass().getName() + ".");
			}
			return this.cause;
		}

	}

	/**
	 * One walk through a throwable and everything that hangs on it.
	 */
	private final class Walk {

		private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

		private int remaining = MAX_THROWABLES;

		TracedThrowable trace(Throwable raised, List<StackTraceElement> enclosing, int depth) {
			List<Link> links = readCauses(raised);
			dropTheMiddle(links, Math.min(this.remaining, (depth == 0) ? MAX_CAUSES : MAX_CAUSES_OF_SUPPRESSED));
			this.remaining -= links.size();
			List<TracedThrowable> traced = new ArrayList<>();
			List<StackTraceElement> outer = enclosing;
			for (Link link : links) {
				RecoveredStack stack = new RecoveredStack(link.throwable, link.wrappers, ThrowableTracer.this.packages);
				traced.add(read(link, stack, outer, depth));
				outer = stack.frames();
			}
			return link(traced);
		}

		private TracedThrowable link(List<TracedThrowable> traced) {
			TracedThrowable cause = null;
			for (int i = traced.size() - 1; i >= 0; i--) {
				TracedThrowable current = traced.get(i);
				cause = new TracedThrowable(current.type(), current.message(), current.frames(),
						current.framesInCommon(), current.checkpoints(), current.notes(), cause, current.suppressed());
			}
			return Objects.requireNonNull(cause);
		}

		private List<Link> readCauses(Throwable raised) {
			List<Link> links = new ArrayList<>();
			Link link = new Link(raised);
			while (link != null) {
				this.seen.add(link.throwable);
				links.add(link);
				link = nextLink(link, links.size());
			}
			return links;
		}

		private @Nullable Link nextLink(Link link, int length) {
			Throwable cause = link.readCause();
			if (cause == null) {
				return null;
			}
			Link next = new Link(cause);
			if (this.seen.contains(next.throwable)) {
				link.notes.add("Its cause is shown already: " + describe(next.throwable));
				return null;
			}
			if (length == MAX_CAUSES_READ) {
				link.notes.add("Its causes are left out.");
				return null;
			}
			return next;
		}

		/** Keeps the root cause, which tells most. */
		private void dropTheMiddle(List<Link> links, int length) {
			int dropped = links.size() - length;
			if (dropped > 0) {
				int first = (length + 1) / 2;
				links.get(first - 1).notes.add(dropped + " causes are left out here.");
				links.subList(first, first + dropped).clear();
			}
		}

		private TracedThrowable read(Link link, RecoveredStack stack, List<StackTraceElement> enclosing, int depth) {
			List<String> notes = new ArrayList<>(stack.notes());
			int framesInCommon = RecoveredStack.countFramesInCommon(stack.frames(), enclosing);
			List<TracedFrame> frames = readFrames(stack.frames().subList(0, stack.frames().size() - framesInCommon),
					notes);
			List<TracedThrowable> suppressed = readSuppressed(link, stack, notes, depth);
			notes.addAll(link.notes);
			return new TracedThrowable(PrintableText.cut(link.throwable.getClass().getName(), MAX_TYPE),
					readMessage(link.throwable, MAX_MESSAGE), frames, framesInCommon,
					stack.checkpoints().stream().map((checkpoint) -> redact(checkpoint, MAX_CHECKPOINT)).toList(),
					notes, null, suppressed);
		}

		private List<TracedThrowable> readSuppressed(Link link, RecoveredStack stack, List<String> notes, int depth) {
			List<TracedThrowable> traced = new ArrayList<>();
			List<Throwable> all = stack.suppressed();
			if (Exceptions.isMultiple(link.throwable)) {
				all = all.stream().filter((one) -> one != link.cause).toList();
			}
			int read = 0;
			while (read < Math.min(all.size(), MAX_SUPPRESSED) && this.remaining > 0 && depth < MAX_DEPTH) {
				Throwable suppressed = all.get(read++);
				Throwable unwrapped = new Link(suppressed).throwable;
				if (this.seen.contains(unwrapped)) {
					notes.add("A suppressed exception is shown already: " + describe(unwrapped));
				}
				else {
					traced.add(trace(suppressed, stack.frames(), depth + 1));
				}
			}
			if (read < all.size()) {
				notes.add((all.size() - read) + " suppressed exceptions are left out.");
			}
			return traced;
		}

	}

}
