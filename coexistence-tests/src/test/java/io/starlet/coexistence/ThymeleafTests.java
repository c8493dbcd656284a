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

package io.starlet.coexistence;

import java.net.http.HttpResponse;
import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.reactive.result.view.Rendering;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thymeleaf: handlers render its views, and errors in its templates are errors.
 */
@Timeout(60)
class ThymeleafTests {

	private static final String THYMELEAF = "org.thymeleaf.";

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(App.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void aHandlerRendersAViewWithTheStatusOfTheException() {
		HttpResponse<String> response = application.get("/gone");
		assertThat(response.statusCode()).isEqualTo(410);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/html"));
		assertThat(response.body()).contains("<h1>Sold &lt;out&gt;</h1>");
		assertThat(application.takeErrors()).isEmpty();
	}

	@Test
	void anErrorInTheTemplateOfAHandlerIsAPlain500WithBothErrorsInTheLog() {
		assertPlainServerError("/broken-handler");
		assertThat(ownError()).contains("HttpException: 402: No money", "TemplateProcessingException", "nothing");
	}

	@Test
	void anErrorInTheTemplateOfTheServerErrorHandlerIsAPlain500WithBothErrorsInTheLog() {
		assertPlainServerError("/error");
		assertThat(ownError()).contains("IllegalStateException: boom", "TemplateProcessingException", "nothing");
	}

	@Test
	void anErrorInTheTemplateOfAnEndpointIsAnError() {
		assertPlainServerError("/broken");
		assertThat(ownError()).contains("TemplateProcessingException", "nothing");
	}

	private static void assertPlainServerError(String path) {
		HttpResponse<String> response = application.get(path);
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.headers().firstValue("Content-Type")).contains("text/plain;charset=UTF-8");
		assertThat(response.body()).isEqualTo("Internal Server Error");
	}

	/** Thymeleaf logs errors of its templates itself, whoever asks for them. */
	private static String ownError() {
		List<ILoggingEvent> errors = application.takeErrors()
			.stream()
			.filter((event) -> !event.getLoggerName().startsWith(THYMELEAF))
			.toList();
		assertThat(errors).hasSize(1);
		return ThrowableProxyUtil.asString(errors.get(0).getThrowableProxy());
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Pages.class, Errors.class })
	static class App {

	}

	static class Errors {

		@StatusHandler(410)
		Rendering gone(HttpException ex) {
			return Rendering.view("gone").modelAttribute("detail", ex.getDetail()).build();
		}

		@StatusHandler(402)
		Rendering broken(HttpException ex) {
			return Rendering.view("broken").modelAttribute("detail", ex.getDetail()).build();
		}

		@StatusHandler(500)
		Rendering error(Exception ex) {
			return Rendering.view("broken").modelAttribute("detail", ex.toString()).build();
		}

	}

	@Controller
	static class Pages {

		@GetMapping("/gone")
		String gone() {
			throw new HttpException(410, "Sold <out>");
		}

		@GetMapping("/broken-handler")
		String brokenHandler() {
			throw new HttpException(402, "No money");
		}

		@GetMapping("/error")
		String error() {
			throw new IllegalStateException("boom");
		}

		@GetMapping("/broken")
		String broken(Model model) {
			model.addAttribute("detail", "of an endpoint");
			return "broken";
		}

	}

}
