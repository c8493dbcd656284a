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

package io.starlet;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a handler of exceptions of the given classes and their subclasses; the handler of
 * the most specific class is called. For an HTTP exception a {@link StatusHandler} comes
 * first.
 * <p>
 * May be placed where {@link StatusHandler} may. {@code HttpException.class} serves all
 * HTTP exceptions, Spring's own included. {@code Exception.class} and
 * {@code Throwable.class} name the server-error handler, as status 500 does.
 * <p>
 * A method that takes a {@code WebSocketSession}, and a bean that is a
 * {@link WebSocketExceptionHandler}, handle exceptions that end a WebSocket session, and
 * no others. Such a method takes the exception, its causes and the {@code HandshakeInfo}
 * besides, and returns {@code void}, {@code Mono<Void>} or another type without a value.
 *
 * <pre class="code">
 * &#64;ExceptionHandlerFor
 * ResponseEntity&lt;?&gt; taken(DuplicateKeyException ex) {
 *     return ResponseEntity.status(409).body(Map.of("detail", "exists already"));
 * }
 * </pre>
 *
 * @since 0.1.0
 * @see StatusHandler
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(ExceptionHandlerReflectiveProcessor.class)
public @interface ExceptionHandlerFor {

	/**
	 * The classes of exceptions.
	 * @return the classes; if empty, the type of the method's first exception parameter,
	 * or of the {@link HttpExceptionHandler}'s exception
	 */
	Class<? extends Throwable>[] value() default {};

	/**
	 * Patterns of the paths of requests that the handler is for, as in
	 * {@code @RequestMapping}. The handler of the most specific pattern is called, and
	 * one without a pattern where none matches.
	 * @return patterns such as {@code "/api/**"}; if empty, all paths
	 */
	String[] paths() default {};

	/**
	 * The media types that the handler answers with. Of several handlers for the same,
	 * the one that the request's {@code Accept} prefers is called; where anything is
	 * accepted, that is the one without media types. A request that accepts none of them
	 * is answered nevertheless, by the first.
	 * @return media types such as {@code "text/html"}; if empty, anything
	 */
	String[] produces() default {};

}
