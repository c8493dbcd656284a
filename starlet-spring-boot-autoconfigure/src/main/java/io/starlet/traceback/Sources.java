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
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.jspecify.annotations.Nullable;

/**
 * Finds and reads the source files of one error's frames, each once. A frame may be
 * forged: it can only lead to a source file that belongs to a class which is loaded, or
 * to another one in its package. Blocks, and is not thread-safe.
 */
final class Sources implements AutoCloseable {

	private static final int MAX_FILE_SIZE = 2 * 1024 * 1024;

	private static final int MAX_TOTAL_SIZE = 8 * MAX_FILE_SIZE;

	private static final int MAX_FILES = 200;

	private static final String CHANGED = "The file has changed since it was compiled: its lines may not be those that ran.";

	private static final String INLINED = "The function that failed was inlined here.";

	private final ClassLoader classLoader;

	private final int linesAround;

	private final Redaction redaction;

	private final Map<String, Optional<SourceFile>> files = new HashMap<>();

	private final Map<Path, Optional<ZipFile>> archives = new HashMap<>();

	private final Map<SourceRoots, List<Path>> near = new HashMap<>();

	private final Map<Path, List<Path>> modules = new HashMap<>();

	private int totalSize;

	/**
	 * Create for one error.
	 * @param classLoader the application's class loader
	 * @param linesAround how many lines to show before and after a frame's
	 * @param redaction masks what must not be shown
	 */
	Sources(ClassLoader classLoader, int linesAround, Redaction redaction) {
		this.classLoader = classLoader;
		this.linesAround = linesAround;
		this.redaction = redaction;
	}

	/**
	 * Return the lines around a frame's.
	 * @param element the frame
	 * @return the excerpt, or {@code null} if there is no source
	 */
	@Nullable SourceExcerpt excerpt(StackTraceElement element) {
		String name = element.getFileName();
		if (name == null || !isSourceFile(name) || element.getLineNumber() < 1) {
			return null;
		}
		try {
			Class<?> type = Class.forName(element.getClassName(), false, this.classLoader);
			SourceFile file = file(type, name);
			return (file != null) ? excerpt(file, type, element.getLineNumber()) : null;
		}
		catch (Throwable ex) {
			// An error page must not fail for what a class loader throws
			return null;
		}
	}

	private @Nullable SourceExcerpt excerpt(SourceFile file, Class<?> type, int line) throws IOException {
		SourceExcerpt excerpt = file.excerpt(line, this.linesAround, this.redaction, null);
		return (excerpt != null) ? excerpt
				: file.excerpt(KotlinInlining.call(type, line), this.linesAround, this.redaction, INLINED);
	}

	private static boolean isSourceFile(String name) {
		return (name.endsWith(".java") || name.endsWith(".kt"))
				&& name.chars().noneMatch((c) -> "/\\:".indexOf(c) >= 0);
	}

	private @Nullable SourceFile file(Class<?> type, String name) {
		CodeSource codeSource = type.getProtectionDomain().getCodeSource();
		URL url = (codeSource != null) ? codeSource.getLocation() : null;
		if (url == null) {
			return null;
		}
		String key = url + " " + type.getPackageName() + " " + name;
		Optional<SourceFile> known = this.files.get(key);
		if (known == null && this.files.size() < MAX_FILES) {
			known = Optional.ofNullable(find(type, url, name));
			this.files.put(key, known);
		}
		return (known != null) ? known.orElse(null) : null;
	}

	private @Nullable SourceFile find(Class<?> type, URL url, String fileName) {
		SourceRoots roots = SourceRoots.of(url);
		if (roots == null) {
			return null;
		}
		Wanted wanted = new Wanted(type, fileName, roots.location());
		SourceFile file = find(wanted, this.near.computeIfAbsent(roots, SourceRoots::near));
		if (file == null && url.getProtocol().equals("jar")) {
			file = besideClass(wanted, type, url);
		}
		return (file != null) ? file : find(wanted, roots.far(modules(roots.location())));
	}

	private @Nullable SourceFile find(Wanted wanted, List<Path> roots) {
		for (Path root : roots) {
			for (String name : wanted.names()) {
				SourceFile file = read(wanted, root, name);
				if (file != null) {
					return file;
				}
			}
		}
		return null;
	}

	private @Nullable SourceFile read(Wanted wanted, Path root, String name) {
		try {
			if (!Files.isDirectory(root)) {
				ZipFile archive = archive(root);
				ZipEntry entry = (archive != null) ? archive.getEntry(name) : null;
				return (archive != null && entry != null) ? read(wanted, null, name, archive.getInputStream(entry))
						: null;
			}
			Path path = root.resolve(name);
			// A regular file never blocks, and a link must not lead to another directory
			boolean readable = Files.isRegularFile(path) && path.toRealPath().startsWith(root.toRealPath());
			return readable ? read(wanted, path, name, Files.newInputStream(path)) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private @Nullable SourceFile besideClass(Wanted wanted, Class<?> type, URL url) {
		try {
			String name = wanted.names().get(0);
			URL resource = type.getResource("/" + name);
			if (resource == null || !resource.toString().startsWith(url.toString())) {
				return null;
			}
			URLConnection connection = resource.openConnection();
			connection.setUseCaches(false);
			return read(wanted, null, name, connection.getInputStream());
		}
		catch (IOException ex) {
			return null;
		}
	}

	private @Nullable SourceFile read(Wanted wanted, @Nullable Path path, String name, InputStream stream)
			throws IOException {
		try (stream) {
			byte[] content = stream.readNBytes(Math.min(MAX_FILE_SIZE, MAX_TOTAL_SIZE - this.totalSize) + 1);
			this.totalSize += content.length;
			if (content.length > MAX_FILE_SIZE || this.totalSize > MAX_TOTAL_SIZE) {
				return null;
			}
			SourceFile file = new SourceFile(path, name, new String(content, StandardCharsets.UTF_8),
					(path != null && wanted.isOlderThan(path)) ? CHANGED : null);
			return (name.equals(wanted.names().get(0)) || file.declares(wanted.packageName())) ? file : null;
		}
	}

	private @Nullable ZipFile archive(Path path) throws IOException {
		Optional<ZipFile> archive = this.archives.get(path);
		if (archive == null) {
			this.archives.put(path, Optional.empty());
			archive = Files.isRegularFile(path) ? Optional.of(new ZipFile(path.toFile())) : Optional.empty();
			this.archives.put(path, archive);
		}
		return archive.orElse(null);
	}

	private List<Path> modules(Path location) {
		return Stream.of(location, Path.of("").toAbsolutePath())
			.map(SourceRoots::project)
			.filter(Objects::nonNull)
			.distinct()
			.flatMap((project) -> this.modules.computeIfAbsent(project, SourceRoots::modules).stream())
			.toList();
	}

	@Override
	public void close() {
		this.archives.values().forEach((archive) -> archive.ifPresent(Sources::close));
	}

	private static void close(ZipFile archive) {
		try {
			archive.close();
		}
		catch (IOException ex) {
			// It was only read
		}
	}

	/**
	 * What is looked for.
	 *
	 * @param packageName the package of the class
	 * @param names the names that its file may have below a root, the likeliest first
	 * @param compiled the file that the class is loaded from
	 */
	private record Wanted(String packageName, List<String> names, Path compiled) {

		Wanted(Class<?> type, String fileName, Path location) {
			this(type.getPackageName(), names(type.getPackageName(), fileName), Files.isDirectory(location)
					? location.resolve(type.getName().replace('.', '/') + ".class") : location);
		}

		private static List<String> names(String packageName, String fileName) {
			String name = (packageName.isEmpty() ? "" : packageName.replace('.', '/') + "/") + fileName;
			List<String> names = new ArrayList<>(List.of(name));
			// Kotlin's files may leave out the folders that all packages have in common
			while (fileName.endsWith(".kt") && name.indexOf('/') >= 0) {
				name = name.substring(name.indexOf('/') + 1);
				names.add(name);
			}
			return names;
		}

		boolean isOlderThan(Path source) throws IOException {
			return Files.getLastModifiedTime(this.compiled).compareTo(Files.getLastModifiedTime(source)) < 0;
		}

	}

}
