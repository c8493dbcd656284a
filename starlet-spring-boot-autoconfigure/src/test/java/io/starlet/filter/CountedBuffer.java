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

package io.starlet.filter;

import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferWrapper;
import org.springframework.core.io.buffer.PooledDataBuffer;

/**
 * Counts how many buffers were released.
 */
class CountedBuffer extends DataBufferWrapper implements PooledDataBuffer {

	private final AtomicInteger released;

	CountedBuffer(DataBuffer delegate, AtomicInteger released) {
		super(delegate);
		this.released = released;
	}

	@Override
	public boolean isAllocated() {
		return true;
	}

	@Override
	public PooledDataBuffer retain() {
		return this;
	}

	@Override
	public PooledDataBuffer touch(Object hint) {
		return this;
	}

	@Override
	public boolean release() {
		this.released.incrementAndGet();
		return true;
	}

}
