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
 * Marks a handler of HTTP exceptions of exactly the given statuses. HTTP exceptions are
 * {@link HttpException}, Spring's own (no route, wrong method, failed validation,
 * {@code ResponseStatusException} ...) and exceptions annotated with
 * {@code @ResponseStatus}.
 * <p>
 * May be placed on a method of any bean, on a bean class or a {@code @Bean} method whose
 * bean is an {@link HttpExceptionHandler}, and on annotations of your own. A method takes
 * and returns what a method annotated with Spring's {@code @ExceptionHandler} does, and
 * {@code ServerRequest} and {@code ServerResponse} too.
 * <p>
 * Status {@code 500} names the server-error handler, which answers every exception that
 * nothing else handles.
 *
 * <pre class="code">
 * &#64;StatusHandler(404)
 * Rendering notFound(HttpException ex) {
 *     return Rendering.view("not-found").modelAttribute("detail", ex.getDetail()).build();
 * }
 * </pre>
 *
 * @since 0.1.0
 * @see ExceptionHandlerFor
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(ExceptionHandlerReflectiveProcessor.class)
public @interface StatusHandler {

	/**
	 * The statuses, each 100 to 999.
	 * @return at least one status
	 */
	int[] value();

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
