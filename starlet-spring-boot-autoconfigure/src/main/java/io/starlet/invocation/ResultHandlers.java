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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.ServerResponseResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseBodyResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;
import org.springframework.web.reactive.result.view.ViewResolutionResultHandler;
import org.springframework.web.reactive.result.view.ViewResolver;

/**
 * The application's result handlers, with a content negotiation that never refuses, as a
 * client's {@code Accept} must not turn an error into another (rule R40).
 *
 * @since 0.1.0
 */
public final class ResultHandlers implements ServerResponse.Context {

	private final ServerResponseResultHandler serverResponse;

	private final ResponseEntityResultHandler entity;

	private final ResponseBodyResultHandler body;

	private final ViewResolutionResultHandler view;

	private final List<HandlerResultHandler> custom;

	/**
	 * Create the result handlers from those of the application.
	 * @param serverResponse writes a {@code ServerResponse}
	 * @param entity writes a {@code ResponseEntity}
	 * @param body writes a body
	 * @param view renders a view
	 * @param all all of the application's, from which its own are taken
	 */
	public ResultHandlers(ServerResponseResultHandler serverResponse, ResponseEntityResultHandler entity,
			ResponseBodyResultHandler body, ViewResolutionResultHandler view, List<HandlerResultHandler> all) {
		this.serverResponse = serverResponse;
		RequestedContentTypeResolver entityTypes = new LenientContentTypeResolver(entity.getContentTypeResolver());
		this.entity = new ResponseEntityResultHandler(entity.getMessageWriters(), entityTypes,
				entity.getAdapterRegistry(), entity.getErrorResponseInterceptors());
		this.body = new ResponseBodyResultHandler(body.getMessageWriters(),
				new LenientContentTypeResolver(body.getContentTypeResolver()), body.getAdapterRegistry(),
				body.getErrorResponseInterceptors());
		this.view = new ViewResolutionResultHandler(view.getViewResolvers(),
				new LenientContentTypeResolver(view.getContentTypeResolver()), view.getAdapterRegistry());
		this.view.setDefaultViews(view.getDefaultViews());
		this.custom = all.stream()
			.filter((handler) -> handler != serverResponse && handler != entity && handler != body && handler != view)
			.toList();
	}

	@Override
	public List<HttpMessageWriter<?>> messageWriters() {
		return this.serverResponse.getMessageWriters();
	}

	@Override
	public List<ViewResolver> viewResolvers() {
		return this.serverResponse.getViewResolvers();
	}

	ResponseEntityResultHandler entity() {
		return this.entity;
	}

	ResponseBodyResultHandler body() {
		return this.body;
	}

	ViewResolutionResultHandler view() {
		return this.view;
	}

	@Nullable HandlerResultHandler findCustom(HandlerResult result) {
		for (HandlerResultHandler handler : this.custom) {
			if (handler.supports(result)) {
				return handler;
			}
		}
		return null;
	}

}
