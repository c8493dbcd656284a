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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Collects the facts of a section: redacted, bounded in number and length, and with a
 * note in place of what could not be read.
 */
final class Facts {

	private static final int MOST = 100;

	private static final int LONGEST_NAME = 200;

	private static final int LONGEST_VALUE = 1000;

	/** More is not even redacted. */
	private static final int LONGEST_INPUT = 50_000;

	private final String title;

	private final Redaction redaction;

	private final List<Section.Fact> facts = new ArrayList<>();

	private int more;

	Facts(String title, Redaction redaction) {
		this.title = title;
		this.redaction = redaction;
	}

	/**
	 * Add a fact, if it has a value, whose name is Starlet's own and no reason to mask.
	 */
	void add(String name, Supplier<@Nullable String> value) {
		addOwn(name, () -> {
			String text = value.get();
			return (text != null) ? this.redaction.text(PrintableText.shorten(text, LONGEST_INPUT)) : null;
		});
	}

	/** Add a fact, if it has a value, that is the application's own and no secret. */
	void addOwn(String name, Supplier<@Nullable String> value) {
		contain(name, (facts) -> {
			String text = value.get();
			if (text != null) {
				addMasked(name, text);
			}
		});
	}

	/**
	 * Add a fact whose name is the client's or the application's, and decides whether the
	 * value is masked.
	 */
	void addNamed(String name, @Nullable Object value) {
		addFact(name, () -> this.redaction.isSensitive(PrintableText.shorten(name, LONGEST_INPUT)) ? Redaction.MASK
				: this.redaction.text(describe(value)));
	}

	/** Add a name with what stands in place of its value. */
	void addMasked(String name, String value) {
		addFact(name, () -> value);
	}

	private void addFact(String name, Supplier<String> redacted) {
		if (this.facts.size() == MOST) {
			this.more++;
			return;
		}
		String redactedName = this.redaction.text(PrintableText.shorten(name, LONGEST_INPUT));
		this.facts.add(new Section.Fact(PrintableText.shorten(redactedName, LONGEST_NAME),
				PrintableText.shorten(redacted.get(), LONGEST_VALUE)));
	}

	/** Add facts. If that fails, what was added stays. */
	Facts addAll(Consumer<Facts> source) {
		contain("", source);
		return this;
	}

	/** Anything may come from the application's own classes, errors too. */
	private void contain(String name, Consumer<Facts> source) {
		try {
			source.accept(this);
		}
		catch (Throwable ex) {
			addFailure(name, ex);
		}
	}

	void addFailure(String name, Throwable failure) {
		this.facts.add(new Section.Fact(name, "could not be read: " + failure.getClass().getName()));
	}

	Section section() {
		List<Section.Fact> all = new ArrayList<>(this.facts);
		if (this.more > 0) {
			all.add(new Section.Fact("…", "and " + this.more + " more"));
		}
		return new Section(this.title, List.copyOf(all));
	}

	/**
	 * Return what can be said of an object without asking classes that are not the JDK's:
	 * their {@code toString()} may show a secret, take its time or fail.
	 */
	private static String describe(@Nullable Object value) {
		if (value == null) {
			return "null";
		}
		Class<?> type = value.getClass();
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (type.getClassLoader() != null) {
			return type.getTypeName();
		}
		if (value instanceof Collection<?> collection) {
			return type.getTypeName() + " (size " + collection.size() + ")";
		}
		if (value instanceof Map<?, ?> map) {
			return type.getTypeName() + " (size " + map.size() + ")";
		}
		if (value instanceof Class<?> named) {
			return named.getName();
		}
		return ClassUtils.isSimpleValueType(type) ? PrintableText.shorten(value.toString(), LONGEST_INPUT)
				: type.getTypeName();
	}

}
