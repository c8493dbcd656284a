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

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Java of a page, which an IDE would add the imports to.
 */
final class JavaSources {

	static final String PACKAGE = "com.acme";

	/** In one line, so that those of the block are counted right. */
	private static final String IMPORTS = """
			package com.acme;
			import java.lang.annotation.*;
			import java.net.*;
			import java.time.*;
			import java.util.*;
			import io.starlet.*;
			import jakarta.validation.Valid;
			import jakarta.validation.constraints.*;
			import org.slf4j.LoggerFactory;
			import org.junit.jupiter.api.Test;
			import org.springframework.beans.factory.annotation.*;
			import org.springframework.boot.*;
			import org.springframework.boot.autoconfigure.*;
			import org.springframework.boot.autoconfigure.web.*;
			import org.springframework.boot.test.context.*;
			import org.springframework.boot.test.context.SpringBootTest.*;
			import org.springframework.boot.webflux.autoconfigure.error.*;
			import org.springframework.boot.webflux.error.*;
			import org.springframework.boot.webflux.test.autoconfigure.*;
			import org.springframework.boot.webtestclient.autoconfigure.*;
			import org.springframework.context.*;
			import org.springframework.context.annotation.*;
			import org.springframework.core.annotation.*;
			import org.springframework.core.Ordered;
			import org.springframework.dao.*;
			import org.springframework.http.*;
			import org.springframework.http.codec.*;
			import org.springframework.http.server.reactive.*;
			import org.springframework.stereotype.*;
			import org.springframework.test.context.bean.override.mockito.*;
			import org.springframework.test.web.reactive.server.*;
			import org.springframework.web.*;
			import org.springframework.web.bind.annotation.*;
			import org.springframework.web.bind.support.*;
			import org.springframework.web.reactive.*;
			import org.springframework.web.reactive.function.server.*;
			import org.springframework.web.reactive.handler.*;
			import org.springframework.web.reactive.result.method.annotation.*;
			import org.springframework.web.reactive.result.view.*;
			import org.springframework.web.reactive.socket.*;
			import org.springframework.web.server.*;
			import reactor.core.publisher.*;
			import static org.assertj.core.api.Assertions.*;
			""".replace('\n', ' ');

	private JavaSources() {
	}

	static void compile(List<Block> sources, Path directory) {
		if (sources.isEmpty()) {
			return;
		}
		JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "No compiler");
		StringWriter messages = new StringWriter();
		boolean compiled = compiler
			.getTask(messages, null, null,
					List.of("-d", directory.toString(), "-parameters", "-proc:none",
							"-Xlint:deprecation,rawtypes,removal,unchecked", "-Werror"),
					null, sources.stream().map(Source::new).toList())
			.call();
		assertThat(compiled).as(messages.toString()).isTrue();
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		Source(Block block) {
			super(URI.create("string:///" + block.place().replace(':', '-')), Kind.SOURCE);
			this.text = block.text().contains("import ") ? block.text() : IMPORTS + block.text();
		}

		/** A page has public classes too. */
		@Override
		public boolean isNameCompatible(String simpleName, JavaFileObject.Kind kind) {
			return !simpleName.endsWith("-info");
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
