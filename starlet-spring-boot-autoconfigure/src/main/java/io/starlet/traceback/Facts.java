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
	 * Add a fact whose name is Starlet's own, so that only the value is redacted.
	 * @param name its name
	 * @param value its value, or {@code null} if there is none
	 */
	void add(String name, Supplier<@Nullable String> value) {
		contain((facts) -> {
			String text = value.get();
			if (text != null) {
				addRedacted(name, this.redaction.text(bounded(text)));
			}
		}, name);
	}

	/**
	 * Add a fact whose name is the client's or the application's, and decides with it
	 * whether the value is masked.
	 * @param name its name
	 * @param value its value
	 */
	void addNamed(String name, @Nullable Object value) {
		if (this.facts.size() == MOST) {
			this.more++;
			return;
		}
		String boundedName = bounded(name);
		addRedacted(this.redaction.text(boundedName),
				this.redaction.isSensitive(boundedName) ? Redaction.MASK : this.redaction.text(describe(value)));
	}

	/**
	 * Add a name without its value.
	 * @param name its name
	 * @param value what stands in place of the value
	 */
	void addMasked(String name, String value) {
		if (this.facts.size() == MOST) {
			this.more++;
			return;
		}
		addRedacted(this.redaction.text(bounded(name)), value);
	}

	private void addRedacted(String name, String value) {
		this.facts.add(new Section.Fact(cut(name, LONGEST_NAME), cut(value, LONGEST_VALUE)));
	}

	/**
	 * Add facts. If that fails, what was added stays.
	 * @param source adds them
	 * @return these facts
	 */
	Facts addAll(Consumer<Facts> source) {
		contain(source, "");
		return this;
	}

	/** Anything may come from the application's own classes, errors too. */
	private void contain(Consumer<Facts> source, String name) {
		try {
			source.accept(this);
		}
		catch (Throwable ex) {
			addFailure(name, ex);
		}
	}

	/**
	 * Add that something could not be read.
	 * @param name what
	 * @param failure why
	 */
	void addFailure(String name, Throwable failure) {
		this.facts.add(new Section.Fact(name, "could not be read: " + failure.getClass().getName()));
	}

	/**
	 * Return the section.
	 * @return the section, perhaps without a fact
	 */
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
		if (value instanceof String text) {
			return bounded(text);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (type.getClassLoader() != null) {
			return type.getTypeName();
		}
		if (value instanceof Class<?> named) {
			return named.getName();
		}
		if (value instanceof Collection<?> collection) {
			return type.getTypeName() + " (size " + collection.size() + ")";
		}
		if (value instanceof Map<?, ?> map) {
			return type.getTypeName() + " (size " + map.size() + ")";
		}
		return ClassUtils.isSimpleValueType(type) ? bounded(value.toString()) : type.getTypeName();
	}

	private static String bounded(String text) {
		return cut(text, LONGEST_INPUT);
	}

	private static String cut(String text, int longest) {
		if (text.length() <= longest) {
			return text;
		}
		int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
		return text.substring(0, end) + "…";
	}

}
