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
 * Everything that is shown about one error, redacted and bounded, before it is HTML, text
 * or Markdown.
 *
 * @param error the error, with its causes and suppressed exceptions
 * @param requestLine method and URL
 * @param logPrefix what the log's lines of this request start with
 * @param hints what may help, in sentences
 * @param request the request, and the handlers of the error
 * @param application the application
 */
record Traceback(TracedThrowable error, String requestLine, String logPrefix, List<String> hints, List<Section> request,
		Section application) {

}
