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

package io.starlet.actuate;

import java.util.List;

import io.starlet.registry.HandlerDescription;
import io.starlet.registry.RegisteredHandlers;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Actuator endpoint that lists the registered exception handlers.
 *
 * @since 0.1.0
 */
@Endpoint(id = "exceptionhandlers")
public final class ExceptionHandlersEndpoint {

	private final RegisteredHandlers handlers;

	/**
	 * Create an endpoint.
	 * @param handlers the handlers
	 */
	public ExceptionHandlersEndpoint(RegisteredHandlers handlers) {
		this.handlers = handlers;
	}

	/**
	 * Return the handlers.
	 * @return what is known of each, in the order of registration
	 */
	@ReadOperation
	public ExceptionHandlersDescriptor exceptionHandlers() {
		return new ExceptionHandlersDescriptor(this.handlers.getDescriptions());
	}

	/**
	 * What the endpoint answers.
	 *
	 * @param handlers the handlers
	 * @since 0.1.0
	 */
	public record ExceptionHandlersDescriptor(List<HandlerDescription> handlers) implements OperationResponseBody {

	}

}
