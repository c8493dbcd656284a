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

package io.starlet.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Classes that Starlet asks for by name, to know which server it is on and what else is
 * there. A native image has none that it is not told of.
 */
class OptionalClassesRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> NAMES = List.of("jakarta.validation.Validator", "jakarta.websocket.Session",
			"org.apache.catalina.connector.RequestFacade", "org.eclipse.jetty.ee11.servlet.ServletApiRequest",
			"org.eclipse.jetty.server.Request", "reactor.netty.http.server.HttpServerRequest",
			"reactor.netty.http.server.HttpServerResponse", "reactor.tools.agent.ReactorDebugAgent");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		NAMES.forEach((name) -> hints.reflection().registerTypeIfPresent(classLoader, name));
	}

}
