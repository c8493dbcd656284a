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

package io.starlet.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.starlet.HttpException;
import io.starlet.StatusHandler;
import io.starlet.BackgroundTasks;
import io.starlet.background.BackgroundTasksMethodArgumentResolver;
import io.starlet.filter.ExceptionResponder;
import io.starlet.filter.HandledExceptionWebFilter;
import io.starlet.filter.LayerOrderCustomizer;
import io.starlet.filter.ServerErrorWebExceptionHandler;
import io.starlet.filter.ServerErrorWebFilter;
import io.starlet.invocation.HandlerInvoker;
import io.starlet.invocation.ReturnValueWriter;
import io.starlet.registry.RegisteredHandlers;
import io.starlet.response.DefaultResponseWriter;
import io.starlet.response.ExceptionLog;
import io.starlet.response.HttpExceptionResolver;
import io.starlet.testing.LogCapture;
import io.starlet.testing.OnEachServer;
import io.starlet.testing.RawHttpResponse;
import io.starlet.testing.TestApplication;
import io.starlet.traceback.TracebackRenderer;
import org.apache.catalina.connector.RequestFacade;
import io.starlet.websocket.ExceptionWebSocketHandlerAdapter;
import io.starlet.websocket.WebSocketExceptionResponder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;
import org.springframework.web.server.ServerWebExchangeDecorator;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Rules R36 to R39: at home in an application.
 */
@OnEachServer
@Timeout(60)
class StarletAutoConfigurationTests {

	private static final List<Class<?>> BEANS = List.of(RegisteredHandlers.class, HttpExceptionResolver.class,
			ExceptionLog.class, DefaultResponseWriter.class, HandlerInvoker.class, ReturnValueWriter.class,
			ExceptionResponder.class, ServerErrorWebFilter.class, HandledExceptionWebFilter.class,
			ServerErrorWebExceptionHandler.class, LayerOrderCustomizer.class, HttpHandlerDecoratorFactory.class,
			WebSocketExceptionResponder.class, ExceptionWebSocketHandlerAdapter.class, BackgroundTasks.Factory.class,
			BackgroundTasksMethodArgumentResolver.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(StarletAutoConfiguration.class, ServletWebApplicationAutoConfiguration.class,
						WebFluxAutoConfiguration.class, ErrorWebFluxAutoConfiguration.class,
						HttpHandlerAutoConfiguration.class, CodecsAutoConfiguration.class));

	@Test
	void shouldConfigureEachBeanOnce() {
		this.runner.run((context) -> {
			for (Class<?> type : BEANS) {
				assertThat(context).hasSingleBean(type);
			}
		});
	}

	@Test
	void shouldBackOffWhenApplicationHasBeansOfItsOwn() {
		this.runner.run((defaults) -> {
			for (Class<?> type : BEANS) {
				if (type == HttpHandlerDecoratorFactory.class) {
					continue;
				}
				String name = defaults.getBeanNamesForType(type)[0];
				Object own = defaults.getBean(name);
				this.runner.withInitializer((context) -> context.getBeanFactory().registerSingleton("own", own))
					.run((context) -> assertThat(context.getBeanNamesForType(type)).as(type.getName())
						.containsExactly("own"));
			}
		});
	}

	@Test
	void shouldBackOffWhenApplicationTracksResponsesItself() {
		this.runner
			.withBean("responseTrackingDecoratorFactory", HttpHandlerDecoratorFactory.class, () -> (handler) -> handler)
			.run((context) -> assertThat(context).hasSingleBean(HttpHandlerDecoratorFactory.class));
	}

	@Test
	void shouldLeaveTheApplicationAsItWasWhenDisabled() {
		this.runner.withPropertyValues("starlet.enabled=false").run((context) -> {
			for (Class<?> type : BEANS) {
				assertThat(context).doesNotHaveBean(type);
			}
		});
		try (TestApplication disabled = TestApplication.start(App.class, "starlet.enabled=false")) {
			RawHttpResponse response = disabled.get("/missing", "Accept: application/json");
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).contains("\"path\":\"/missing\"").contains("\"status\":404");
		}
	}

	@Test
	void shouldDoNothingButSaySoInOneLineInAServletApplication() {
		try (LogCapture log = new LogCapture()) {
			new WebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(StarletAutoConfiguration.class,
						ServletWebApplicationAutoConfiguration.class))
				.run((context) -> {
					for (Class<?> type : BEANS) {
						assertThat(context).doesNotHaveBean(type);
					}
				});
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage())
					.startsWith("Starlet does nothing, as this is a servlet application"));
		}
	}

	@Test
	void shouldSaySoInAServletApplicationWithLazyInitialization() {
		try (LogCapture log = new LogCapture()) {
			new WebApplicationContextRunner().withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
				.withConfiguration(AutoConfigurations.of(ServletWebApplicationAutoConfiguration.class))
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.atLeast(Level.WARN)).hasSize(1);
		}
	}

	@Test
	void shouldSayNothingInAServletApplicationWhenDisabled() {
		try (LogCapture log = new LogCapture()) {
			new WebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(ServletWebApplicationAutoConfiguration.class))
				.withPropertyValues("starlet.enabled=false")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void shouldInitializeNoBeanEarlyAndWarnOfNothingAtStartUp() {
		try (LogCapture log = new LogCapture();
				TestApplication application = TestApplication.start(ProcessedApp.class,
						"spring.thymeleaf.check-template-location=false")) {
			for (Class<?> type : BEANS) {
				assertThat(application.bean(LastPostProcessor.class).seen).anyMatch(type::isAssignableFrom);
			}
			assertThat(log.atLeast(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
		}
	}

	@Test
	void shouldFindHandlersWithLazyInitialization() {
		try (TestApplication lazy = TestApplication.start(App.class, "spring.main.lazy-initialization=true")) {
			assertThat(lazy.get("/missing").body()).isEqualTo("handled");
		}
	}

	@Test
	void shouldNotChangeSuccessfulResponses() {
		try (TestApplication with = TestApplication.start(App.class);
				TestApplication without = TestApplication.start(App.class, "starlet.enabled=false")) {
			for (String path : List.of("/ok", "/redirect", "/static.txt", "/created")) {
				RawHttpResponse one = with.get(path);
				RawHttpResponse other = without.get(path);
				assertThat(one).as(path).isEqualTo(other);
				assertThat(one.status()).as(path).isBetween(200, 399);
			}
		}
	}

	@Test
	void everyPropertyHasADescription() throws IOException {
		String metadata = read("META-INF/spring-configuration-metadata.json");
		Map<String, String> names = Map.ofEntries(entry("starlet.enabled", "true"), entry("starlet.debug", "false"),
				entry("starlet.filter-exceptions", "\"handle\""), entry("starlet.handler-timeout", "\"30s\""),
				entry("starlet.raise-server-exceptions", "false"), entry("starlet.log-levels", ""),
				entry("starlet.log-stack-trace", "\"full\""), entry("starlet.status-pages.enabled", "false"),
				entry("starlet.traceback.application-packages", ""), entry("starlet.traceback.editor", ""),
				entry("starlet.traceback.path-mapping", ""), entry("starlet.traceback.redacted-names", ""),
				entry("starlet.traceback.allow-in-production", "false"),
				entry("starlet.traceback.allowed-addresses", ""), entry("starlet.websocket.close-timeout", "\"10s\""),
				entry("starlet.background.on-error", "\"stop\""), entry("starlet.background.max-in-flight", "10000"));
		String[] properties = metadata.substring(metadata.indexOf("\"properties\""), metadata.indexOf("\"hints\""))
			.split("\\{", -1);
		for (Map.Entry<String, String> name : names.entrySet()) {
			assertThat(properties).filteredOn((property) -> property.contains("\"" + name.getKey() + "\""))
				.singleElement()
				.satisfies((property) -> {
					assertThat(property).contains("\"description\"").doesNotContain("@code");
					if (!name.getValue().isEmpty()) {
						assertThat(property.replaceAll("\\s", "")).contains("\"defaultValue\":" + name.getValue());
					}
				});
		}
		assertThat(Arrays.stream(properties).filter((property) -> property.contains("\"name\": \"starlet.")))
			.hasSize(names.size());
		assertThat(metadata.substring(metadata.indexOf("\"hints\""))).contains("starlet.traceback.editor", "vscode",
				"starlet.log-levels.keys", "5xx");
	}

	@Test
	void shouldCreateWhatRendersTracebacksOnlyWithDebug() {
		// Not by a condition, as ahead-of-time processing would decide it
		this.runner.run((context) -> assertThat(isCreated(context)).isFalse());
		this.runner.withPropertyValues("starlet.debug=true").run((context) -> assertThat(isCreated(context)).isTrue());
		this.runner.withPropertyValues("starlet.debug=true", "starlet.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TracebackRenderer.class));
	}

	private static boolean isCreated(AssertableReactiveWebApplicationContext context) {
		String[] names = context.getBeanNamesForType(TracebackRenderer.class, true, false);
		assertThat(names).hasSize(1);
		return context.getBeanFactory().containsSingleton(names[0]);
	}

	@Test
	void shouldHaveHintsForNativeImages() {
		RuntimeHints hints = new RuntimeHints();
		new TracebackConfiguration.Hints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource().forResource("io/starlet/traceback/traceback.css")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/starlet/traceback/traceback.js")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(RequestFacade.class, "request")).accepts(hints);
		new WebSocketConfiguration.Hints().registerHints(hints, getClass().getClassLoader());
		assertThat(
				RuntimeHintsPredicates.reflection().onMethodInvocation(AbstractWebSocketSession.class, "getDelegate"))
			.accepts(hints);
	}

	@Test
	void shouldBackOffWhenApplicationRendersTracebacksItself() {
		this.runner.withPropertyValues("starlet.debug=true").run((defaults) -> {
			TracebackRenderer own = defaults.getBean(TracebackRenderer.class);
			this.runner.withPropertyValues("starlet.debug=true")
				.withInitializer((context) -> context.getBeanFactory().registerSingleton("own", own))
				.run((context) -> assertThat(context.getBeanNamesForType(TracebackRenderer.class))
					.containsExactly("own"));
		});
	}

	@Test
	void shouldSayInOneLineThatTracebacksAreShown() {
		try (LogCapture log = new LogCapture()) {
			this.runner.withPropertyValues("starlet.debug=true").run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage())
					.startsWith("starlet.debug is on: every client"));
		}
	}

	@Test
	void shouldSayNothingAndCheckNothingOfTracebacksWithoutDebug() {
		try (LogCapture log = new LogCapture()) {
			this.runner
				.withPropertyValues("starlet.traceback.editor=javascript:{file}",
						"starlet.traceback.allowed-addresses=x")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.atLeast(Level.WARN)).isEmpty();
		}
	}

	@Test
	void shouldNotMakeARendererInProduction() {
		try (LogCapture log = new LogCapture()) {
			this.runner
				.withPropertyValues("starlet.debug=true", "spring.profiles.active=production",
						"starlet.traceback.editor=javascript:{file}")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.atLeast(Level.WARN)).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("nobody sees tracebacks"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "editor, javascript:{file}", "editor, emacs", "path-mapping.app, /home/me",
			"allowed-addresses, example.com", "allowed-addresses[0], 10.0.0.0/33", "allowed-addresses, ''",
			"application-packages[0], ' '", "redacted-names[0], ''" })
	void shouldNotStartWithAnInvalidSettingOfTracebacks(String name, String value) {
		this.runner
			.withPropertyValues("starlet.debug=true", "starlet.traceback.editor=idea",
					"starlet.traceback." + name + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
					assertThat("starlet.traceback." + name).startsWith(failure.getName());
					assertThat(failure.getReason()).matches("[^.]+\\..*[ .](Use|Write|Remove) .*");
				}));
	}

	@Test
	void shouldHaveNoBackgroundTasksWhereStarletIsNot() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
		assertThatIllegalStateException().isThrownBy(() -> BackgroundTasks.of(exchange))
			.withMessageContaining("Starlet is enabled");
		this.runner.withPropertyValues("starlet.enabled=false")
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> BackgroundTasks.of(new ServerWebExchangeDecorator(exchange) {
					@Override
					public ApplicationContext getApplicationContext() {
						return context;
					}
				}))
				.withMessageContaining("Starlet is enabled"));
	}

	@ParameterizedTest
	@CsvSource({ "starlet.websocket.close-timeout, 0s", "starlet.websocket.close-timeout, -1s",
			"starlet.background.max-in-flight, 0", "starlet.background.max-in-flight, -1" })
	void shouldNotStartWithALimitThatLeavesNothing(String name, String value) {
		this.runner.withPropertyValues(name + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
					assertThat(failure.getName()).isEqualTo(name);
					assertThat(failure.getReason()).startsWith("It must be ");
				}));
	}

	@Test
	void shouldStartWithValidSettingsOfTracebacks() {
		this.runner.withPropertyValues("starlet.debug=true", "starlet.traceback.editor=vscode",
				"starlet.traceback.path-mapping.[/app]=/home/me", "starlet.traceback.application-packages=com.example",
				"starlet.traceback.redacted-names=iban,pin", "starlet.traceback.allowed-addresses=127.0.0.1, ::1")
			.run((context) -> {
				StarletProperties.Traceback traceback = context.getBean(StarletProperties.class).traceback();
				assertThat(traceback.pathMapping()).isEqualTo(Map.of("/app", "/home/me"));
				assertThat(traceback.allowedAddresses()).containsExactly("127.0.0.1", "::1");
			});
	}

	private static String read(String resource) throws IOException {
		try (InputStream in = StarletAutoConfiguration.class.getClassLoader().getResourceAsStream(resource)) {
			assertThat(in).isNotNull();
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Endpoints.class, Handlers.class })
	static class App {

	}

	static class Handlers {

		@StatusHandler(404)
		String notFound(HttpException ex) {
			return "handled";
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/redirect")
		ResponseEntity<Void> redirect() {
			return ResponseEntity.status(302).header("Location", "/ok").build();
		}

		@GetMapping("/created")
		ResponseEntity<Map<String, Integer>> created() {
			return ResponseEntity.created(URI.create("/ok")).header("ETag", "\"1\"").body(Map.of("id", 1));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(App.class)
	static class ProcessedApp {

		@Bean
		static LastPostProcessor lastPostProcessor() {
			return new LastPostProcessor();
		}

	}

	/** Sees only beans that are created after all post-processors, not earlier. */
	static class LastPostProcessor implements BeanPostProcessor {

		final List<Class<?>> seen = new ArrayList<>();

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			this.seen.add(bean.getClass());
			return bean;
		}

	}

}
