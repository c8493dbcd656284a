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

/**
 * A traceback as plain text, in the JVM's own form with the failing lines between.
 */
final class TextTraceback {

	private final StringBuilder out = new StringBuilder(1 << 13);

	private TextTraceback() {
	}

	static String render(Traceback traceback) {
		TextTraceback text = new TextTraceback();
		text.appendThrowable("", "", traceback.error());
		text.out.append('\n');
		traceback.hints().forEach((hint) -> text.line("", "Hint: ", hint));
		text.line("", "Request: ", traceback.requestLine());
		text.line("", "Log prefix: ", traceback.logPrefix());
		traceback.application().facts().forEach((fact) -> text.line("", fact.name() + ": ", fact.value()));
		return text.toString();
	}

	static String render(TracedThrowable error) {
		TextTraceback text = new TextTraceback();
		text.appendThrowable("", "", error);
		return text.toString();
	}

	private void appendThrowable(String indent, String label, TracedThrowable traced) {
		line(indent, label, traced.heading());
		for (TracedFrame frame : traced.frames()) {
			appendFrame(indent, frame);
		}
		if (traced.framesInCommon() > 0) {
			line(indent, "\t", "... " + traced.framesInCommon() + " more");
		}
		appendAll(indent, "\tNote: ", traced.notes());
		appendAll(indent, "\tObserved at: ", traced.checkpoints());
		for (TracedThrowable suppressed : traced.suppressed()) {
			appendThrowable(indent + "\t", "Suppressed: ", suppressed);
		}
		if (traced.cause() != null) {
			appendThrowable(indent, "Caused by: ", traced.cause());
		}
	}

	private void appendFrame(String indent, TracedFrame frame) {
		line(indent, "\tat ", frame.element() + ((frame.count() > 1) ? " (" + frame.count() + " times)" : ""));
		SourceExcerpt source = frame.source();
		if (frame.application() && source != null) {
			line(indent, "\t   ", source.failingLine() + " | " + source.failingText().strip());
		}
	}

	private void appendAll(String indent, String label, List<String> lines) {
		lines.forEach((line) -> line(indent, label, line));
	}

	private void line(String indent, String label, String text) {
		this.out.append(indent).append(PrintableText.of(label + text)).append('\n');
	}

	@Override
	public String toString() {
		return this.out.toString();
	}

}
