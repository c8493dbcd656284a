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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;

/**
 * Renders an error and its request as an HTML page or plain text (rules R18 and R33).
 *
 * @since 0.1.0
 */
public final class TracebackRenderer {

	private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

	private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final int LINES_AROUND = 4;

	/** After it the client gets the plain 500. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ApplicationInspector applicationInspector;

	private final RequestInspector requestInspector;

	private final ClassLoader classLoader;

	private final ApplicationPackages applicationPackages;

	private final @Nullable EditorLink editorLink;

	private final TracebackContributor contributor;

	/**
	 * Computed from the page's resources, so that it is known at start-up if they miss.
	 */
	private final String contentSecurityPolicy;

	/**
	 * Create a renderer.
	 * @param applicationContext the application
	 * @param applicationPackages the application's own packages
	 * @param redaction what is masked
	 * @param editorLink links to an editor, if wanted
	 * @param contributor knows the handlers
	 */
	public TracebackRenderer(ApplicationContext applicationContext, ApplicationPackages applicationPackages,
			Redaction redaction, @Nullable EditorLink editorLink, TracebackContributor contributor) {
		this.applicationInspector = new ApplicationInspector(applicationContext);
		this.requestInspector = new RequestInspector(redaction);
		this.classLoader = Objects.requireNonNull(applicationContext.getClassLoader(), "No class loader");
		this.applicationPackages = applicationPackages;
		this.editorLink = editorLink;
		this.contributor = contributor;
		this.contentSecurityPolicy = HtmlTraceback.CONTENT_SECURITY_POLICY;
	}

	/**
	 * Observe a request, so that a traceback can tell what the application read of it.
	 * @param exchange the exchange
	 * @return the exchange to go on with
	 */
	public ServerWebExchange observe(ServerWebExchange exchange) {
		return ObservedExchange.observe(exchange);
	}

	/**
	 * Render an error, off the event loop.
	 * @param exchange the exchange, its response not committed
	 * @param error the error, which is not changed
	 * @return the page, if the client accepts HTML, or text
	 */
	public Mono<RenderedTraceback> render(ServerWebExchange exchange, Throwable error) {
		return this.requestInspector.inspect(exchange)
			.map((request) -> tryRender(exchange, error, request))
			.timeout(TIMEOUT);
	}

	/** Reactor would throw such errors at the scheduler, and nobody would be answered. */
	private RenderedTraceback tryRender(ServerWebExchange exchange, Throwable error, RequestDetails request) {
		try {
			return render(exchange, error, request);
		}
		catch (LinkageError | VirtualMachineError ex) {
			throw new IllegalStateException("The traceback could not be rendered", ex);
		}
	}

	private RenderedTraceback render(ServerWebExchange exchange, Throwable error, RequestDetails request) {
		boolean html = acceptsHtml(exchange);
		try (Sources sources = new Sources(this.classLoader, html ? LINES_AROUND : 0, request.redaction())) {
			TracedThrowable traced = new ThrowableTracer(this.applicationPackages, request.redaction(),
					(element) -> (html || this.applicationPackages.contains(element.getClassName()))
							? sources.excerpt(element) : null)
				.trace(error);
			List<String> hints = new ArrayList<>(Hints.find(traced));
			hints.addAll(this.contributor.hints(exchange, error));
			List<Section> sections = new ArrayList<>(request.sections());
			sections.add(handlers(exchange, error));
			Traceback traceback = new Traceback(traced, request.requestLine(), request.logPrefix(), hints, sections,
					this.applicationInspector.inspect(request.redaction()));
			return html ? new RenderedTraceback(headers(HTML), HtmlTraceback.render(traceback, this.editorLink))
					: new RenderedTraceback(headers(TEXT), TextTraceback.render(traceback));
		}
	}

	private Section handlers(ServerWebExchange exchange, Throwable error) {
		List<Section.Fact> facts = new ArrayList<>();
		for (String handler : this.contributor.handlers(exchange, error)) {
			facts.add(new Section.Fact(String.valueOf(facts.size() + 1), handler));
		}
		return new Section("Handlers of this exception", facts);
	}

	private static boolean acceptsHtml(ServerWebExchange exchange) {
		try {
			return exchange.getRequest()
				.getHeaders()
				.getAccept()
				.stream()
				.anyMatch((type) -> type.equalsTypeAndSubtype(MediaType.TEXT_HTML) && type.getQualityValue() > 0);
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private HttpHeaders headers(MediaType contentType) {
		HttpHeaders headers = new HttpHeaders();
		headers.setContentType(contentType);
		headers.setCacheControl("no-store");
		headers.set("Content-Security-Policy", this.contentSecurityPolicy);
		headers.set("Cross-Origin-Resource-Policy", "same-origin");
		headers.set("Referrer-Policy", "no-referrer");
		headers.set("X-Content-Type-Options", "nosniff");
		headers.set("X-Robots-Tag", "noindex");
		return headers;
	}

}
