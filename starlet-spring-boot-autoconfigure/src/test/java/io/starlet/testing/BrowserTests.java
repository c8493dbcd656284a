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

package io.starlet.testing;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Browser}: that it sees what other tests assert the absence of.
 */
@ExtendWith(BrowserExtension.class)
@Timeout(60)
class BrowserTests {

	private static final String PAGE = """
			<!DOCTYPE html>
			<html lang="en">
			<meta name="viewport" content="width=device-width">
			<link rel="icon" href="data:,">
			<style>
				:root { color-scheme: light dark }
				body { background: white }
				@media (prefers-color-scheme: dark) { body { background: black } }
				@media print { button { display: none } }
				p { width: 600px; margin-right: 8px }
			</style>
			<p>Some text</p>
			<details><summary>More</summary><i>text</i></details>
			<noscript>No script</noscript>
			<button>Copy</button>
			<script>
				document.onkeydown = (event) => document.title += event.key
				document.querySelector("button").onclick = () => navigator.clipboard.writeText("copied")
			</script>
			""";

	private static TestApplication application;

	private final Browser browser;

	BrowserTests(Browser browser) {
		this.browser = browser;
	}

	@BeforeAll
	static void start() {
		application = TestApplication.start(Server.REACTOR_NETTY, Pages.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void pageWithoutFaultsHasNoErrorsAndOneRequest() {
		open("/page");
		assertThat(this.browser.errors()).isEmpty();
		assertThat(this.browser.requests()).containsExactly("http://127.0.0.1:" + application.port() + "/page");
	}

	@Test
	void errorsOfScriptsAreSeen() {
		open("/script-error");
		assertThat(this.browser.errors()).singleElement().asString().contains("Error: broken");
	}

	@Test
	void violationsOfThePolicyAreSeen() {
		open("/policy");
		assertThat(this.browser.errors()).hasSize(3)
			.allSatisfy((error) -> assertThat(error).contains("Content Security Policy"));
		assertThat(this.browser.evaluate("return document.title")).isEqualTo("");
	}

	@Test
	void requestsForOtherThingsThanThePageAreSeen() {
		open("/image");
		assertThat(this.browser.requests()).hasSize(2).last().asString().endsWith("/favicon.svg");
	}

	@Test
	void keysArePressed() {
		open("/page");
		this.browser.press("j", Keys.ESCAPE, "k");
		assertThat(this.browser.evaluate("return document.title")).isEqualTo("jEscapek");
	}

	@Test
	void clipboardIsRead() {
		open("/page");
		this.browser.first("button").click();
		Awaitility.await().untilAsserted(() -> assertThat(this.browser.clipboard()).isEqualTo("copied"));
	}

	@Test
	void darkModeChangesColours() {
		open("/page");
		assertThat(this.browser.first("body").getCssValue("background-color")).isEqualTo("rgba(255, 255, 255, 1)");
		this.browser.setDark(true);
		assertThat(this.browser.first("body").getCssValue("background-color")).isEqualTo("rgba(0, 0, 0, 1)");
	}

	@Test
	void printedPageIsShown() {
		open("/page");
		assertThat(this.browser.first("button").isDisplayed()).isTrue();
		this.browser.setPrinting();
		assertThat(this.browser.first("button").isDisplayed()).isFalse();
	}

	@Test
	void partsThatArePushedOffThePhoneAreSeen() {
		this.browser.setPhone();
		open("/page");
		assertThat(this.browser.overflow()).isEqualTo(600 + 8 - 375);
	}

	@Test
	void scriptsDoNotRunIfSwitchedOff() {
		this.browser.setScripts(false);
		open("/page");
		assertThat(this.browser.first("noscript").getCssValue("display")).isEqualTo("inline");
		this.browser.press("j");
		assertThat(this.browser.evaluate("return document.title")).isEqualTo("");
		assertThat(this.browser.first("i").isDisplayed()).isFalse();
		this.browser.first("summary").click();
		assertThat(this.browser.first("i").isDisplayed()).isTrue();
	}

	private void open(String path) {
		this.browser.open("http://127.0.0.1:" + application.port() + path);
	}

	@Configuration(proxyBeanMethods = false)
	static class Pages {

		@Bean
		RouterFunction<ServerResponse> pages() {
			return RouterFunctions.route()
				.GET("/page", (request) -> page().bodyValue(PAGE))
				.GET("/script-error",
						(request) -> page().bodyValue(PAGE + "<script>throw new Error('broken')</script>"))
				.GET("/policy",
						(request) -> page().header("Content-Security-Policy", "default-src 'none'").bodyValue(PAGE))
				.GET("/image", (request) -> page().bodyValue(PAGE + "<img src='favicon.svg'>"))
				.build();
		}

		private static ServerResponse.BodyBuilder page() {
			return ServerResponse.ok().contentType(MediaType.TEXT_HTML);
		}

	}

}
