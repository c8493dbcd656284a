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

import org.jspecify.annotations.Nullable;

/**
 * A frame as it is shown.
 *
 * @param element the frame itself
 * @param function the class without its package, and the method, as a person would name
 * them: {@code BookService.reserve (lambda)}
 * @param application whether it is the application's own
 * @param count how many times in a row it is on the stack, alone or with the frames of
 * its cycle
 * @param source the lines around it, if they were found
 */
record TracedFrame(StackTraceElement element, String function, boolean application, int count,
		@Nullable SourceExcerpt source) {

}
