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

package io.starlet.sample;

import java.util.stream.Collectors;

import io.starlet.HttpException;

import org.springframework.http.HttpStatus;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;

/**
 * Says which fields of a book are wrong.
 */
class InvalidBookException extends HttpException {

	InvalidBookException(Errors errors) {
		super(HttpStatus.BAD_REQUEST, describe(errors));
	}

	private static String describe(Errors errors) {
		return errors.getFieldErrors()
			.stream()
			.map(InvalidBookException::describe)
			.sorted()
			.collect(Collectors.joining(", "));
	}

	/** What the binder says names Java types. */
	private static String describe(FieldError error) {
		return error.getField() + " " + (error.isBindingFailure() ? "is not valid" : error.getDefaultMessage());
	}

}
