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
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.starlet.testing.Browser;
import io.starlet.testing.BrowserExtension;
import io.starlet.testing.Server;
import io.starlet.testing.TestApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.WebElement;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the traceback page in a browser.
 */
@ExtendWith(BrowserExtension.class)
@Timeout(60)
class TracebackPageBrowserTests {

	/** As WCAG has it, of every text that is visible, where it is too low. */
	private static final String LOW_CONTRAST = """
			const rgba = (colour) => colour.match(/[0-9.]+/g).map(Number)
			const channel = (value) => value <= 10.31475 ? value / 3294.6 : Math.pow((value / 255 + 0.055) / 1.055, 2.4)
			const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
			const background = (element) => {
				const colour = rgba(getComputedStyle(element).backgroundColor)
				return colour[3] === 0 && element.parentElement ? background(element.parentElement) : colour
			}
			const low = []
			const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
			let seen = 0
			while (texts.nextNode()) {
				const element = texts.currentNode.parentElement
				if (!texts.currentNode.data.trim() || !element.checkVisibility()) {
					continue
				}
				const style = getComputedStyle(element)
				const [one, other] = [luminance(rgba(style.color)), luminance(background(element))]
				const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
				const large = parseFloat(style.fontSize) >= 24
				seen++
				if (!(ratio >= (large ? 3 : 4.5))) {
					low.push(`${ratio.toFixed(2)}: ${element.className || element.tagName}: ${texts.currentNode.data}`)
				}
			}
			return seen < 50 ? ["only " + seen + " texts"] : low""";

	private static TestApplication application;

	private final Browser browser;

	TracebackPageBrowserTests(Browser browser) {
		this.browser = browser;
	}

	@BeforeAll
	static void start() {
		application = TestApplication.start(Server.REACTOR_NETTY, Shop.class, "starlet.debug=true",
				"starlet.traceback.application-packages=" + Shop.class.getPackageName(),
				"starlet.traceback.editor=idea");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void libraryFramesAreFoldedWithAndWithoutScripts(boolean scripts) {
		this.browser.setScripts(scripts);
		open();
		List<WebElement> folded = this.browser.all("li.library > details");
		assertThat(folded).hasSizeGreaterThan(1);
		assertThat(folded).allSatisfy((details) -> assertThat(details.getDomAttribute("open")).isNull());
		WebElement frame = this.browser.first("li.library li");
		assertThat(frame.isDisplayed()).isFalse();
		this.browser.first("li.library summary").click();
		assertThat(frame.isDisplayed()).isTrue();
		assertThat(frame.getText()).isNotEmpty();
		this.browser.first("li.library summary").click();
		assertThat(frame.isDisplayed()).isFalse();
	}

	@Test
	void applicationFramesShowTheirSource() {
		open();
		List<WebElement> failing = this.browser.all("li.application mark");
		assertThat(failing).allSatisfy((line) -> assertThat(line.isDisplayed()).isTrue());
		assertThat(failing).extracting((line) -> line.getText().replaceFirst("^\\s*[0-9]+", "").strip())
			.containsExactly("throw new IllegalStateException(\"No price in: \" + line, ex);", "return parse(line);",
					"return Mono.just(\"Emma;much\").publishOn(Schedulers.parallel()).flatMap((line) -> Mono.just(price(line)));",
					"return Integer.parseInt(line.substring(line.indexOf(';') + 1));");
	}

	@Test
	void pageIsWholeWithoutScripts() {
		this.browser.setScripts(false);
		open();
		assertThat(this.browser.first("h1").getText()).endsWith("IllegalStateException");
		assertThat(this.browser.first("#root-cause + article h3").getText())
			.isEqualTo("java.lang.NumberFormatException");
		assertThat(this.browser.first("textarea").getDomProperty("value")).contains("NumberFormatException");
		assertThat(this.browser.all(".scripted")).isNotEmpty()
			.allSatisfy((element) -> assertThat(element.isDisplayed()).isFalse());
		assertQuiet();
	}

	@Test
	void keysGoFromFrameToFrame() {
		open();
		List<WebElement> frames = this.browser.all(".frames > li > details > summary");
		this.browser.press("j");
		assertThat(this.browser.focused()).isEqualTo(frames.get(0));
		this.browser.press("j", "j");
		assertThat(this.browser.focused()).isEqualTo(frames.get(2));
		this.browser.press("k");
		assertThat(this.browser.focused()).isEqualTo(frames.get(1));
		this.browser.press("k", "k", "k");
		assertThat(this.browser.focused()).isEqualTo(frames.get(0));
		this.browser.press("j".repeat(frames.size() + 1));
		assertThat(this.browser.focused()).isEqualTo(frames.get(frames.size() - 1));
		assertThat(this.browser.evaluate("return scrollY")).isNotEqualTo(0L);
		assertQuiet();
	}

	@Test
	void frameIsOpenedByKeyboard() {
		open();
		WebElement details = this.browser.first(".frames > li.library > details");
		this.browser.press("j".repeat(4));
		assertThat(details.getDomAttribute("open")).isNull();
		this.browser.press(" ");
		assertThat(details.getDomAttribute("open")).isNotNull();
	}

	@Test
	void buttonCopiesMarkdown() {
		open();
		WebElement button = this.browser.first("#copy button");
		String markdown = this.browser.first("textarea").getDomProperty("value");
		button.click();
		Awaitility.await().untilAsserted(() -> assertThat(button.getText()).isEqualTo("Copied"));
		assertThat(this.browser.clipboard()).isEqualTo(markdown);
		assertThat(markdown).contains("IllegalStateException", "NumberFormatException", "price");
		assertQuiet();
	}

	@Test
	void darkModeChangesColours() {
		open();
		assertThat(luminance("body")).isGreaterThan(200);
		assertThat(luminance("pre")).isGreaterThan(200);
		this.browser.setDark(true);
		assertThat(luminance("body")).isLessThan(50);
		assertThat(luminance("pre")).isLessThan(50);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void textsStandOutFromTheirBackground(boolean dark) {
		this.browser.setDark(dark);
		open();
		this.browser.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)");
		assertThat(this.browser.evaluate(LOW_CONTRAST)).isEqualTo(List.of());
	}

	@Test
	void pageAsksForNothingElse() {
		List<String> requests = application.bean(Requests.class).paths();
		requests.clear();
		open();
		this.browser.press("j");
		assertThat(this.browser.requests()).containsExactly(url());
		assertThat(requests).containsExactly("/price");
		assertQuiet();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void pageFitsOnPhone(boolean scripts) {
		this.browser.setScripts(scripts);
		this.browser.setPhone();
		open();
		assertThat(this.browser.evaluate("return innerWidth")).isEqualTo(375L);
		assertThat(this.browser.overflow()).isZero();
		this.browser.all("li.library > details > summary").forEach(WebElement::click);
		assertThat(this.browser.overflow()).isZero();
	}

	@Test
	void printedPageHasTracebackWithoutControls() {
		open();
		this.browser.setPrinting();
		assertThat(this.browser.first("h1").isDisplayed()).isTrue();
		assertThat(this.browser.first("li.application mark").isDisplayed()).isTrue();
		assertThat(this.browser.first("nav").isDisplayed()).isFalse();
		assertThat(this.browser.first("#copy").isDisplayed()).isFalse();
	}

	@Test
	void partsOfPageAreNamed() {
		open();
		assertThat(this.browser.all("header, main, footer, nav[aria-label], h1")).hasSize(5);
		assertThat(this.browser.evaluate("return document.documentElement.lang")).isEqualTo("en");
		assertThat(this.browser.evaluate("return document.title")).asString().contains("IllegalStateException");
		assertThat(this.browser.all("section, pre, textarea")).filteredOn(WebElement::isDisplayed)
			.isNotEmpty()
			.allSatisfy((part) -> assertThat(part.getAccessibleName()).isNotEmpty());
	}

	private void open() {
		this.browser.open(url());
	}

	private static String url() {
		return "http://127.0.0.1:" + application.port() + "/price";
	}

	/** Without an error but that of the page itself, which is a 500. */
	private void assertQuiet() {
		assertThat(this.browser.errors()).filteredOn((error) -> !error.startsWith(url())).isEmpty();
	}

	private double luminance(String selector) {
		return (double) Objects.requireNonNull(this.browser.evaluate("""
				const colour = getComputedStyle(document.querySelector(arguments[0])).backgroundColor
				const [red, green, blue] = colour.match(/[0-9]+/g).map(Number)
				return 0.2126 * red + 0.7152 * green + 0.0722 * blue""", selector));
	}

	record Requests(List<String> paths) {
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Shop {

		@Bean
		Requests requests() {
			return new Requests(new CopyOnWriteArrayList<>());
		}

		@Bean
		WebFilter recording(Requests requests) {
			return (exchange, chain) -> {
				ServerHttpRequest request = exchange.getRequest();
				requests.paths().add(request.getPath().value());
				return chain.filter(exchange);
			};
		}

		@GetMapping("/price")
		Mono<Integer> price() {
			return Mono.just("Emma;much").publishOn(Schedulers.parallel()).flatMap((line) -> Mono.just(price(line)));
		}

		private static int price(String line) {
			return parse(line);
		}

		private static int parse(String line) {
			try {
				return Integer.parseInt(line.substring(line.indexOf(';') + 1));
			}
			catch (NumberFormatException ex) {
				throw new IllegalStateException("No price in: " + line, ex);
			}
		}

	}

}
