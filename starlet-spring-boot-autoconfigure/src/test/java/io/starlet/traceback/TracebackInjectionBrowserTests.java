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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.starlet.testing.Browser;
import io.starlet.testing.BrowserExtension;
import org.jsoup.nodes.Attribute;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile texts do nothing in a browser: nothing runs, nothing is asked for, nothing is
 * even stopped by the Content-Security-Policy, and the page has the elements that it was
 * written with.
 */
@Timeout(120)
@ExtendWith(BrowserExtension.class)
class TracebackInjectionBrowserTests {

	private static final Set<String> ELEMENTS = ParsedPage
		.of(HtmlTraceback.render(Tracebacks.everywhere("harmless"), Tracebacks.EDITOR_LINK))
		.document()
		.getAllElements()
		.stream()
		.map((element) -> Stream
			.concat(Stream.of(element.tagName()),
					element.attributes().asList().stream().map(Attribute::getKey).sorted())
			.filter((name) -> !name.equals("hidden") && !name.equals("open"))
			.collect(Collectors.joining(" ")))
		.collect(Collectors.toSet());

	@TempDir
	private static Path directory;

	private static HostileApplication application;

	@BeforeAll
	static void start() throws Exception {
		application = HostileApplication.start(directory);
	}

	@AfterAll
	static void stop() throws Exception {
		application.close();
	}

	@ParameterizedTest(name = "{index}")
	@MethodSource("pages")
	void nothingRunsAndNothingIsAskedFor(String path, Browser browser) {
		String url = "http://localhost:" + application.application().port() + path;
		browser.open(url);
		assertThat(browser.all(".throwable")).hasSizeGreaterThanOrEqualTo(20);
		browser.evaluate("""
				document.querySelectorAll("details").forEach((details) => details.open = true);
				document.querySelectorAll("*").forEach((element) => {
					element.focus();
					["mouseover", "pointerover", "animationstart", "toggle"].forEach((type) =>
						element.dispatchEvent(new Event(type, { bubbles: true })));
				})""");
		assertThat(browser.evaluate("return typeof window.__pwned")).isEqualTo("undefined");
		assertThat(browser.evaluate("return document.cookie")).isEqualTo("");
		assertThat(elements(browser)).isNotEmpty().isSubsetOf(ELEMENTS);
		assertThat(String.valueOf(browser.evaluate("return document.querySelector('textarea').value")))
			.startsWith("### Request\n");
		// The status of the page is one itself
		assertThat(browser.errors()).allMatch((error) -> error.contains("status of 500"));
		assertThat(browser.requests()).filteredOn((request) -> !request.startsWith("data:")).hasSize(1);
	}

	static Stream<String> pages() {
		Stream<String> texts = every(HostileApplication.CHAIN).mapToObj((from) -> "/texts/" + from + "?"
				+ HostileApplication.CORPUS.stream()
					.skip(from)
					.limit(HostileApplication.CHAIN)
					.map((text) -> UriUtils.encode(text, StandardCharsets.UTF_8))
					.map((text) -> text + "=" + text)
					.collect(Collectors.joining("&")));
		return Stream.concat(texts, every(HostileApplication.LINES).mapToObj((from) -> "/sources/" + from));
	}

	private static IntStream every(int number) {
		return IntStream.iterate(0, (from) -> from < HostileApplication.CORPUS.size(), (from) -> from + number);
	}

	private static List<String> elements(Browser browser) {
		Object elements = browser.evaluate("""
				return [...new Set([...document.querySelectorAll("*")].map((element) =>
					[element.localName, ...[...element.attributes].map((attribute) => attribute.name)
						.filter((name) => name !== "hidden" && name !== "open").sort()].join(" ")))]""");
		return ((List<?>) Objects.requireNonNull(elements)).stream().map(String::valueOf).toList();
	}

}
