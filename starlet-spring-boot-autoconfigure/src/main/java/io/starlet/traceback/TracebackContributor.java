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

package io.starlet.traceback;

import java.util.List;

import org.springframework.web.server.ServerWebExchange;

/**
 * Tells a traceback what only others know.
 *
 * @since 0.1.0
 */
public interface TracebackContributor {

	/**
	 * Describe the handlers that are registered for an error, in the order in which they
	 * would be asked.
	 * @param exchange the exchange
	 * @param error the error
	 * @return one description for each
	 */
	List<String> handlers(ServerWebExchange exchange, Throwable error);

	/**
	 * Say what may help.
	 * @param exchange the exchange
	 * @param error the error
	 * @return sentences
	 */
	List<String> hints(ServerWebExchange exchange, Throwable error);

}
