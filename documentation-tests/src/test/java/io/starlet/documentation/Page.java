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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A page as examples. Each heading begins one, which has the sources of the headings
 * above it. What a reader can do without stands in comments: sources, after their
 * language, and {@code <!-- application -->}, which begins one without the sources of its
 * own heading. Its words {@code bookshop} and {@code security} say what the example is
 * with.
 */
final class Page extends AbstractVisitor {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern COMMENT = Pattern.compile("<!-- (\\w+)(.*?)-->\\s*", Pattern.DOTALL);

	private final Path path;

	private final List<Example> examples = new ArrayList<>();

	private final List<String> links = new ArrayList<>();

	private final List<String> anchors = new ArrayList<>();

	/** What the examples of the headings above have, by level. */
	private final List<Example> above = new ArrayList<>();

	private Example example;

	private Page(Path path) {
		this.path = path;
		this.example = new Example(path.getFileName().toString(), "", List.of());
		this.examples.add(this.example);
	}

	static List<Page> all() throws IOException {
		try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.sorted())
				.filter((path) -> path.toString().endsWith(".md"))
				.map(Page::read)
				.toList();
		}
	}

	static Page read(Path path) {
		Page page = new Page(path);
		try {
			Parser parser = Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS).build();
			parser.parse(Files.readString(path)).accept(page);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return page;
	}

	Path path() {
		return this.path;
	}

	/** The examples that have something to run. */
	List<Example> examples() {
		return this.examples.stream().filter(Example::isRunnable).toList();
	}

	List<String> links() {
		return this.links;
	}

	List<String> anchors() {
		return this.anchors;
	}

	@Override
	public void visit(Heading heading) {
		StringBuilder title = new StringBuilder();
		for (Node node = heading.getFirstChild(); node != null; node = node.getNext()) {
			title.append((node instanceof Text text) ? text.getLiteral()
					: (node instanceof Code code) ? code.getLiteral() : "");
		}
		this.anchors.add(title.toString().toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'));
		while (this.above.size() >= heading.getLevel()) {
			this.above.remove(this.above.size() - 1);
		}
		begin(title.toString(), "", this.above);
		this.above.add(this.example);
	}

	private void begin(String title, String options, List<Example> above) {
		this.example = new Example(title, options, List.copyOf(above));
		this.examples.add(this.example);
	}

	@Override
	public void visit(FencedCodeBlock block) {
		this.example.add(new Block(place(block), block.getInfo(), block.getLiteral()));
	}

	@Override
	public void visit(IndentedCodeBlock block) {
		throw new IllegalStateException(place(block) + " has no language");
	}

	@Override
	public void visit(HtmlBlock block) {
		Matcher comment = COMMENT.matcher(block.getLiteral());
		if (comment.matches()) {
			if (comment.group(1).equals("application")) {
				begin(place(block), comment.group(2), this.example.above());
			}
			else {
				this.example.add(new Block(place(block), comment.group(1), comment.group(2)));
			}
		}
	}

	@Override
	public void visit(Link link) {
		this.links.add(link.getDestination());
		visitChildren(link);
	}

	private String place(Node node) {
		return this.path.getFileName() + ":" + (node.getSourceSpans().get(0).getLineIndex() + 1);
	}

}
