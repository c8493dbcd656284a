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
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Where the sources of some classes may be. Build tools and IDEs compile and pack classes
 * somewhere below the directory of their module, which has the sources in its
 * {@code src}. A root of sources is a directory or an archive.
 *
 * @param location the directory or outermost archive that the classes are loaded from
 * @param name the name of the directory or innermost archive
 */
record SourceRoots(Path location, String name) {

	private static final int MAX_LEVELS = 7;

	private static final int MAX_DEPTH = 4;

	private static final int MAX_VISITED = 10_000;

	private static final int MAX_SIBLINGS = 20;

	private static final List<String> BUILD_FILES = List.of("pom.xml", "settings.gradle", "settings.gradle.kts",
			"build.gradle", "build.gradle.kts", ".idea");

	private static final Set<String> DIRECTORIES_WITHOUT_MODULES = Set.of("src", "target", "build", "out", "bin",
			"node_modules");

	/**
	 * Create from a code source.
	 * @param codeSource the URL of a directory, an archive, or something in an archive
	 * @return the roots, or {@code null} if it is not on a file system
	 */
	static @Nullable SourceRoots of(URL codeSource) {
		String url = codeSource.toString();
		String name = StringUtils.getFilename(StringUtils.trimTrailingCharacter(url.replace("!/", "/"), '/'));
		String file = url.startsWith("jar:") ? url.substring("jar:".length()) : url;
		if (file.startsWith("nested:")) {
			file = file.replaceFirst("nested:", "file:").replace("/!", "!/");
		}
		if (!file.startsWith("file:") || name == null) {
			return null;
		}
		int entry = file.indexOf("!/");
		String location = (entry < 0) ? file : file.substring(0, entry);
		return new SourceRoots(Path.of(URI.create(location.replace(" ", "%20"))),
				StringUtils.uriDecode(name, StandardCharsets.UTF_8));
	}

	/**
	 * Return the roots of the modules around the location, the archives of sources that
	 * belong to it, and itself.
	 * @return the roots, the likeliest first
	 */
	List<Path> near() {
		Stream<Path> modules = ancestors(this.location).flatMap(this::module);
		return Stream.of(modules, archives(), Stream.of(this.location)).flatMap((roots) -> roots).toList();
	}

	/**
	 * Return the roots of other modules.
	 * @param modules the directories of modules
	 * @return the roots, the likeliest first
	 */
	List<Path> far(List<Path> modules) {
		return modules.stream()
			.sorted(Comparator.comparing((module) -> !this.name.contains(nameOf(module))))
			.flatMap(this::module)
			.toList();
	}

	private Stream<Path> module(Path module) {
		if (!Files.isDirectory(module.resolve("src"))) {
			return Stream.empty();
		}
		Path parent = this.location.getParent();
		String sourceSet = (this.name.equals("test-classes") || this.name.endsWith("-tests.jar")) ? "test" : this.name;
		List<String> layouts = List.of("src/%s/java", "src/%s/kotlin",
				"build/generated/sources/annotationProcessor/java/%s");
		Stream<String> roots = Stream.of(sourceSet, nameOf(parent), "main")
			.distinct()
			.flatMap((set) -> layouts.stream().map((layout) -> layout.formatted(set)));
		return Stream.concat(roots, Stream.of("target/generated-sources/annotations", "src", "test"))
			.map(module::resolve)
			.filter(Files::isDirectory);
	}

	private Stream<Path> archives() {
		Path directory = this.location.resolveSibling("");
		// Gradle's cache has each file of a version in a directory of its own
		boolean gradle = this.location.toString().contains("files-2.1");
		List<Path> directories = gradle ? directories(directory.resolveSibling("")) : List.of(directory);
		return Stream.of(this.name, nameOf(this.location))
			.distinct()
			.filter((name) -> name.endsWith(".jar"))
			.map((name) -> StringUtils.stripFilenameExtension(name) + "-sources.jar")
			.flatMap((name) -> directories.stream().map((sibling) -> sibling.resolve(name)))
			.filter(Files::isRegularFile);
	}

	private static List<Path> directories(Path parent) {
		try (Stream<Path> children = Files.list(parent)) {
			return children.limit(MAX_SIBLINGS).filter(Files::isDirectory).toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return the directory of the project that something is in.
	 * @param path a file or directory
	 * @return the outermost directory around it that has a build file, or {@code null}
	 */
	static @Nullable Path project(Path path) {
		return ancestors(path).filter(SourceRoots::hasBuildFile).reduce((inner, outer) -> outer).orElse(null);
	}

	private static boolean hasBuildFile(Path directory) {
		return BUILD_FILES.stream().map(directory::resolve).anyMatch(Files::exists);
	}

	private static Stream<Path> ancestors(Path path) {
		List<Path> ancestors = new ArrayList<>();
		for (Path next = path; next != null && ancestors.size() < MAX_LEVELS; next = next.getParent()) {
			ancestors.add(next);
		}
		return ancestors.stream();
	}

	private static String nameOf(@Nullable Path path) {
		Path name = (path != null) ? path.getFileName() : null;
		return (name != null) ? name.toString() : "";
	}

	/**
	 * Return the directories of a project's modules.
	 * @param project the project's directory
	 * @return the modules, as far as a bounded search finds them
	 */
	static List<Path> modules(Path project) {
		ModuleVisitor visitor = new ModuleVisitor();
		try {
			Files.walkFileTree(project, Set.of(), MAX_DEPTH, visitor);
		}
		catch (IOException ex) {
			// Those that were found will do
		}
		return visitor.modules;
	}

	/**
	 * Collects directories that have a {@code src}.
	 */
	private static final class ModuleVisitor extends SimpleFileVisitor<Path> {

		private final List<Path> modules = new ArrayList<>();

		private int visited;

		@Override
		public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
			String name = nameOf(directory);
			if (this.visited > 0 && (name.startsWith(".") || DIRECTORIES_WITHOUT_MODULES.contains(name))) {
				return FileVisitResult.SKIP_SUBTREE;
			}
			if (Files.isDirectory(directory.resolve("src"))) {
				this.modules.add(directory);
			}
			return count();
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
			return count();
		}

		@Override
		public FileVisitResult visitFileFailed(Path file, IOException ex) {
			return count();
		}

		private FileVisitResult count() {
			this.visited++;
			return (this.visited < MAX_VISITED) ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
		}

	}

}
