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

/**
 * What is known of a request.
 *
 * @param requestLine method and URL, redacted
 * @param logPrefix what the log's lines of this request start with
 * @param sections its parts, redacted, without empty ones
 * @param redaction what is masked, the request's own secrets among it
 */
record RequestDetails(String requestLine, String logPrefix, List<Section> sections, Redaction redaction) {

	/** Without the redaction, which knows the secrets. */
	@Override
	public String toString() {
		return "RequestDetails[" + this.requestLine + "]";
	}

}
