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

import java.io.Closeable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebSession;

/**
 * An application that has nothing of Starlet's. It runs in class loaders that have no
 * classes in common, so what it is asked and says is the JDK's.
 */
public final class PlainApplication {

	/** The classes of what the application's own answer was asked for. */
	private static final List<String> SEEN = new CopyOnWriteArrayList<>();

	private PlainApplication() {
	}

	/**
	 * Start the application.
	 * @param port gets the port of its server
	 * @param beanTypes gets the class of each bean
	 * @param arguments the arguments
	 * @return ends the application
	 */
	public static Closeable start(IntConsumer port, Consumer<Class<?>> beanTypes, String... arguments) {
		ReactiveWebServerApplicationContext context = (ReactiveWebServerApplicationContext) SpringApplication
			.run(Beans.class, arguments);
		port.accept(Objects.requireNonNull(context.getWebServer(), "No server").getPort());
		Arrays.stream(context.getBeanDefinitionNames())
			.map((name) -> context.getType(name, false))
			.filter(Objects::nonNull)
			.forEach(beanTypes);
		return context;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Beans {

		/**
		 * Of its own, as closing one application ends the event loops that are shared.
		 */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			factory.setShutdownQuietPeriod(Duration.ofMillis(10));
			return factory;
		}

		@Bean
		Responses responses() {
			return new Responses();
		}

		@Bean
		Pages pages() {
			return new Pages();
		}

		@Bean
		Failures failures() {
			return new Failures();
		}

		@Bean
		Advice advice() {
			return new Advice();
		}

		@Bean
		ReactiveHealthIndicator brokenHealthIndicator() {
			return () -> Mono.just(Health.down().build());
		}

		@Bean
		@Order(1)
		WebFilter headers() {
			return (exchange, chain) -> {
				exchange.getResponse().getHeaders().set("X-Correlation", "42");
				return chain.filter(exchange);
			};
		}

		@Bean
		@Order(2)
		WebFilter forbidden() {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getPath().value();
				if (path.equals("/filter/error")) {
					return Mono.error(new IllegalStateException("secret"));
				}
				if (path.equals("/filter/forbidden")) {
					exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
					return exchange.getResponse().setComplete();
				}
				return chain.filter(exchange);
			};
		}

		@Bean
		WebFluxConfigurer cors() {
			return new WebFluxConfigurer() {

				@Override
				public void addCorsMappings(CorsRegistry registry) {
					registry.addMapping("/books")
						.allowedOrigins("https://shop.example")
						.allowedMethods("GET", "PUT")
						.exposedHeaders("X-Correlation")
						.maxAge(60);
				}

			};
		}

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route()
				.GET("/functions/ok", (
						request) -> ServerResponse.ok().eTag("v1").cacheControl(CacheControl.noCache()).bodyValue("ok"))
				.POST("/functions/created",
						(request) -> request.bodyToMono(String.class)
							.flatMap((body) -> ServerResponse.created(URI.create("/functions/ok")).bodyValue(body)))
				.GET("/functions/moved",
						(request) -> ServerResponse.permanentRedirect(URI.create("/functions/ok")).build())
				.GET("/functions/not-found", (request) -> ServerResponse.notFound().build())
				.GET("/functions/conflict",
						(request) -> ServerResponse.status(HttpStatus.CONFLICT).bodyValue(Map.of("taken", true)))
				.GET("/functions/unavailable",
						(request) -> ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
							.header("Retry-After", "5")
							.build())
				.GET("/functions/view", (request) -> ServerResponse.ok().render("redirect:/functions/ok"))
				.GET("/functions/caught", (request) -> Mono.error(new IllegalArgumentException("caught")))
				.onError(IllegalArgumentException.class,
						(ex, request) -> ServerResponse.unprocessableContent().bodyValue("caught"))
				.resources("/files/**", new ClassPathResource("plain/"))
				.build();
		}

		@Bean
		HandlerMapping webSockets() {
			WebSocketHandler echo = (session) -> session.send(session.receive()
				.map((message) -> session.textMessage(message.getPayloadAsText()))
				.doOnNext(WebSocketMessage::retain));
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
		}

		/** An answer of the application's own to all errors. */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnProperty("own-answer")
		static class OwnAnswer {

			@Bean
			@Order(-2)
			ErrorWebExceptionHandler ownAnswer() {
				return (exchange, ex) -> {
					ServerHttpResponse response = exchange.getResponse();
					SEEN.add(ex.getClass().getSimpleName());
					if (response.isCommitted()) {
						return Mono.error(ex);
					}
					response.setStatusCode(HttpStatus.LOCKED);
					byte[] body = "own answer".getBytes(StandardCharsets.UTF_8);
					return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
				};
			}

		}

	}

	/** Endpoints that answer. */
	@RestController
	static class Responses {

		@GetMapping("/text")
		String text() {
			return "Grüße";
		}

		@GetMapping("/empty")
		Mono<String> empty() {
			return Mono.empty();
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return CompletableFuture.completedFuture("later");
		}

		@GetMapping("/books")
		Flux<Book> books() {
			return Flux.just(new Book("Emma", 8), new Book("Persuasion", 7)).delayElements(Duration.ofMillis(1));
		}

		@PutMapping("/books")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		void put(@RequestBody Book book) {
		}

		@PostMapping("/books")
		ResponseEntity<Book> create(@Valid @RequestBody Book book) {
			return ResponseEntity.created(URI.create("/books/1")).body(book);
		}

		@CrossOrigin(origins = "https://other.example", allowCredentials = "true")
		@GetMapping("/books/{id}")
		Book book(@PathVariable int id) {
			return new Book("Emma", id);
		}

		@GetMapping(path = "/lines", produces = MediaType.APPLICATION_NDJSON_VALUE)
		Flux<Book> lines() {
			return books();
		}

		@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<ServerSentEvent<Book>> events() {
			return books().index()
				.map((book) -> ServerSentEvent.builder(book.getT2())
					.id(String.valueOf(book.getT1()))
					.event("book")
					.comment("comment")
					.retry(Duration.ofSeconds(1))
					.build());
		}

		@GetMapping("/chunks")
		Mono<Void> chunks(ServerHttpResponse response) {
			return response.writeAndFlushWith(Flux.just("a", "b")
				.map((text) -> Mono.just(response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)))));
		}

		@GetMapping("/download")
		ResponseEntity<Resource> download() {
			return ResponseEntity.ok()
				.header("Content-Disposition", "attachment; filename=\"a.bin\"")
				.body(new ByteArrayResource(new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
		}

		@GetMapping("/versioned")
		ResponseEntity<String> versioned() {
			return ResponseEntity.ok().eTag("v1").lastModified(Instant.ofEpochSecond(1_000_000_000)).body("version 1");
		}

		@GetMapping("/checked")
		Mono<String> checked(ServerWebExchange exchange) {
			return exchange.checkNotModified("v1", Instant.ofEpochSecond(1_000_000_000)) ? Mono.empty()
					: Mono.just("changed");
		}

		@PostMapping("/form")
		Map<String, Object> form(@ModelAttribute Book book, ServerWebExchange exchange) {
			return Map.of("book", book);
		}

		@PostMapping("/upload")
		Mono<String> upload(@RequestPart("file") FilePart file, @RequestPart("title") String title) {
			return DataBufferUtils.join(file.content())
				.map((buffer) -> file.filename() + ":" + title + ":" + buffer.toString(StandardCharsets.UTF_8));
		}

		@PostMapping("/echo-body")
		Flux<String> echo(@RequestBody Flux<String> body) {
			return body;
		}

		@PostMapping("/length")
		String length(@RequestBody String body) {
			return String.valueOf(body.length());
		}

		@GetMapping("/cookies")
		String cookies(@CookieValue(required = false, defaultValue = "none") String theme,
				ServerHttpResponse response) {
			response.addCookie(ResponseCookie.from("theme", "dark").httpOnly(true).sameSite("Lax").path("/").build());
			response.addCookie(ResponseCookie.from("old", "").maxAge(0).build());
			return theme;
		}

		@GetMapping("/session")
		int session(WebSession session) {
			int visits = session.getAttributeOrDefault("visits", 0) + 1;
			session.getAttributes().put("visits", visits);
			return visits;
		}

		@GetMapping("/status/{status}")
		ResponseEntity<Void> status(@PathVariable int status) {
			return ResponseEntity.status(status).header("X-Status", String.valueOf(status)).build();
		}

		@GetMapping("/status/{status}/body")
		ResponseEntity<Map<String, Integer>> statusAndBody(@PathVariable int status) {
			return ResponseEntity.status(status).body(Map.of("own", status));
		}

		@GetMapping("/problem")
		ProblemDetail problem() {
			return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "Taken");
		}

		@GetMapping("/param")
		String param(@RequestParam int size) {
			return String.valueOf(size);
		}

		@GetMapping("/seen")
		List<String> seen() {
			return SEEN;
		}

	}

	/** Views. */
	@Controller
	static class Pages {

		@GetMapping("/moved")
		String moved() {
			return "redirect:/text";
		}

		@GetMapping("/moved-for-good")
		Rendering movedForGood() {
			return Rendering.redirectTo("/text").status(HttpStatus.MOVED_PERMANENTLY).build();
		}

		@GetMapping("/page")
		String page(Model model) {
			model.addAttribute("detail", "A page");
			return "gone";
		}

	}

	/** Endpoints that fail. */
	@RestController
	static class Failures {

		@GetMapping("/failures/{kind}")
		Mono<String> fail(@PathVariable String kind) {
			return switch (kind) {
				case "thrown" -> throw new IllegalStateException("secret");
				case "signalled" -> Mono.error(new IllegalStateException("secret"));
				case "status" -> Mono.error(new ResponseStatusException(HttpStatus.GONE, "Sold out"));
				case "annotated" -> Mono.error(new PaymentRequired());
				case "advised" -> Mono.error(new Advised());
				case "advised-view" -> Mono.error(new UnsupportedOperationException());
				default -> Mono.error(new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR));
			};
		}

		@GetMapping(path = "/cut", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> cut() {
			return Flux.just("one", "two").concatWith(Mono.error(new IllegalStateException("secret")));
		}

		@GetMapping("/cut-length")
		Mono<Void> cutLength(ServerHttpResponse response) {
			response.getHeaders().setContentLength(100);
			return response.writeAndFlushWith(Flux.just("half")
				.map((text) -> Mono.just(response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))))
				.concatWith(Mono.error(new IllegalStateException("secret"))));
		}

	}

	/** Handlers of Spring's kind. */
	@ControllerAdvice
	static class Advice {

		@ExceptionHandler(Advised.class)
		ResponseEntity<Map<String, String>> advised() {
			return ResponseEntity.status(HttpStatus.LOCKED).header("X-Advice", "yes").body(Map.of("advised", "yes"));
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		Rendering view() {
			return Rendering.view("gone")
				.status(HttpStatus.NOT_IMPLEMENTED)
				.modelAttribute("detail", "<advised>")
				.build();
		}

	}

	record Book(@NotBlank String title, @Positive int price) {

	}

	@SuppressWarnings("serial")
	static class Advised extends RuntimeException {

	}

	@ResponseStatus(code = HttpStatus.PAYMENT_REQUIRED, reason = "Pay first")
	@SuppressWarnings("serial")
	static class PaymentRequired extends RuntimeException {

	}

}
