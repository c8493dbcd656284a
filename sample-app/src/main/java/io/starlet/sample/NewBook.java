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

import java.math.BigDecimal;

import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;

/**
 * What a client sends to add a book.
 */
record NewBook(@NotNull @Pattern(regexp = "[0-9]{13}", message = "must be 13 digits") String isbn,
		@NotBlank @Size(max = 200) String title, @NotBlank @Size(max = 200) String author,
		@NotNull @Positive @Digits(integer = 4, fraction = 2) BigDecimal price) {

	Book toBook() {
		return new Book(null, this.isbn, this.title, this.author, this.price);
	}

}
