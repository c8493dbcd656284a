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

package io.starlet.invocation;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import io.starlet.HttpException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.RequestEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.ui.Model;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.FragmentsRendering;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.reactive.result.view.View;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes what a handler method returns through Spring's result handlers.
 *
 * @since 0.1.0
 */
public final class ReturnValueWriter {

	private static final MediaType TEXT_PLAIN_UTF8 = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final List<Class<?>> SELF_CONTAINED = List.of(ServerResponse.class, HttpEntity.class,
			HttpHeaders.class, ErrorResponse.class, Rendering.class, FragmentsRendering.class, View.class);

	private static final Set<Class<?>> UNSUPPORTED = Set.of(RequestEntity.class, Callable.class, Runnable.class,
			Model.class);

	private static final List<Class<?>> BINARY = List.of(byte[].class, ByteBuffer.class, DataBuffer.class,
			Resource.class);

	private static final Pattern LEADING_SLASHES = Pattern.compile("^/{2,}");

	private final ReactiveAdapterRegistry adapterRegistry;

	private final ResultHandlers resultHandlers;

	private final BiConsumer<ServerHttpResponse, HttpException> headerWriter;

	/**
	 * Create a writer.
	 * @param adapterRegistry adapts reactive types
	 * @param resultHandlers write values
	 * @param headerWriter adds an exception's headers to the response with a body value
	 */
	public ReturnValueWriter(ReactiveAdapterRegistry adapterRegistry, ResultHandlers resultHandlers,
			BiConsumer<ServerHttpResponse, HttpException> headerWriter) {
		this.adapterRegistry = adapterRegistry;
		this.resultHandlers = resultHandlers;
		this.headerWriter = headerWriter;
	}

	@Nullable String validate(MethodParameter returnType) {
		ResolvableType type = ResolvableType.forMethodParameter(returnType);
		Class<?> declared = type.toClass();
		ReactiveAdapter adapter = this.adapterRegistry.getAdapter(declared);
		Class<?> value = (adapter != null) ? type.getGeneric().toClass() : declared;
		boolean unsupported = isAny(UNSUPPORTED, value)
				|| (Future.class.isAssignableFrom(value) && !CompletionStage.class.isAssignableFrom(value))
				|| (adapter != null && adapter.isMultiValue() && isAny(SELF_CONTAINED, value));
		return unsupported ? "has a return type that can't be written, %s.".formatted(type) : null;
	}

	private static boolean isAny(Collection<Class<?>> types, Class<?> value) {
		for (Class<?> type : types) {
			if (type.isAssignableFrom(value)) {
				return true;
			}
		}
		return false;
	}

	Mono<Void> write(ServerWebExchange failed, HandlerResult result, @Nullable HttpException exception) {
		ServerWebExchange exchange = withoutRange(failed);
		Object value = result.getReturnValue();
		ReactiveAdapter adapter = this.adapterRegistry.getAdapter(result.getReturnType().resolve(), value);
		if (adapter == null) {
			return (value != null) ? writeValue(exchange, result, value, exception) : Mono.empty();
		}
		if (adapter.isMultiValue()) {
			addHeaders(exchange.getResponse(), exception);
			return writeBody(exchange, result, result.getReturnType().getGeneric().toClass());
		}
		ReactiveAdapter declared = this.adapterRegistry.getAdapter(result.getReturnType().toClass());
		MethodParameter source = result.getReturnTypeSource();
		MethodParameter type = (declared != null) ? new EmittedValueMethodParameter(source) : source;
		return Mono.<Object>from(adapter.toPublisher(value))
			.flatMap((emitted) -> writeValue(exchange, withValue(result, emitted, type), emitted, exception));
	}

	Mono<Void> write(ServerWebExchange exchange, ServerResponse response) {
		return exchange.getResponse().isCommitted() ? Mono.empty()
				: response.writeTo(withoutRange(exchange), this.resultHandlers);
	}

	/** A range is one of what was asked for, not of the answer that there is none. */
	private static ServerWebExchange withoutRange(ServerWebExchange exchange) {
		return exchange.getRequest().getHeaders().containsHeader(HttpHeaders.RANGE) ? exchange.mutate()
			.request((request) -> request.headers((headers) -> headers.remove(HttpHeaders.RANGE)))
			.build() : exchange;
	}

	private Mono<Void> writeValue(ServerWebExchange exchange, HandlerResult result, Object value,
			@Nullable HttpException exception) {
		if (exchange.getResponse().isCommitted()) {
			return Mono.empty();
		}
		if (value instanceof ServerResponse response) {
			return write(exchange, response);
		}
		HandlerResultHandler custom = this.resultHandlers.findCustom(result);
		if (custom != null) {
			return custom.handleResult(exchange, result);
		}
		if (value instanceof ProblemDetail problemDetail) {
			HttpStatusCode status = (exception != null) ? exception.getStatusCode()
					: HttpStatusCode.valueOf(problemDetail.getStatus());
			addHeaders(exchange.getResponse(), exception);
			setInstance(exchange, problemDetail);
			return writeEntity(exchange, result, ResponseEntity.status(status).body(problemDetail));
		}
		if (value instanceof HttpHeaders headers) {
			return writeEntity(exchange, result, new HttpEntity<>(headers));
		}
		if (value instanceof HttpEntity<?> entity) {
			Object body = entity.getBody();
			if (body instanceof ProblemDetail problemDetail) {
				setInstance(exchange, problemDetail);
			}
			if (body != null && !entity.getHeaders().containsHeader(HttpHeaders.CONTENT_TYPE)) {
				setContentType(exchange, findBodyType(result.getReturnType(), body));
			}
			return this.resultHandlers.entity().handleResult(exchange, result);
		}
		if (value instanceof ErrorResponse errorResponse) {
			setInstance(exchange, errorResponse.getBody());
			return this.resultHandlers.entity().handleResult(exchange, result);
		}
		addHeaders(exchange.getResponse(), exception);
		if (value instanceof Rendering || value instanceof FragmentsRendering || value instanceof View) {
			return this.resultHandlers.view().handleResult(exchange, result);
		}
		return writeBody(exchange, result, value.getClass());
	}

	/** As Spring does, which fails if a client's path starts with two slashes. */
	private static void setInstance(ServerWebExchange exchange, ProblemDetail problemDetail) {
		if (problemDetail.getInstance() == null) {
			String path = exchange.getRequest().getPath().value();
			problemDetail.setInstance(URI.create(LEADING_SLASHES.matcher(path).replaceFirst("/")));
		}
	}

	private Mono<Void> writeEntity(ServerWebExchange exchange, HandlerResult result, HttpEntity<?> entity) {
		return this.resultHandlers.entity()
			.handleResult(exchange, withValue(result, entity, result.getReturnTypeSource()));
	}

	private static HandlerResult withValue(HandlerResult result, Object value, MethodParameter type) {
		return new HandlerResult(result.getHandler(), value, type, result.getBindingContext());
	}

	private Mono<Void> writeBody(ServerWebExchange exchange, HandlerResult result, Class<?> bodyType) {
		ServerHttpResponse response = exchange.getResponse();
		if (hasNoBody(response.getStatusCode())) {
			return response.setComplete();
		}
		setContentType(exchange, bodyType);
		return this.resultHandlers.body().handleResult(exchange, result);
	}

	private Class<?> findBodyType(ResolvableType returnType, Object body) {
		if (this.adapterRegistry.getAdapter(null, body) == null) {
			return body.getClass();
		}
		return returnType.as(HttpEntity.class).getGeneric(0, 0).toClass();
	}

	private void addHeaders(ServerHttpResponse response, @Nullable HttpException exception) {
		if (exception != null) {
			this.headerWriter.accept(response, exception);
		}
	}

	/**
	 * Spring would write a text or bytes as whatever the client asks for, HTML included,
	 * unless the handler says what it produces.
	 */
	private static void setContentType(ServerWebExchange exchange, Class<?> bodyType) {
		HttpHeaders headers = exchange.getResponse().getHeaders();
		if (!headers.containsHeader(HttpHeaders.CONTENT_TYPE)
				&& exchange.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE) == null) {
			if (CharSequence.class.isAssignableFrom(bodyType)) {
				headers.setContentType(TEXT_PLAIN_UTF8);
			}
			else if (isBinary(bodyType)) {
				headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
			}
		}
	}

	private static boolean isBinary(Class<?> bodyType) {
		for (Class<?> type : BINARY) {
			if (type.isAssignableFrom(bodyType)) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasNoBody(@Nullable HttpStatusCode status) {
		return status != null && (status.is1xxInformational() || status.isSameCodeAs(HttpStatus.NO_CONTENT)
				|| status.isSameCodeAs(HttpStatus.RESET_CONTENT) || status.isSameCodeAs(HttpStatus.NOT_MODIFIED));
	}

}
