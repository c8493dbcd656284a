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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a heading of a page says: the application that its sources make, and what can be
 * seen of it.
 */
final class Example {

	/** Java without a {@code class} of its own is members of a bean. */
	private static final Pattern TYPE = Pattern
		.compile("^(public |final |abstract )*(class|interface|record|enum|@interface) ", Pattern.MULTILINE);

	private static final Pattern APPLICATION = Pattern.compile("@SpringBootApplication\\s+(public )?class (\\w+)");

	private static final Pattern RESOURCE = Pattern.compile("<!-- src/main/resources/(\\S+) -->\n");

	private static final String DATABASE = "io.r2dbc.";

	private static final String[] SECURITY_AND_DATABASE = { DATABASE, "org.springframework.security." };

	private final String title;

	private final String options;

	private final List<Example> above;

	private final List<Block> blocks = new ArrayList<>();

	/**
	 * Create an example.
	 * @param title its heading
	 * @param options what its application is with
	 * @param above the examples whose sources it has too
	 */
	Example(String title, String options, List<Example> above) {
		this.title = title;
		this.options = options;
		this.above = above;
	}

	String title() {
		return this.title;
	}

	List<Example> above() {
		return this.above;
	}

	void add(Block block) {
		this.blocks.add(block);
	}

	boolean isRunnable() {
		return !this.blocks.isEmpty();
	}

	private List<Block> sources(String language) {
		return Stream.concat(this.above.stream(), Stream.of(this))
			.flatMap((example) -> example.blocks.stream())
			.filter((block) -> block.language().equals(language))
			.toList();
	}

	private String text(String language, String separator) {
		return sources(language).stream().map(Block::text).collect(Collectors.joining(separator));
	}

	void run() throws Exception {
		Path directory = Files.createTempDirectory("example");
		Thread thread = Thread.currentThread();
		ClassLoader original = thread.getContextClassLoader();
		ClassLoader parent = new FilteredClassLoader(
				this.options.contains("security") ? new String[] { DATABASE } : SECURITY_AND_DATABASE);
		try (URLClassLoader classLoader = new URLClassLoader(new URL[] { directory.toUri().toURL() }, parent)) {
			thread.setContextClassLoader(classLoader);
			writeResources(directory);
			JavaSources.compile(javaSources(), directory);
			if (this.blocks.stream().anyMatch((block) -> block.text().contains("@Test\n"))) {
				assertThat(this.blocks).as("beside tests").allMatch((block) -> block.language().equals("java"));
				runTests(directory);
			}
			else {
				verify(classLoader, directory);
			}
		}
		finally {
			thread.setContextClassLoader(original);
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	private void verify(ClassLoader classLoader, Path directory) throws Exception {
		try (ExampleApplication application = this.options.contains("bookshop") ? ExampleApplication.bookshop(directory)
				: ExampleApplication.of(applicationClass(classLoader), classLoader, directory)) {
			if (this.blocks.stream().noneMatch((block) -> block.language().equals("log"))) {
				application.context();
			}
			for (Block block : this.blocks) {
				try {
					application.verify(block);
				}
				catch (AssertionError | ConditionTimeoutException ex) {
					throw new AssertionError(block.place() + ": " + ex.getMessage(), ex);
				}
			}
		}
	}

	private Class<?> applicationClass(ClassLoader classLoader) throws ClassNotFoundException {
		Matcher application = APPLICATION.matcher(text("java", ""));
		if (application.find()) {
			return classLoader.loadClass(JavaSources.PACKAGE + "." + application.group(2));
		}
		return ExampleApplication.Configuration.class;
	}

	private List<Block> javaSources() {
		Map<Boolean, List<Block>> sources = sources("java").stream()
			.collect(Collectors.partitioningBy((block) -> TYPE.matcher(block.text()).find()));
		List<Block> types = new ArrayList<>(sources.getOrDefault(true, List.of()));
		List<Block> members = sources.getOrDefault(false, List.of());
		if (!members.isEmpty()) {
			types.add(new Block(members.get(members.size() - 1).place(), "java",
					members.stream()
						.map(Block::text)
						.collect(Collectors.joining("\n", "@RestController class Example {", "}"))));
		}
		return types;
	}

	private void writeResources(Path directory) throws IOException {
		Path config = Files.createDirectory(directory.resolve("config"));
		Files.writeString(config.resolve("application.yaml"), text("yaml", "\n---\n"));
		Files.writeString(config.resolve("application.properties"), text("properties", "\n#---\n"));
		for (Block source : sources("html")) {
			Matcher resource = RESOURCE.matcher(source.text());
			assertThat(resource.lookingAt()).as("%s tells its file", source.place()).isTrue();
			Path file = directory.resolve(resource.group(1));
			Files.createDirectories(file.getParent());
			Files.writeString(file, source.text());
		}
	}

	private static void runTests(Path directory) {
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request()
				.selectors(DiscoverySelectors.selectClasspathRoots(Set.of(directory)))
				.build(), listener);
		TestExecutionSummary summary = listener.getSummary();
		summary.getFailures().forEach((failure) -> {
			throw new AssertionError(failure.getTestIdentifier().getDisplayName(), failure.getException());
		});
		assertThat(summary.getTestsSucceededCount()).isPositive();
	}

}
