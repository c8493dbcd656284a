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

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.json.Json;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium, for tests of what a page does and what it looks like. A test class
 * with {@link BrowserExtension} gets it as a parameter.
 */
public final class Browser implements AutoCloseable {

	private static final Dimension DESKTOP = new Dimension(1280, 800);

	private static final Dimension PHONE = new Dimension(375, 667);

	private static final Logger logger = Logger.getLogger("org.openqa.selenium");

	private final ChromeDriver driver;

	Browser(File chromium, File driver) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium);
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
				"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
		// Says at each start that it does not know this version of Chromium
		logger.setLevel(Level.SEVERE);
		// The driver is given, so that Selenium does not look for one on the network
		this.driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driver).build(),
				options);
		this.driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(20)).scriptTimeout(Duration.ofSeconds(10));
	}

	/** Make it as if it had just been started: a light, empty window without a past. */
	void reset() {
		command("Browser.resetPermissions", Map.of());
		setScripts(true);
		setMedia("", "light");
		setSize(DESKTOP, false);
		open("about:blank");
		errors();
		requests();
	}

	/** Open a page, and wait until it is loaded. */
	public void open(String url) {
		this.driver.get(url);
	}

	/** Whether the pages that are opened from now on may run scripts. */
	public void setScripts(boolean enabled) {
		command("Emulation.setScriptExecutionDisabled", Map.of("value", !enabled));
	}

	/** What the system prefers, as a page may ask it with a media query. */
	public void setDark(boolean dark) {
		setMedia("", dark ? "dark" : "light");
	}

	/** Show the page as it is printed. */
	public void setPrinting() {
		setMedia("print", "light");
	}

	private void setMedia(String media, String colorScheme) {
		command("Emulation.setEmulatedMedia", Map.of("media", media, "features",
				List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
	}

	/** Be as small as a phone. */
	public void setPhone() {
		setSize(PHONE, true);
	}

	private void setSize(Dimension size, boolean mobile) {
		command("Emulation.setDeviceMetricsOverride",
				Map.of("width", size.getWidth(), "height", size.getHeight(), "deviceScaleFactor", 1, "mobile", mobile));
	}

	/** What the page wrote to the console as an error, and what it was refused. */
	public List<String> errors() {
		return logged(LogType.BROWSER).stream()
			.filter((entry) -> entry.getLevel().equals(Level.SEVERE))
			.map(LogEntry::getMessage)
			.toList();
	}

	/** The addresses of what was asked of any server since this was last called. */
	public List<String> requests() {
		return logged(LogType.PERFORMANCE).stream()
			.map((entry) -> member(new Json().toType(entry.getMessage(), Json.MAP_TYPE), "message"))
			.filter((message) -> "Network.requestWillBeSent".equals(message.get("method")))
			.map((message) -> String.valueOf(member(member(message, "params"), "request").get("url")))
			.filter((url) -> !url.startsWith("about:"))
			.toList();
	}

	private List<LogEntry> logged(String type) {
		return StreamSupport.stream(this.driver.manage().logs().get(type).spliterator(), false).toList();
	}

	private static Map<?, ?> member(Map<?, ?> map, String name) {
		return (Map<?, ?>) Objects.requireNonNull(map.get(name), name);
	}

	/** The elements that a CSS selector matches. */
	public List<WebElement> all(String selector) {
		return this.driver.findElements(By.cssSelector(selector));
	}

	/** The first element that a CSS selector matches. */
	public WebElement first(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	/** The element that has the focus. */
	public WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	/** Press keys, wherever the focus is. */
	public void press(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	/**
	 * Evaluate a script that returns a value, whatever the page's own scripts may do.
	 */
	public @Nullable Object evaluate(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/** By how many pixels the page is wider than the window. */
	public long overflow() {
		return (long) Objects.requireNonNull(evaluate("""
				const { scrollWidth, clientWidth } = document.documentElement
				return scrollWidth - clientWidth"""));
	}

	/** What the page copied. */
	public @Nullable Object clipboard() {
		command("Browser.grantPermissions", Map.of("permissions", List.of("clipboardReadWrite")));
		return evaluate("return navigator.clipboard.readText()");
	}

	private void command(String name, Map<String, Object> parameters) {
		this.driver.executeCdpCommand(name, parameters);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
