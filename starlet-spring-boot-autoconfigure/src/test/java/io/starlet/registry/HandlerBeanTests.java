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

package io.starlet.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.starlet.ExceptionHandlerConfigurer;
import io.starlet.ExceptionHandlerFor;
import io.starlet.HttpException;
import io.starlet.HttpExceptionHandler;
import io.starlet.StatusHandler;
import io.starlet.autoconfigure.StarletAutoConfiguration;
import io.starlet.response.HttpExceptionResolver;
import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.framework.autoproxy.AbstractAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.test.web.reactive.server.HttpHandlerConnector;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules R8 and R9: beans of every kind may be handlers, and are created as late as Spring
 * would create them.
 */
@Timeout(60)
class HandlerBeanTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpHandlerAutoConfiguration.class, JacksonAutoConfiguration.class,
				CodecsAutoConfiguration.class, WebFluxAutoConfiguration.class, StarletAutoConfiguration.class))
		.withUserConfiguration(Routes.class);

	@ParameterizedTest
	@ValueSource(classes = { PackagePrivate.class, MetaAnnotated.class, MetaAnnotatedWithAttribute.class,
			InterfaceDefault.class, AnnotatedInterface.class, Subclass.class, AnnotatedBean.class,
			InheritedAnnotation.class, BeanMethod.class, StaticBeanMethod.class, StatusOfConfigurer.class,
			FactoryBeanHandlers.class })
	void everyKindOfBeanMayBeAHandler(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> assertThat(answer(context, 404)).isEqualTo("ok"));
	}

	@ParameterizedTest
	@ValueSource(classes = { Concrete.class, ConcreteBean.class, GenericBeanMethod.class, ExceptionOfConfigurer.class })
	void theExceptionOfAGenericBeanIsThatOfTheSubclass(Class<?> handlers) {
		this.runner.withBean("handlers", handlers).run((context) -> {
			assertThat(answer(context, 1)).isEqualTo("ok");
			RegisteredHandlers registry = context.getBean(RegisteredHandlers.class);
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/any"));
			assertThat(registry.find(exchange, new IOException(), null, TriedHandlers.NONE)).isNotNull();
			assertThat(registry.find(exchange, new IllegalStateException(), null, TriedHandlers.NONE)).isNull();
		});
	}

	@Test
	void anOverridingMethodWithoutTheAnnotationHandlesWhatTheOverriddenMethodIsAnnotatedFor() {
		this.runner.withBean(Overriding.class)
			.run((context) -> assertThat(answer(context, 404)).isEqualTo("overridden"));
	}

	@Test
	void handlersOfAParentContextAreHandlers() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(ParentConfig.class)) {
			this.runner.withParent(parent).run((context) -> {
				assertThat(answer(context, 404)).isEqualTo("ok");
				assertThat(answer(context, 410)).isEqualTo("bean of parent");
			});
		}
	}

	@Test
	void aBeanHidesThatOfTheSameNameInTheParentContext() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(ParentConfig.class)) {
			this.runner.withParent(parent)
				.withBean("packagePrivate", Other.class)
				.run((context) -> assertThat(answer(context, 404)).isEqualTo("other"));
		}
	}

	@Test
	void aLazyBeanIsCreatedWithTheFirstExceptionAndOnce() {
		AtomicInteger created = new AtomicInteger();
		this.runner.withBean("handlers", Counted.class, () -> new Counted(created), (bean) -> bean.setLazyInit(true))
			.run((context) -> {
				assertThat(answer(context, 200)).isEqualTo("fine");
				assertThat(created).hasValue(0);
				assertThat(context.getBeanFactory().containsSingleton("handlers")).isFalse();
				assertThat(answer(context, 404)).isEqualTo("instance 1");
				assertThat(answer(context, 404)).isEqualTo("instance 1");
				assertThat(created).hasValue(1);
			});
	}

	@Test
	void aLazyHandlerBeanIsCreatedWithTheFirstExceptionAndOnce() {
		AtomicInteger created = LazyHandlerBean.created;
		created.set(0);
		this.runner.withUserConfiguration(LazyHandlerBean.class).run((context) -> {
			assertThat(answer(context, 200)).isEqualTo("fine");
			assertThat(created).hasValue(0);
			assertThat(answer(context, 404)).isEqualTo("instance 1");
			assertThat(answer(context, 404)).isEqualTo("instance 1");
		});
	}

	@Test
	void aPrototypeIsCreatedForEachException() {
		AtomicInteger created = new AtomicInteger();
		this.runner
			.withBean("handlers", Counted.class, () -> new Counted(created), (bean) -> bean.setScope("prototype"))
			.run((context) -> {
				assertThat(created).hasValue(0);
				assertThat(answer(context, 404)).isEqualTo("instance 1");
				assertThat(answer(context, 404)).isEqualTo("instance 2");
			});
	}

	@Test
	void aScopedProxyTakesTheBeanOfItsScope() {
		ScopedConfig.created.set(0);
		this.runner.withUserConfiguration(ScopedConfig.class).run((context) -> {
			assertThat(ScopedConfig.created).hasValue(0);
			assertThat(answer(context, 404)).isEqualTo("instance 1");
			assertThat(answer(context, 404)).isEqualTo("instance 2");
		});
	}

	@Test
	void aScopedProxyOfInterfacesTakesTheBeanOfItsScope() {
		this.runner.withUserConfiguration(ScopedByInterfacesConfig.class)
			.run((context) -> assertThat(answer(context, 404)).isEqualTo("JDK proxy with state"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "singleton", "lazy", "prototype" })
	void aBeanThatIsProxiedByItsClassIsCalledThroughItsProxy(String kind) {
		ProxyCreator proxies = new ProxyCreator(true);
		withProxied(kind, proxies).run((context) -> {
			assertThat(AopUtils.isCglibProxy(context.getBean("handlers"))).isTrue();
			assertThat(answer(context, 404)).isEqualTo("Proxied with state");
			assertThat(answer(context, 410)).isEqualTo("package-private with state");
			assertThat(proxies.calls).hasValue(2);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "singleton", "lazy", "prototype" })
	void aBeanThatIsProxiedByItsInterfacesIsCalledThroughItsProxy(String kind) {
		ProxyCreator proxies = new ProxyCreator(false);
		this.runner.withBean("proxies", ProxyCreator.class, () -> proxies)
			.withBean("handlers", JdkProxied.class, JdkProxied::new, (bean) -> {
				bean.setLazyInit(kind.equals("lazy"));
				bean.setScope(kind.equals("prototype") ? kind : "singleton");
			})
			.run((context) -> {
				assertThat(answer(context, 404)).isEqualTo("JDK proxy with state");
				assertThat(AopUtils.isJdkDynamicProxy(context.getBean("handlers"))).isTrue();
				assertThat(proxies.calls).hasValue(1);
			});
	}

	private ReactiveWebApplicationContextRunner withProxied(String kind, ProxyCreator proxies) {
		return this.runner.withBean("proxies", ProxyCreator.class, () -> proxies)
			.withBean("handlers", Proxied.class, Proxied::new, (bean) -> {
				bean.setLazyInit(kind.equals("lazy"));
				bean.setScope(kind.equals("prototype") ? kind : "singleton");
			});
	}

	@Test
	void aProxiedHandlerBeanIsCalledThroughItsProxy() {
		ProxyCreator proxies = new ProxyCreator(false);
		this.runner.withBean("proxies", ProxyCreator.class, () -> proxies)
			.withBean("handlers", AnnotatedBean.class)
			.run((context) -> {
				assertThat(answer(context, 404)).isEqualTo("ok");
				assertThat(proxies.calls).hasValue(1);
			});
	}

	@Test
	void whatSpringSecurityAnswersIsLeftToItUnlessThereIsAHandlerForItsClass() {
		this.runner.withBean("handlers", SecurityHandlers.class).run((context) -> {
			RegisteredHandlers handlers = context.getBean(RegisteredHandlers.class);
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/any"));
			assertThat(handlers.isLeftToSecurity(exchange, new AccessDeniedException("no"))).isTrue();
			assertThat(handlers.isLeftToSecurity(exchange, new BadCredentialsException("no"))).isTrue();
			assertThat(handlers.isLeftToSecurity(exchange, new DisabledException("no"))).isFalse();
			assertThat(handlers.isLeftToSecurity(exchange, new IllegalStateException("handled"))).isFalse();
			assertThat(handlers.isLeftToSecurity(exchange, new IOException("of no handler"))).isFalse();
		});
	}

	@Test
	void lookUpKeepsNoClassLoaderAlive() {
		this.runner.withBean("handlers", RuntimeHandlers.class).run((context) -> {
			WeakReference<ClassLoader> loader = lookUp(context.getBean(RegisteredHandlers.class),
					context.getBean(HttpExceptionResolver.class));
			Awaitility.await().until(() -> {
				System.gc();
				return loader.get() == null;
			});
		});
	}

	/** In a method of its own, so that no local variable keeps what it loads. */
	private static WeakReference<ClassLoader> lookUp(RegisteredHandlers handlers, HttpExceptionResolver resolver)
			throws ReflectiveOperationException {
		ClassLoader loader = new ThrowawayClassLoader();
		RuntimeException exception = loader.loadClass(DroppedException.class.getName())
			.asSubclass(RuntimeException.class)
			.getDeclaredConstructor()
			.newInstance();
		assertThat(exception).isNotInstanceOf(DroppedException.class);
		assertThat(resolver.resolve(exception)).isNull();
		RegisteredHandler handler = Objects.requireNonNull(handlers
			.find(MockServerWebExchange.from(MockServerHttpRequest.get("/any")), exception, null, TriedHandlers.NONE));
		assertThat(handler.toString()).contains("RuntimeHandlers#handle");
		assertThat(handlers.find(MockServerWebExchange.from(MockServerHttpRequest.get("/any")), exception, null,
				TriedHandlers.NONE))
			.isSameAs(handler);
		return new WeakReference<>(loader);
	}

	private static String answer(ApplicationContext context, int status) {
		byte[] body = WebTestClient.bindToServer(new HttpHandlerConnector(context.getBean(HttpHandler.class)))
			.build()
			.get()
			.uri("/" + status)
			.exchange()
			.expectBody()
			.returnResult()
			.getResponseBody();
		return (body != null) ? new String(body, StandardCharsets.UTF_8) : "";
	}

	static class Routes {

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route().GET("/{status}", (request) -> {
				int status = Integer.parseInt(request.pathVariable("status"));
				return switch (status) {
					case 200 -> ServerResponse.ok().bodyValue("fine");
					case 1 -> Mono.error(new FileException());
					default -> Mono.error(new HttpException(status));
				};
			}).build();
		}

	}

	static class PackagePrivate {

		@StatusHandler(404)
		String handle(HttpException ex) {
			return "ok";
		}

	}

	static class Other {

		@StatusHandler(404)
		String handle(HttpException ex) {
			return "other";
		}

	}

	static class ParentConfig {

		@Bean
		PackagePrivate packagePrivate() {
			return new PackagePrivate();
		}

		@Bean
		@StatusHandler(410)
		HttpExceptionHandler<HttpException> gone() {
			return (request, ex) -> ServerResponse.status(410).bodyValue("bean of parent");
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@StatusHandler(404)
	@interface NotFoundHandler {

	}

	static class MetaAnnotated {

		@NotFoundHandler
		String handle() {
			return "ok";
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@StatusHandler(0)
	@interface MyStatusHandler {

		@AliasFor(annotation = StatusHandler.class, attribute = "value")
		int[] statuses();

	}

	static class MetaAnnotatedWithAttribute {

		@MyStatusHandler(statuses = { 403, 404 })
		String handle() {
			return "ok";
		}

	}

	interface DefaultMethod {

		@StatusHandler(404)
		default String handle(HttpException ex) {
			return "ok";
		}

	}

	static class InterfaceDefault implements DefaultMethod {

	}

	interface Contract {

		@StatusHandler(404)
		String handle(HttpException ex);

	}

	static class AnnotatedInterface implements Contract {

		@Override
		public String handle(HttpException ex) {
			return "ok";
		}

	}

	static class Subclass extends PackagePrivate {

	}

	static class Overriding extends PackagePrivate {

		@Override
		String handle(HttpException ex) {
			return "overridden";
		}

	}

	@StatusHandler(404)
	static class AnnotatedBean implements HttpExceptionHandler<HttpException> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, HttpException ex) {
			return ServerResponse.status(404).bodyValue("ok");
		}

	}

	static class InheritedAnnotation extends AnnotatedBean {

	}

	static class BeanMethod {

		@Bean
		@NotFoundHandler
		HttpExceptionHandler<HttpException> bean() {
			return (request, ex) -> ServerResponse.status(404).bodyValue("ok");
		}

	}

	static class StaticBeanMethod {

		@Bean
		@StatusHandler(404)
		static HttpExceptionHandler<HttpException> bean() {
			return (request, ex) -> ServerResponse.status(404).bodyValue("ok");
		}

	}

	static class StatusOfConfigurer {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.status(404, (request, ex) -> ServerResponse.status(404).bodyValue("ok"));
		}

	}

	static class ExceptionOfConfigurer {

		@Bean
		ExceptionHandlerConfigurer configurer() {
			return (registry) -> registry.exception(Exception.class, (request, ex) -> ServerResponse.ok().build())
				.webSocket(IOException.class, (session, ex) -> session.close())
				.exception(IOException.class, (request, ex) -> ServerResponse.status(404).bodyValue("ok"));
		}

	}

	static class FactoryBeanHandlers extends ProxyFactoryBean {

		FactoryBeanHandlers() {
			setTarget(new PackagePrivate());
			setProxyTargetClass(true);
		}

	}

	abstract static class Base<E extends Throwable> {

		@ExceptionHandlerFor
		String handle(E ex) {
			return "ok";
		}

	}

	static class Concrete extends Base<IOException> {

	}

	abstract static class BaseBean<E extends Throwable> implements HttpExceptionHandler<E> {

		@Override
		public Mono<ServerResponse> handle(ServerRequest request, E ex) {
			return ServerResponse.status(404).bodyValue("ok");
		}

	}

	@ExceptionHandlerFor
	static class ConcreteBean extends BaseBean<IOException> {

	}

	static class GenericBeanMethod {

		@Bean
		@ExceptionHandlerFor
		BaseBean<IOException> bean() {
			return new BaseBean<>() {
			};
		}

	}

	static class Counted {

		private final int instance;

		Counted(AtomicInteger created) {
			this.instance = created.incrementAndGet();
		}

		@StatusHandler(404)
		String handle() {
			return "instance " + this.instance;
		}

	}

	static class LazyHandlerBean {

		static final AtomicInteger created = new AtomicInteger();

		@Bean
		@Lazy
		@StatusHandler(404)
		HttpExceptionHandler<HttpException> handler() {
			int instance = created.incrementAndGet();
			return (request, ex) -> ServerResponse.status(404).bodyValue("instance " + instance);
		}

	}

	static class ScopedConfig {

		static final AtomicInteger created = new AtomicInteger();

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Scoped scoped() {
			return new Scoped();
		}

	}

	static class ScopedByInterfacesConfig {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
		JdkProxied scoped() {
			return new JdkProxied();
		}

	}

	static class Scoped {

		private @Nullable Integer instance;

		@StatusHandler(404)
		String handle() {
			if (this.instance == null) {
				this.instance = ScopedConfig.created.incrementAndGet();
			}
			return "instance " + this.instance;
		}

	}

	static class Proxied {

		private final String state = "with state";

		@StatusHandler(404)
		public String handle() {
			return "Proxied " + this.state;
		}

		@StatusHandler(410)
		String handlePackagePrivate() {
			return "package-private " + this.state;
		}

	}

	interface HandlerContract {

		String handle(HttpException ex);

	}

	static class JdkProxied implements HandlerContract {

		private final String state = "with state";

		@Override
		@StatusHandler(404)
		public String handle(HttpException ex) {
			return "JDK proxy " + this.state;
		}

	}

	static class SecurityHandlers {

		@ExceptionHandlerFor
		String any(RuntimeException ex) {
			return "";
		}

		@ExceptionHandlerFor
		String disabled(DisabledException ex) {
			return "";
		}

	}

	static class RuntimeHandlers {

		@ExceptionHandlerFor
		String handle(RuntimeException ex) {
			return "";
		}

	}

	static class FileException extends IOException {

	}

	public static class DroppedException extends RuntimeException {

		public DroppedException() {
		}

	}

	/** Counts the calls that pass the proxies. */
	static class ProxyCreator extends AbstractAutoProxyCreator {

		final AtomicInteger calls = new AtomicInteger();

		ProxyCreator(boolean proxyTargetClass) {
			setProxyTargetClass(proxyTargetClass);
		}

		@Override
		protected Object @Nullable [] getAdvicesAndAdvisorsForBean(Class<?> beanClass, String beanName,
				@Nullable TargetSource customTargetSource) {
			return beanName.equals("handlers") ? new Object[] { (MethodInterceptor) (invocation) -> {
				this.calls.incrementAndGet();
				return invocation.proceed();
			} } : DO_NOT_PROXY;
		}

	}

	/** Defines the exception anew instead of asking its parent. */
	static class ThrowawayClassLoader extends ClassLoader {

		ThrowawayClassLoader() {
			super(HandlerBeanTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.equals(DroppedException.class.getName())) {
				return super.loadClass(name, resolve);
			}
			try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = Objects.requireNonNull(in).readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
