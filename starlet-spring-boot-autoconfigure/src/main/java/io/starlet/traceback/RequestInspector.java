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

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.WebSessionManager;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Describes a request, without changing it and without reading its body. A session is
 * neither created nor saved, though its store may note that it was read. What can't be
 * read is said to be so.
 */
final class RequestInspector {

	private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(1);

	private final Redaction redaction;

	RequestInspector(Redaction redaction) {
		this.redaction = redaction;
	}

	/**
	 * Describe a request, off the event loop.
	 * @param exchange its exchange, best observed by {@link ObservedExchange}
	 * @return the details, never an error
	 */
	Mono<RequestDetails> inspect(ServerWebExchange exchange) {
		return session(exchange).publishOn(Schedulers.boundedElastic()).map((session) -> details(exchange, session));
	}

	/**
	 * Find the session: the one that the application has, or else the one that the client
	 * names. {@code exchange.getSession()} would create one, and save it with the
	 * response.
	 */
	private Mono<FoundSession> session(ServerWebExchange exchange) {
		return Mono.defer(() -> {
			ObservedExchange observed = ObservedExchange.of(exchange);
			if (observed != null && observed.isSessionWanted()) {
				return Mono.just(new FoundSession(observed.session(), observed.sessionFailure(), true));
			}
			return storedSession(exchange).map((session) -> new FoundSession(session, null, false));
		})
			.onErrorResume((failure) -> Mono.just(new FoundSession(null, failure, true)))
			.defaultIfEmpty(new FoundSession(null, null, false));
	}

	private static Mono<WebSession> storedSession(ServerWebExchange exchange) {
		return Mono.defer(() -> {
			ApplicationContext context = exchange.getApplicationContext();
			if (context == null || !context.containsBean(WebHttpHandlerBuilder.WEB_SESSION_MANAGER_BEAN_NAME)) {
				return Mono.empty();
			}
			WebSessionManager manager = context.getBean(WebHttpHandlerBuilder.WEB_SESSION_MANAGER_BEAN_NAME,
					WebSessionManager.class);
			if (!(manager instanceof DefaultWebSessionManager standard)) {
				return Mono.empty();
			}
			List<String> ids = standard.getSessionIdResolver().resolveSessionIds(exchange);
			if (ids.isEmpty()) {
				return Mono.empty();
			}
			return Flux.fromIterable(ids)
				.concatMap(standard.getSessionStore()::retrieveSession)
				.next()
				.subscribeOn(Schedulers.boundedElastic())
				.timeout(SESSION_TIMEOUT);
		});
	}

	private RequestDetails details(ServerWebExchange exchange, FoundSession session) {
		Map<String, String> pathVariables = pathVariables(exchange);
		Redaction redaction = new RequestSecrets(this.redaction).redaction(exchange, pathVariables, session.session());
		Facts request = new Facts("Request", redaction);
		request.add("Method", () -> exchange.getRequest().getMethod().name());
		request.add("URL", () -> url(exchange.getRequest(), pathVariables, redaction));
		request.add("Remote address", () -> address(exchange.getRequest().getRemoteAddress()));
		request.addOwn("Handler", () -> handler(exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)));
		request.addOwn("Pattern", () -> pattern(exchange));
		request.add("Log prefix", () -> exchange.getLogPrefix().strip());
		List<Section> sections = Stream.of(request,
				new Facts("Path variables", redaction).addAll((facts) -> pathVariables.forEach(facts::addNamed)),
				new Facts("Query parameters", redaction)
					.addAll((facts) -> addAll(facts, exchange.getRequest().getQueryParams())),
				new Facts("Headers", redaction).addAll((facts) -> exchange.getRequest()
					.getHeaders()
					.forEach((name, values) -> values.forEach((value) -> facts.addNamed(name, value)))),
				new Facts("Cookies", redaction).addAll((facts) -> exchange.getRequest()
					.getCookies()
					.forEach((name, cookies) -> cookies.forEach((cookie) -> facts.addMasked(name, Redaction.MASK)))),
				new Facts("Form parameters", redaction).addAll((facts) -> addForm(facts, exchange)),
				new Facts("Session attributes", redaction).addAll((facts) -> addSession(facts, session)),
				new Facts("Exchange attributes", redaction)
					.addAll((facts) -> new TreeMap<>(exchange.getAttributes()).forEach((name, value) -> {
						if (!isStarlets(name)) {
							facts.addNamed(name, value);
						}
					})))
			.map(Facts::section)
			.filter((section) -> !section.facts().isEmpty())
			.toList();
		return new RequestDetails(fact(sections, "Method") + " " + fact(sections, "URL"), fact(sections, "Log prefix"),
				sections, redaction);
	}

	/** Whether it is kept there by Starlet for itself. */
	private static boolean isStarlets(String attribute) {
		return attribute.startsWith("io.starlet.filter.") || attribute.startsWith("io.starlet.traceback.");
	}

	/** The request is always there, with what could be read. */
	private static String fact(List<Section> sections, String name) {
		return sections.get(0)
			.facts()
			.stream()
			.filter((fact) -> fact.name().equals(name))
			.map(Section.Fact::value)
			.findFirst()
			.orElse("");
	}

	private static void addAll(Facts facts, MultiValueMap<String, String> values) {
		values.forEach((name, list) -> list.forEach((value) -> facts.addNamed(name, value)));
	}

	private static void addForm(Facts facts, ServerWebExchange exchange) {
		ObservedExchange observed = ObservedExchange.of(exchange);
		MultiValueMap<String, ?> form = (observed != null) ? observed.form() : null;
		MultiValueMap<String, ?> parts = (observed != null) ? observed.parts() : null;
		Stream.of(form, parts)
			.filter(Objects::nonNull)
			.forEach((values) -> values.forEach((name, list) -> facts.addMasked(name,
					(list.size() == 1) ? "1 value, not shown" : list.size() + " values, not shown")));
		MediaType contentType = exchange.getRequest().getHeaders().getContentType();
		if (form == null && parts == null && contentType != null
				&& (MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(contentType)
						|| contentType.getType().equals("multipart"))) {
			facts.add("Body", () -> "The application had not read the form, nor does this page.");
		}
	}

	private static void addSession(Facts facts, FoundSession found) {
		if (found.failure() != null) {
			facts.addFailure("Session", found.failure());
		}
		else if (found.session() != null) {
			new TreeMap<>(found.session().getAttributes()).forEach(facts::addNamed);
		}
		else if (found.wanted()) {
			facts.add("Session", () -> "could not be read: the store has not answered yet");
		}
	}

	private static Map<String, String> pathVariables(ServerWebExchange exchange) {
		Map<String, String> variables = new TreeMap<>();
		for (String attribute : List.of(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
				RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE)) {
			try {
				if (exchange.getAttribute(attribute) instanceof Map<?, ?> map) {
					map.forEach((name, value) -> {
						if (name instanceof String key && value instanceof String text) {
							variables.put(key, text);
						}
					});
				}
			}
			catch (Throwable ex) {
				// The section of the attributes says so
			}
		}
		return variables;
	}

	/**
	 * The values of sensitive variables are masked as segments, however short they are.
	 */
	private static String url(ServerHttpRequest request, Map<String, String> pathVariables, Redaction redaction) {
		String url = request.getURI().toString();
		List<String> values = pathVariables.entrySet()
			.stream()
			.filter((variable) -> redaction.isSensitive(variable.getKey()))
			.map(Map.Entry::getValue)
			.toList();
		String path = request.getURI().getRawPath();
		if (values.isEmpty() || path == null) {
			return url;
		}
		String masked = Arrays.stream(path.split("/", -1))
			.map((segment) -> values.contains(UriUtils.decode(segment.split(";", 2)[0], StandardCharsets.UTF_8))
					? Redaction.MASK : segment)
			.collect(Collectors.joining("/"));
		int start = url.indexOf(path, Math.max(0, url.indexOf("//") + 2));
		return (start != -1) ? url.substring(0, start) + masked + url.substring(start + path.length()) : url;
	}

	private static String address(@Nullable InetSocketAddress address) {
		return (address != null) ? address.getHostString() + ":" + address.getPort() : "unknown";
	}

	private static @Nullable String handler(@Nullable Object handler) {
		if (handler instanceof HandlerMethod method) {
			return ClassUtils.getUserClass(method.getBeanType()).getName() + "#" + method.getMethod().getName()
					+ Arrays.stream(method.getMethod().getParameterTypes())
						.map(Class::getSimpleName)
						.collect(Collectors.joining(", ", "(", ")"));
		}
		return (handler != null) ? handler.getClass().getName() : null;
	}

	private static @Nullable String pattern(ServerWebExchange exchange) {
		Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		pattern = (pattern != null) ? pattern : exchange.getAttribute(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
		return (pattern instanceof PathPattern path) ? path.getPatternString() : null;
	}

	/** A session, or why there is none. */
	private record FoundSession(@Nullable WebSession session, @Nullable Throwable failure, boolean wanted) {
	}

}
