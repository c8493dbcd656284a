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

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what the bookshop logs when it starts.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class StartUpTests {

	@AfterEach
	void silenceAgain() {
		((Logger) LoggerFactory.getLogger("io.starlet")).setLevel(Level.OFF);
	}

	@Test
	void shouldWarnOfNothing(CapturedOutput output) {
		// Closed by its shutdown hook, as its end is also that of the event loops, which
		// all share
		BookshopExtension.start("--logging.level.io.starlet=info");
		assertThat(output).contains("INFO", "Started BookshopApplication").doesNotContain("WARN", "ERROR");
	}

}
