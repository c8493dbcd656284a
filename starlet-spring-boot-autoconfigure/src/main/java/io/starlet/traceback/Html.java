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

import org.springframework.web.util.HtmlUtils;

/**
 * Writes HTML. What is not a literal of this package comes in through {@link #text} and
 * the values of attributes only, and is escaped there.
 */
final class Html {

	private final StringBuilder out = new StringBuilder(1 << 16);

	/**
	 * Open an element.
	 * @param tag its name
	 * @param attributes names and values in turn
	 */
	Html open(String tag, String... attributes) {
		this.out.append('<').append(tag);
		for (int index = 0; index < attributes.length; index += 2) {
			this.out.append(' ').append(attributes[index]).append("=\"");
			text(attributes[index + 1]);
			this.out.append('"');
		}
		this.out.append('>');
		return this;
	}

	Html close(String tag) {
		this.out.append("</").append(tag).append('>');
		return this;
	}

	Html element(String tag, String text, String... attributes) {
		return open(tag, attributes).text(text).close(tag);
	}

	Html text(String text) {
		this.out.append(HtmlUtils.htmlEscape(PrintableText.of(text), "UTF-8"));
		return this;
	}

	/**
	 * Append a part of the page that is the same for every error.
	 * @param markup the markup, which is not escaped
	 */
	Html fixed(String markup) {
		this.out.append(markup);
		return this;
	}

	@Override
	public String toString() {
		return this.out.toString();
	}

}
