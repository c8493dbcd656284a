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

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.client.ClientAuthorizationRequiredException;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * An application that uses what Spring Security has for WebFlux: each path is refused in
 * another way. Its one user is {@code user}, password {@code secret}, without a role that
 * it could use.
 */
@Configuration(proxyBeanMethods = false)
@EnableReactiveMethodSecurity
@Import({ SecuredApplication.Endpoints.class, SecuredApplication.Service.class })
class SecuredApplication {

	static final String BASIC = "Authorization: Basic dXNlcjpzZWNyZXQ=";

	static final String BAD_BASIC = "Authorization: Basic dXNlcjp3cm9uZw==";

	static final String BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	/** What was written in plain text by a handler of Spring Security's. */
	static final Queue<DataBuffer> POOLED = new ConcurrentLinkedQueue<>();

	private static final String[] PROPERTIES = { "spring.security.user.name=user",
			"spring.security.user.password=secret",
			"spring.autoconfigure.exclude=org.springframework.boot.security.autoconfigure.actuate.web.reactive."
					+ "ReactiveManagementWebSecurityAutoConfiguration" };

	/** Start an application with Spring Security's auto-configuration. */
	static TestApplication start(Class<?> configuration, String... properties) {
		String[] all = Stream.of(PROPERTIES, properties).flatMap(Stream::of).toArray(String[]::new);
		return TestApplication.start(configuration, all);
	}

	@Bean
	@Order(1)
	SecurityWebFilterChain bearerTokens(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/bearer/**"))
			.authorizeExchange((exchanges) -> exchanges.pathMatchers("/bearer/admin")
				.hasAuthority("SCOPE_admin")
				.anyExchange()
				.authenticated())
			.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
			.build();
	}

	@Bean
	@Order(2)
	SecurityWebFilterChain client(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/client/**"))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
			.oauth2Client(Customizer.withDefaults())
			.build();
	}

	@Bean
	@Order(3)
	SecurityWebFilterChain ownJson(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/own/json/**"))
			.authorizeExchange(
					(exchanges) -> exchanges.pathMatchers("/own/json/open").permitAll().anyExchange().authenticated())
			.exceptionHandling((spec) -> spec
				.authenticationEntryPoint(
						(exchange, ex) -> write(exchange, 401, MediaType.APPLICATION_JSON, "{\"own\":1}"))
				.accessDeniedHandler((exchange, ex) -> write(exchange, 403, MediaType.APPLICATION_JSON, "{\"own\":3}")))
			.build();
	}

	@Bean
	@Order(4)
	SecurityWebFilterChain ownText(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/own/text/**"))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().hasRole("ADMIN"))
			.httpBasic(Customizer.withDefaults())
			.exceptionHandling(
					(spec) -> spec
						.authenticationEntryPoint((exchange, ex) -> write(exchange, 401,
								exchange.getRequest().getPath().value().endsWith("charset")
										? new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8)
										: MediaType.TEXT_PLAIN,
								"Own text"))
						.accessDeniedHandler((exchange, ex) -> writePooled(exchange)))
			.build();
	}

	@Bean
	@Order(5)
	SecurityWebFilterChain ownMalformedType(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/own/malformed"))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated())
			.exceptionHandling((spec) -> spec.authenticationEntryPoint((exchange, ex) -> {
				exchange.getResponse().getHeaders().set("Content-Type", "text");
				return write(exchange, 401, null, "Own malformed");
			}))
			.build();
	}

	@Bean
	@Order(5)
	SecurityWebFilterChain ownBare(ServerHttpSecurity http) {
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/own/bare/**"))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
			.httpBasic(Customizer.withDefaults())
			.exceptionHandling(
					(spec) -> spec.authenticationEntryPoint(new HttpStatusServerEntryPoint(HttpStatus.UNAUTHORIZED))
						.accessDeniedHandler((exchange, ex) -> Mono
							.fromRunnable(() -> exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN))))
			.build();
	}

	@Bean
	@Order(5)
	SecurityWebFilterChain cors(ServerHttpSecurity http) {
		CorsConfiguration configuration = new CorsConfiguration();
		configuration.setAllowedOrigins(List.of("https://friend.example"));
		configuration.setAllowedMethods(List.of("GET"));
		return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/cors/**"))
			.cors((cors) -> cors.configurationSource((exchange) -> configuration))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	@Order(6)
	SecurityWebFilterChain everythingElse(ServerHttpSecurity http) {
		return http
			.authorizeExchange((exchanges) -> exchanges.pathMatchers("/open/**", "/own/**")
				.permitAll()
				.pathMatchers("/admin/**")
				.hasRole("ADMIN")
				.anyExchange()
				.authenticated())
			.httpBasic(Customizer.withDefaults())
			.formLogin(Customizer.withDefaults())
			.build();
	}

	@Bean
	MapReactiveUserDetailsService users() {
		return new MapReactiveUserDetailsService(
				User.withUsername("user").password("{noop}secret").authorities("ROLE_USER").build());
	}

	@Bean
	ReactiveJwtDecoder jwtDecoder() {
		return (token) -> token.equals("good") ? Mono.just(Jwt.withTokenValue(token)
			.header("alg", "none")
			.subject("user")
			.claim("scope", "reader")
			.expiresAt(Instant.now().plusSeconds(600))
			.build()) : Mono.error(new BadJwtException("Signed by \"nobody\""));
	}

	@Bean
	InMemoryReactiveClientRegistrationRepository clientRegistrations() {
		return new InMemoryReactiveClientRegistrationRepository(ClientRegistration.withRegistrationId("friend")
			.clientId("starlet")
			.authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
			.redirectUri("{baseUrl}/back")
			.authorizationUri("https://friend.example/authorize")
			.tokenUri("https://friend.example/token")
			.build());
	}

	@Bean
	RouterFunction<ServerResponse> functional(Service service) {
		return RouterFunctions.route()
			.GET("/open/functional", (request) -> service.secured().flatMap(ServerResponse.ok()::bodyValue))
			.GET("/open/functional-thrown", (request) -> {
				throw new AccessDeniedException("Thrown");
			})
			.build();
	}

	@Bean
	HandlerMapping webSockets() {
		WebSocketHandler handler = (session) -> session.send(Mono.just(session.textMessage("open")));
		return new SimpleUrlHandlerMapping(Map.of("/ws", handler), -1);
	}

	@Bean
	@Order(0)
	WebFilter ownFilter() {
		return (ServerWebExchange exchange, WebFilterChain chain) -> switch (exchange.getRequest().getPath().value()) {
			case "/own/filter-text" -> write(exchange, 403, MediaType.TEXT_PLAIN, "Own filter");
			case "/own/filter-bare" -> {
				exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
				yield exchange.getResponse().setComplete();
			}
			case "/own/filter-catches" ->
				chain.filter(exchange).onErrorResume((error) -> write(exchange, 403, MediaType.TEXT_PLAIN, "Caught"));
			default -> chain.filter(exchange);
		};
	}

	private static Mono<Void> writePooled(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatus.FORBIDDEN);
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		DataBuffer buffer = response.bufferFactory().allocateBuffer(16).write("Pooled", StandardCharsets.UTF_8);
		POOLED.add(buffer);
		return response.writeWith(Mono.just(buffer));
	}

	/** As one would by hand: without a Content-Length. */
	private static Mono<Void> write(ServerWebExchange exchange, int status, @Nullable MediaType contentType,
			String body) {
		ServerHttpResponse response = exchange.getResponse();
		response.setRawStatusCode(status);
		if (contentType != null) {
			response.getHeaders().setContentType(contentType);
		}
		return response
			.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8))));
	}

	@RestController
	static class Endpoints {

		private final Service service;

		Endpoints(Service service) {
			this.service = service;
		}

		@RequestMapping({ "/private", "/admin", "/cors", "/bearer", "/bearer/admin", "/open" })
		Mono<String> answer() {
			return Mono.just("Welcome");
		}

		@GetMapping({ "/open/mono", "/own/json/open", "/own/filter-catches", "/open/denied/{how}" })
		@PreAuthorize("hasRole('ADMIN')")
		Mono<String> mono() {
			return Mono.just("Welcome");
		}

		@GetMapping("/open/flux")
		@PreAuthorize("hasRole('ADMIN')")
		Flux<String> flux() {
			return Flux.just("Welcome");
		}

		@GetMapping("/open/service")
		Mono<String> service() {
			return this.service.secured();
		}

		@GetMapping("/open/service-flux")
		Flux<String> serviceFlux() {
			return this.service.securedFlux();
		}

		@GetMapping(path = { "/open/stream", "/own/bare/stream" }, produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> stream() {
			return Flux.just("Welcome").concatWith(Mono.error(new AccessDeniedException("Late")));
		}

		@GetMapping("/open/authentication")
		Mono<String> authentication() {
			return Mono.error(new BadCredentialsException("By a controller"));
		}

		@GetMapping("/open/wrapped")
		Mono<String> wrapped() {
			return Mono.error(new CompletionException(new AccessDeniedException("Wrapped")));
		}

		@GetMapping("/open/denied-with-status")
		String deniedWithStatus() {
			throw new DeniedWithStatusException();
		}

		@GetMapping("/open/authentication-with-status")
		String authenticationWithStatus() {
			throw new AuthenticationWithStatusException();
		}

		@GetMapping("/open/parameters")
		String parameters(ServerWebExchange exchange) {
			return exchange.getRequest().getQueryParams().toString();
		}

		@GetMapping("/open/header")
		String header(@RequestHeader("X-Name") String name) {
			return name;
		}

		@GetMapping("/client/authorize")
		String authorize() {
			throw new ClientAuthorizationRequiredException("friend");
		}

		@GetMapping("/own/entity")
		ResponseEntity<String> entity() {
			return ResponseEntity.status(403).body("Own entity");
		}

		@GetMapping("/own/entity-bare")
		ResponseEntity<Void> bareEntity() {
			return ResponseEntity.status(401).location(URI.create("/elsewhere")).build();
		}

	}

	static class Service {

		@PreAuthorize("hasRole('ADMIN')")
		Mono<String> secured() {
			return Mono.just("Welcome");
		}

		@PreAuthorize("hasRole('ADMIN')")
		Flux<String> securedFlux() {
			return Flux.just("Welcome");
		}

	}

	@ResponseStatus(HttpStatus.GONE)
	static class DeniedWithStatusException extends AccessDeniedException {

		DeniedWithStatusException() {
			super("With a status");
		}

	}

	@ResponseStatus(HttpStatus.GONE)
	static class AuthenticationWithStatusException extends AuthenticationException {

		AuthenticationWithStatusException() {
			super("With a status");
		}

	}

}
