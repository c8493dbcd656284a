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

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

import io.starlet.HttpException;

/**
 * A {@link PlainApplication} with Starlet or without it, and what it answers, byte for
 * byte.
 */
final class PlainServer implements Closeable {

	private static final String END_OF_HEAD = "\r\n\r\n";

	private static final String[] PROPERTIES = { "spring.config.location=classpath:/plain.properties" };

	private final Closeable application;

	private final int port;

	private final List<String> beanTypes;

	private PlainServer(Closeable application, int port, List<String> beanTypes) {
		this.application = application;
		this.port = port;
		this.beanTypes = beanTypes;
	}

	static PlainServer withStarlet(String... properties) {
		return start(PlainApplication.class.getClassLoader(), properties);
	}

	/**
	 * The same, in a class loader of its own that has everything but Starlet.
	 */
	static PlainServer withoutStarlet(String... properties) {
		return start(new URLClassLoader(classPathWithoutStarlet(), ClassLoader.getPlatformClassLoader()), properties);
	}

	private static URL[] classPathWithoutStarlet() {
		URI starlet = URI.create(HttpException.class.getProtectionDomain().getCodeSource().getLocation().toString());
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map((entry) -> Path.of(entry).toUri())
			.filter((entry) -> !entry.equals(starlet))
			.map(PlainServer::url)
			.toArray(URL[]::new);
	}

	private static URL url(URI uri) {
		try {
			return uri.toURL();
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static PlainServer start(ClassLoader classLoader, String... properties) {
		AtomicInteger port = new AtomicInteger();
		List<String> beanTypes = new ArrayList<>();
		String[] arguments = Stream.concat(Arrays.stream(PROPERTIES), Arrays.stream(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		Thread thread = Thread.currentThread();
		ClassLoader previous = thread.getContextClassLoader();
		thread.setContextClassLoader(classLoader);
		try {
			Method start = classLoader.loadClass(PlainApplication.class.getName())
				.getMethod("start", IntConsumer.class, Consumer.class, String[].class);
			Closeable application = (Closeable) start.invoke(null, (IntConsumer) port::set,
					(Consumer<Class<?>>) (type) -> beanTypes.add(type.getName()), arguments);
			return new PlainServer(Objects.requireNonNull(application), port.get(), beanTypes);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.setContextClassLoader(previous);
		}
	}

	List<String> beanTypes() {
		return this.beanTypes;
	}

	/**
	 * Send a request that asks to close the connection, and return all that comes back.
	 */
	String exchange(String request) {
		return exchange(request, "");
	}

	/**
	 * Send a request, and more once its response's head is there.
	 */
	String exchange(String request, String more) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			StringBuilder response = new StringBuilder();
			for (int next = socket.getInputStream().read(); next != -1; next = socket.getInputStream().read()) {
				response.append((char) next);
				if (next == '\n' && response.indexOf(END_OF_HEAD) == response.length() - END_OF_HEAD.length()) {
					socket.getOutputStream().write(more.getBytes(StandardCharsets.ISO_8859_1));
				}
			}
			return response.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.application.close();
	}

}
