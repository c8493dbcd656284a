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

package io.starlet.coexistence;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.ToolProvider;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Boot's devtools: an application in a process of its own, as a developer runs it,
 * is compiled anew and restarted.
 */
@Timeout(120)
class DevToolsTests {

	private static final String APPLICATION = """
			package com.acme;

			import java.lang.ref.WeakReference;
			import java.util.List;
			import java.util.concurrent.CopyOnWriteArrayList;

			import io.starlet.*;
			import org.springframework.boot.SpringApplication;
			import org.springframework.boot.autoconfigure.SpringBootApplication;
			import org.springframework.http.ResponseEntity;
			import org.springframework.stereotype.Component;
			import org.springframework.web.bind.annotation.*;
			import reactor.core.publisher.Mono;

			@SpringBootApplication
			public class Shop {

				@SuppressWarnings("unchecked")
				static List<WeakReference<ClassLoader>> loaders() {
					return (List<WeakReference<ClassLoader>>) System.getProperties()
						.computeIfAbsent("loaders", (key) -> new CopyOnWriteArrayList<>());
				}

				public static void main(String[] args) {
					if (Shop.class.getClassLoader() != ClassLoader.getSystemClassLoader()) {
						loaders().add(new WeakReference<>(Shop.class.getClassLoader()));
					}
					SpringApplication.run(Shop.class, args);
				}

				static class SoldOut extends RuntimeException {
				}

				@RestController
				static class Books {

					@GetMapping("/sold-out")
					String soldOut() {
						throw new SoldOut();
					}

					@GetMapping("/missing")
					String missing() {
						throw new HttpException(404);
					}

					@GetMapping("/error")
					String error() {
						throw new IllegalStateException();
					}

					@GetMapping("/task")
					String task(BackgroundTasks tasks) {
						tasks.run(() -> System.out.println("task VERSION"));
						return "accepted";
					}

					@GetMapping("/loaders")
					List<Boolean> loaders() {
						System.gc();
						return Shop.loaders().stream().map((loader) -> loader.get() != null).toList();
					}

				}

				@Component
				static class Errors {

					@ExceptionHandlerFor
					ResponseEntity<String> soldOut(SoldOut ex) {
						return ResponseEntity.status(409).body("sold out VERSION");
					}

					@StatusHandler(404)
					String missing(HttpException ex) {
						return "missing VERSION";
					}

					@StatusHandler(500)
					String error(Exception ex) {
						return "error VERSION";
					}

				}

			}
			""";

	private static final Pattern OTHERS = Pattern.compile(
			"actuator|cloud|coexistence-tests.target|kotlin|opentelemetry|security|sentry|springdoc|swagger|-test|thymeleaf|tracing");

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	Path directory;

	private @Nullable Process process;

	@Test
	void afterARestartTheNewHandlersAnswerAndTheOldOnesAreForgotten() throws Exception {
		compile("one");
		start();
		assertThatAllIsOf("one", 1);
		compile("two");
		restart(2);
		assertThatAllIsOf("two", 2);
		compile("three");
		restart(3);
		assertThatAllIsOf("three", 3);
		// The first one is that of a thread of Reactor's, with and without Starlet
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> get("/loaders").body().endsWith(",false,true]"));
	}

	private void assertThatAllIsOf(String version, int start) throws IOException {
		assertAnswer("/sold-out", 409, "sold out " + version);
		assertAnswer("/missing", 404, "missing " + version);
		assertAnswer("/nowhere", 404, "missing " + version);
		assertAnswer("/error", 500, "error " + version);
		assertAnswer("/task", 200, "accepted");
		Awaitility.await().until(() -> output().contains("task " + version));
		Awaitility.await().until(() -> count(" ERROR ") >= start);
		assertThat(count(" ERROR ")).isEqualTo(start);
	}

	private void assertAnswer(String path, int status, String body) {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEqualTo(body);
	}

	private void compile(String version) throws IOException {
		Path source = Files.writeString(this.directory.resolve("Shop.java"), APPLICATION.replace("VERSION", version));
		Path classes = Files.createDirectories(this.directory.resolve("classes"));
		assertThat(ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-parameters", "-proc:none", "-cp", libraries(), "-d", classes.toString(),
					source.toString()))
			.isZero();
	}

	private void start() throws IOException {
		Path classes = this.directory.resolve("classes");
		Files.writeString(Files.createDirectories(classes.resolve("META-INF")).resolve("spring-devtools.properties"),
				// As the jars that they are for others
				"restart.exclude.starlet=.*/starlet-spring-boot-[a-z]+/target/classes/\n");
		Files.writeString(classes.resolve("application.properties"), """
				server.address=127.0.0.1
				server.port=0
				spring.devtools.livereload.enabled=false
				spring.devtools.restart.poll-interval=200ms
				spring.devtools.restart.quiet-period=100ms
				spring.devtools.restart.trigger-file=restart
				""");
		// References that are soft would hide the others
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1", "-cp",
				classes + File.pathSeparator + libraries(), "com.acme.Shop")
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("output").toFile())
			.start();
		awaitStart(1);
	}

	private void restart(int start) throws IOException {
		Files.writeString(this.directory.resolve("classes").resolve("restart"), "" + start);
		awaitStart(start);
	}

	private void awaitStart(int start) {
		Process process = Objects.requireNonNull(this.process);
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> count("Started Shop") == start || !process.isAlive());
		assertThat(process.isAlive()).as(this::output).isTrue();
	}

	@AfterEach
	void stop() throws InterruptedException {
		if (this.process != null) {
			this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
	}

	private HttpResponse<String> get(String path) {
		List<MatchResult> ports = Pattern.compile("Netty started on port (\\d+)").matcher(output()).results().toList();
		URI uri = URI.create("http://127.0.0.1:" + ports.get(ports.size() - 1).group(1) + path);
		try {
			return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(output(), ex);
		}
	}

	private int count(String text) {
		return output().split(Pattern.quote(text), -1).length - 1;
	}

	private String output() {
		try {
			return Files.readString(this.directory.resolve("output"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What an ordinary application has, as many a library keeps class loaders alive. */
	private static String libraries() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith("test-classes") && !OTHERS.matcher(entry).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

}
