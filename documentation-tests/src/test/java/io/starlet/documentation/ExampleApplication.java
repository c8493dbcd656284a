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

package io.starlet.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.starlet.sample.BookshopApplication;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.StringUtils;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application of an example, on a real server, with what it logs.
 */
final class ExampleApplication implements AutoCloseable {

	private static final Pattern FILTER = Pattern.compile("\\b\\w+Filter\\b|\\bDispatcherHandler\\b");

	private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final @Nullable ReactiveWebServerApplicationContext context;

	private @Nullable RuntimeException failure;

	private ExampleApplication(Class<?> source, ClassLoader classLoader, String... properties) {
		this.log.list = new CopyOnWriteArrayList<>();
		this.log.start();
		this.context = start(new SpringApplicationBuilder(new DefaultResourceLoader(classLoader), source), properties);
	}

	/** The application of an example's own sources. */
	static ExampleApplication of(Class<?> source, ClassLoader classLoader, Path directory) {
		return new ExampleApplication(source, classLoader,
				"--spring.config.location=file:%s/config/".formatted(directory));
	}

	/** The bookshop, in which nobody has to log in. */
	static ExampleApplication bookshop(Path directory) {
		return new ExampleApplication(BookshopApplication.class, BookshopApplication.class.getClassLoader(),
				"--spring.config.additional-location=file:%s/config/".formatted(directory),
				"--spring.autoconfigure.exclude=" + Stream
					.of(ReactiveWebSecurityAutoConfiguration.class, ReactiveUserDetailsServiceAutoConfiguration.class,
							ReactiveManagementWebSecurityAutoConfiguration.class)
					.map(Class::getName)
					.collect(Collectors.joining(",")));
	}

	private @Nullable ReactiveWebServerApplicationContext start(SpringApplicationBuilder builder,
			String... properties) {
		builder
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"logging.level.io.starlet=debug")
			.initializers((context) -> this.root.addAppender(this.log),
					(context) -> ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class,
							ExampleApplication::ownEventLoops));
		try {
			return (ReactiveWebServerApplicationContext) builder.run(properties);
		}
		catch (RuntimeException ex) {
			this.failure = ex;
			return null;
		}
	}

	/** That end with the application, and at once. */
	private static ReactorResourceFactory ownEventLoops() {
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setShutdownQuietPeriod(Duration.ZERO);
		return factory;
	}

	/** The context, if the application has started. */
	ReactiveWebServerApplicationContext context() {
		if (this.context == null) {
			throw new AssertionError("The application does not start", this.failure);
		}
		return this.context;
	}

	private int port() {
		return Objects.requireNonNull(context().getWebServer(), "No server").getPort();
	}

	void verify(Block block) throws Exception {
		switch (block.language()) {
			case "java", "html" -> {
				// Part of the application
			}
			case "yaml", "properties" -> ConfigurationKeys.verify(block);
			case "http" -> HttpExchange.parse(block.text()).verify(port());
			case "console" -> Console.verify(block.text(), port());
			case "log" -> verifyLog(block.text());
			case "text" -> verifyFilters(block.text());
			case "xml" -> verifyDependency(block.text());
			case "shell" -> verifyCommands(block.text());
			default -> throw new AssertionError("Nothing proves a block of '%s'".formatted(block.language()));
		}
	}

	/**
	 * What is logged may come after what the client gets, and other lines between those
	 * that are shown.
	 */
	private void verifyLog(String expected) {
		Pattern lines = Pattern.compile(expected.lines()
			.filter((line) -> !line.isBlank())
			.map((line) -> Elision.pattern(line).pattern())
			.collect(Collectors.joining(".*")), Pattern.DOTALL);
		await().untilAsserted(() -> assertThat(this.log.list.stream()
			.map((event) -> "%s %s : %s".formatted(event.getLevel(), event.getLoggerName(),
					event.getFormattedMessage()))
			.collect(Collectors.joining("\n"))).containsPattern(lines));
	}

	private void verifyFilters(String diagram) {
		List<String> names = FILTER.matcher(diagram).results().map((result) -> result.group()).toList();
		assertThat(names).as("filters").isNotEmpty();
		WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.applicationContext(context());
		context().getBeanProvider(WebHttpHandlerBuilderCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		builder.filters((filters) -> assertThat(Stream.concat(
				filters.stream().map((filter) -> filter.getClass().getSimpleName()), Stream.of("DispatcherHandler")))
			.containsSubsequence(names));
	}

	private static void verifyDependency(String xml) throws IOException {
		String artifact = xml.replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1");
		String pom = Files.readString(Page.ROOT.resolve(artifact).resolve("pom.xml")).replaceAll("\\s", "");
		for (String line : xml.lines().toList()) {
			if (line.contains("</")) {
				assertThat(pom).contains(line.strip());
			}
		}
	}

	private static void verifyCommands(String commands) throws IOException {
		for (String command : commands.lines().toList()) {
			if (!command.isBlank() && !command.startsWith("#")) {
				Iterator<String> words = Arrays.asList(StringUtils.tokenizeToStringArray(command, " ")).iterator();
				assertThat(Page.ROOT.resolve(words.next())).isExecutable();
				while (words.hasNext()) {
					if (words.next().equals("-pl")) {
						assertThat(Files.readString(Page.ROOT.resolve("pom.xml")))
							.contains("<module>" + words.next() + "</module>");
					}
				}
			}
		}
	}

	@Override
	public void close() {
		this.root.detachAppender(this.log);
		if (this.context != null) {
			this.context.close();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ComponentScan(JavaSources.PACKAGE)
	static class Configuration {

	}

}
