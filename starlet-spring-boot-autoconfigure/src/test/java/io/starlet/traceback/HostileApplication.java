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

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Consumer;

import javax.tools.ToolProvider;

import io.starlet.testing.TestApplication;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.asm.ClassWriter;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that has the hostile texts wherever an application can have a text, and
 * shows tracebacks.
 */
final class HostileApplication implements AutoCloseable {

	static final List<String> CORPUS = Injections.corpus();

	/** As many as an exception is shown with causes. */
	static final int CHAIN = 45;

	/** As many as a page has excerpts, and some. */
	static final int LINES = 30;

	private static final List<String> HUGE = Injections.huge().toList();

	private final URLClassLoader classLoader;

	private final TestApplication application;

	private HostileApplication(URLClassLoader classLoader, TestApplication application) {
		this.classLoader = classLoader;
		this.application = application;
	}

	static HostileApplication start(Path directory) throws IOException {
		Path module = directory.resolve("x\" onfocus='y' <b> &amp; %41 #1");
		HostileSource.write(module);
		URLClassLoader classLoader = new URLClassLoader(new URL[] { module.resolve("target/classes").toUri().toURL() },
				HostileApplication.class.getClassLoader());
		Thread thread = Thread.currentThread();
		ClassLoader previous = thread.getContextClassLoader();
		thread.setContextClassLoader(classLoader);
		try {
			TestApplication application = TestApplication.start(Endpoints.class, "starlet.debug=true",
					"starlet.traceback.editor=vscode", "server.netty.max-initial-line-length=64KB",
					"starlet.traceback.application-packages=acme,io.starlet.traceback", "logging.level.root=off",
					"logging.level.io.starlet=off");
			// Created here, as it is lazy and takes the class loader of the thread
			application.bean(TracebackRenderer.class);
			return new HostileApplication(classLoader, application);
		}
		finally {
			thread.setContextClassLoader(previous);
		}
	}

	TestApplication application() {
		return this.application;
	}

	@Override
	public void close() throws IOException {
		this.application.close();
		this.classLoader.close();
	}

	@RestController
	static class Endpoints {

		@GetMapping("/text/{index}")
		Mono<String> text(@PathVariable int index, ServerWebExchange exchange) {
			return fail(CORPUS.subList(index, index + 1), exchange);
		}

		@GetMapping("/texts/{index}")
		Mono<String> texts(@PathVariable int index, ServerWebExchange exchange) {
			return fail(CORPUS.subList(index, Math.min(index + CHAIN, CORPUS.size())), exchange);
		}

		private static Mono<String> fail(List<String> texts, ServerWebExchange exchange) {
			texts.forEach((text) -> {
				exchange.getAttributes().put(text, 1);
				exchange.getAttributes().put("x" + texts.indexOf(text), text);
			});
			return exchange.getSession().doOnNext((session) -> texts.forEach((text) -> {
				session.getAttributes().put(text, 1);
				session.getAttributes().put("x" + texts.indexOf(text), text);
			})).then(Mono.<String>error(() -> exception(texts))).checkpoint(texts.get(0));
		}

		private static RuntimeException exception(List<String> texts) {
			RuntimeException exception = HostileClass.exception(texts.get(0),
					(texts.size() > 1) ? exception(texts.subList(1, texts.size())) : null);
			exception.addSuppressed(new IllegalStateException(texts.get(0)));
			return exception;
		}

		@GetMapping("/echo/{variable}")
		String echo(@PathVariable String variable) {
			throw new IllegalStateException(variable, new IllegalArgumentException(variable));
		}

		@GetMapping("/sources/{index}")
		String sources(@PathVariable int index) throws Throwable {
			throw HostileSource.exception(index, Math.min(index + LINES, CORPUS.size()));
		}

		@GetMapping("/huge/{index}")
		String huge(@PathVariable int index) {
			throw new IllegalStateException(HUGE.get(index));
		}

	}

	/** Classes, methods and source files may have almost any name. */
	private static final class HostileClass extends ClassLoader {

		private HostileClass() {
			super(HostileClass.class.getClassLoader());
		}

		static RuntimeException exception(String text, @Nullable Throwable cause) {
			String method = text.replaceAll("[.;\\[/<>]", "_");
			String type = "io/starlet/traceback/Hostile" + text.replaceAll("[.;\\[/]", "_");
			try {
				new HostileClass().define(type, method, text).getMethod(method, String.class).invoke(null, text);
				throw new IllegalStateException("Nothing was thrown");
			}
			catch (InvocationTargetException ex) {
				RuntimeException exception = (RuntimeException) ex.getTargetException();
				exception.initCause(cause);
				return exception;
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private Class<?> define(String type, String method, String sourceFile) {
			ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
			writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, type, null, "java/lang/RuntimeException", null);
			writer.visitSource(sourceFile, null);
			define(writer, Opcodes.ACC_PUBLIC, "<init>", (code) -> {
				code.visitVarInsn(Opcodes.ALOAD, 0);
				code.visitVarInsn(Opcodes.ALOAD, 1);
				code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/RuntimeException", "<init>",
						"(Ljava/lang/String;)V", false);
				code.visitInsn(Opcodes.RETURN);
			});
			define(writer, Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, method, (code) -> {
				Label line = new Label();
				code.visitLabel(line);
				code.visitLineNumber(7, line);
				code.visitTypeInsn(Opcodes.NEW, type);
				code.visitInsn(Opcodes.DUP);
				code.visitVarInsn(Opcodes.ALOAD, 0);
				code.visitMethodInsn(Opcodes.INVOKESPECIAL, type, "<init>", "(Ljava/lang/String;)V", false);
				code.visitInsn(Opcodes.ATHROW);
			});
			byte[] bytes = writer.toByteArray();
			return defineClass(null, bytes, 0, bytes.length);
		}

		private static void define(ClassWriter writer, int access, String name, Consumer<MethodVisitor> body) {
			MethodVisitor code = writer.visitMethod(access, name, "(Ljava/lang/String;)V", null, null);
			code.visitCode();
			body.accept(code);
			code.visitMaxs(0, 0);
			code.visitEnd();
		}

	}

	/** A source file whose lines are hostile texts, in strings, in comments, and bare. */
	static final class HostileSource {

		private HostileSource() {
		}

		/** Has failed in one line, because another has. */
		static Throwable exception(int from, int to) throws ReflectiveOperationException {
			try {
				ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
				Class.forName("acme.Hostile", true, classLoader).getMethod("line" + from).invoke(null);
				throw new IllegalStateException("Nothing was thrown");
			}
			catch (InvocationTargetException ex) {
				Throwable exception = ex.getTargetException();
				exception.initCause((from + 1 < to) ? exception(from + 1, to) : null);
				return exception;
			}
		}

		static void write(Path module) throws IOException {
			Path source = Files.createDirectories(module.resolve("src/main/java/acme")).resolve("Hostile.java");
			Path classes = Files.createDirectories(module.resolve("target/classes"));
			Files.createFile(module.resolve("pom.xml"));
			Files.writeString(source, source(false));
			assertThat(ToolProvider.getSystemJavaCompiler()
				.run(null, null, null, "-d", classes.toString(), "-encoding", "UTF-8", source.toString())).isZero();
			FileTime time = Files.getLastModifiedTime(source);
			Files.writeString(source, source(true));
			Files.setLastModifiedTime(source, time);
		}

		/** The line that fails. */
		static String line(int index) {
			return line(text(index));
		}

		private static String line(String text) {
			return "return fail(\"" + text + "\");";
		}

		private static String text(int index) {
			byte[] bytes = CORPUS.get(index).replaceAll("[\\r\\n]", " ").getBytes(StandardCharsets.UTF_8);
			return new String(bytes, StandardCharsets.UTF_8);
		}

		private static String source(boolean hostile) {
			StringBuilder source = new StringBuilder("package acme; public class Hostile {\n");
			source.append("static String fail(String text) { throw new IllegalStateException(); }\n");
			for (int index = 0; index < CORPUS.size(); index++) {
				String text = hostile ? text(index) : "";
				source.append("public static String line").append(index).append("() { // ").append(text).append('\n');
				source.append(line(text)).append('\n').append(text).append("\n}\n");
			}
			return source.append("}\n").toString();
		}

	}

}
