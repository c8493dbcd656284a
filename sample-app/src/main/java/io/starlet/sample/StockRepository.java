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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Repository;

/**
 * The stock, in a file that the staff edits by hand.
 */
@Repository
class StockRepository {

	private final Resource file = new ClassPathResource("stock.csv");

	Optional<Stock> findByIsbn(String isbn) {
		return read().lines().filter((line) -> line.startsWith(isbn)).map(this::parse).findFirst();
	}

	private String read() {
		try {
			return this.file.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Stock parse(String line) {
		int comma = line.indexOf(',');
		try {
			return new Stock(line.substring(0, comma), Integer.parseInt(line.substring(comma + 1)));
		}
		catch (NumberFormatException ex) {
			throw new InvalidStockException(line, ex);
		}
	}

}
