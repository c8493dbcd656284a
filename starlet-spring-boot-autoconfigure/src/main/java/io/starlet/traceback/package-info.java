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

/**
 * A throwable as a page or text for a developer.
 * <p>
 * {@link io.starlet.traceback.TracebackRenderer} is the way in. It has everything that is
 * to be shown read into a {@code Traceback}, redacted and bounded, and then written:
 * <ul>
 * <li>the error by {@code ThrowableTracer}, with {@code RecoveredStack} for what Reactor
 * moved, {@code FrameNames} for names, and {@code Hints};</li>
 * <li>the source files by {@code Sources}, which {@code SourceRoots} tells where to look,
 * and {@code SyntaxHighlighter};</li>
 * <li>the request by {@code RequestInspector}, the application by
 * {@code ApplicationInspector};</li>
 * <li>secrets masked by {@link io.starlet.traceback.Redaction} in all of these, those of
 * the request found by {@code RequestSecrets};</li>
 * <li>the result by {@code HtmlTraceback}, {@code TextTraceback} and
 * {@code MarkdownTraceback}, with {@code Html} and {@code PrintableText} as the doors
 * that every text goes through.</li>
 * </ul>
 * {@link io.starlet.traceback.StackTraceFolder} writes an error for the log.
 */
@NullMarked
package io.starlet.traceback;

import org.jspecify.annotations.NullMarked;
