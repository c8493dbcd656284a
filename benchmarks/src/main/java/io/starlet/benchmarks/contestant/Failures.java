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

package io.starlet.benchmarks.contestant;

import io.starlet.HttpException;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * What an application raises, which depends on who is to handle it.
 */
interface Failures {

	/** A missing book. */
	RuntimeException notFound();

	/** A book that can't be added. */
	RuntimeException conflict();

	class OfAdvice implements Failures {

		@Override
		public RuntimeException notFound() {
			return new ResponseStatusException(HttpStatus.NOT_FOUND, Answers.NO_BOOK);
		}

		@Override
		public RuntimeException conflict() {
			return new BookExistsException();
		}

	}

	class OfSpring extends OfAdvice {

		@Override
		public RuntimeException conflict() {
			return new WithStatus();
		}

		@ResponseStatus(HttpStatus.CONFLICT)
		private static final class WithStatus extends BookExistsException {

			private static final long serialVersionUID = 1L;

		}

	}

	class OfStarlet implements Failures {

		@Override
		public RuntimeException notFound() {
			return new HttpException(404, Answers.NO_BOOK);
		}

		@Override
		public RuntimeException conflict() {
			return new BookExistsException();
		}

	}

}
