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

import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A {@code @Component} whose methods are handlers of exceptions. Any bean may have such
 * methods; those of this stereotype are also part of the slice that {@code @WebFluxTest}
 * loads, as {@code @ControllerAdvice} classes are.
 *
 * <pre class="code">
 * &#64;ExceptionHandlers
 * class WebErrors {
 *
 *     &#64;StatusHandler(404)
 *     Map&lt;String, ?&gt; notFound(HttpException ex) {
 *         return Map.of("detail", ex.getDetail());
 *     }
 *
 * }
 * </pre>
 *
 * @since 0.1.0
 * @see StatusHandler
 * @see ExceptionHandlerFor
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface ExceptionHandlers {

	/**
	 * The name of the bean.
	 * @return the name; if empty, it is made of the name of the class
	 */
	@AliasFor(annotation = Component.class)
	String value() default "";

}
