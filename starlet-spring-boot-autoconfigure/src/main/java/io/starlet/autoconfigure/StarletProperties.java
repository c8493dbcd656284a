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

import io.starlet.filter.FilterExceptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of Starlet.
 *
 * @param enabled whether Starlet answers exceptions; without it the application is as if
 * the starter were not there
 * @param debug whether unhandled errors are answered with a traceback. For development
 * only, as it shows the application's inside to every client
 * @param filterExceptions what becomes of an HTTP exception that a filter raises
 * @param raiseServerExceptions whether unhandled errors go on to the server after they
 * have been answered, so that a test that has no server sees them
 * @since 0.1.0
 */
@ConfigurationProperties("starlet")
public record StarletProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean debug,
		@DefaultValue("handle") FilterExceptions filterExceptions,
		@DefaultValue("false") boolean raiseServerExceptions) {

}
