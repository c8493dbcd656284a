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
import java.util.List;
import java.util.Set;

import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.ParseError;
import org.jsoup.parser.Parser;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A page as a browser's parser reads it.
 */
final class ParsedPage {

	private static final Set<String> EDITOR_SCHEMES = Set.of("vscode");

	private final Document document;

	private final List<ParseError> errors;

	private ParsedPage(Document document, List<ParseError> errors) {
		this.document = document;
		this.errors = errors;
	}

	static ParsedPage of(String html) {
		Parser parser = Parser.htmlParser().setTrackErrors(20);
		Document document = parser.parseInput(html, "");
		return new ParsedPage(document, List.copyOf(parser.getErrors()));
	}

	Document document() {
		return this.document;
	}

	List<ParseError> errors() {
		return this.errors;
	}

	Element first(String selector) {
		return this.document.expectFirst(selector);
	}

	List<String> texts(String selector) {
		return this.document.select(selector).stream().map(Element::wholeText).toList();
	}

	/** What a browser hands out as the value of the text area. */
	String markdown() {
		String text = first("textarea").wholeText();
		// jsoup leaves the line break in that a browser drops
		assertThat(text).startsWith("\n");
		return text.substring(1);
	}

	/**
	 * Every element in order, with all of its attributes but those values that are meant
	 * to hold a text of the application's.
	 */
	List<String> shape() {
		List<String> shape = new ArrayList<>();
		for (Element element : this.document.getAllElements()) {
			StringBuilder line = new StringBuilder(element.tagName());
			for (Attribute attribute : element.attributes()) {
				line.append(' ').append(attribute.getKey()).append('=').append(value(element, attribute));
			}
			shape.add(line.toString());
		}
		return shape;
	}

	private static String value(Element element, Attribute attribute) {
		if (attribute.getKey().equals("title") && element.hasClass("function")) {
			return "...";
		}
		if (attribute.getKey().equals("href") && element.text().equals("Open in editor")) {
			String scheme = attribute.getValue().replaceFirst(":.*", "");
			return EDITOR_SCHEMES.contains(scheme) ? "an editor" : attribute.getValue();
		}
		return attribute.getValue();
	}

}
