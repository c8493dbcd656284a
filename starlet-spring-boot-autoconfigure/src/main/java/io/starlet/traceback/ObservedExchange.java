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

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebSession;

/**
 * Remembers the form and the session that the application itself has asked for, as to ask
 * for them later would read the body or create a session.
 */
final class ObservedExchange extends ServerWebExchangeDecorator {

	private static final String ATTRIBUTE = ObservedExchange.class.getName();

	private volatile @Nullable MultiValueMap<String, String> form;

	private volatile @Nullable MultiValueMap<String, Part> parts;

	private volatile boolean sessionWanted;

	private volatile @Nullable WebSession session;

	private volatile @Nullable Throwable sessionFailure;

	private ObservedExchange(ServerWebExchange exchange) {
		super(exchange);
	}

	/**
	 * Observe an exchange.
	 * @param exchange the exchange
	 * @return the exchange to go on with
	 */
	static ServerWebExchange observe(ServerWebExchange exchange) {
		ObservedExchange observed = new ObservedExchange(exchange);
		exchange.getAttributes().put(ATTRIBUTE, observed);
		return observed;
	}

	/**
	 * Return what was observed.
	 * @param exchange an exchange
	 * @return what it is observed by, if it is
	 */
	static @Nullable ObservedExchange of(ServerWebExchange exchange) {
		return (exchange.getAttribute(ATTRIBUTE) instanceof ObservedExchange observed) ? observed : null;
	}

	@Override
	public Mono<MultiValueMap<String, String>> getFormData() {
		return super.getFormData().doOnNext((form) -> this.form = form);
	}

	@Override
	public Mono<MultiValueMap<String, Part>> getMultipartData() {
		return super.getMultipartData().doOnNext((parts) -> this.parts = parts);
	}

	@Override
	public Mono<WebSession> getSession() {
		return super.getSession().doOnSubscribe((subscription) -> this.sessionWanted = true)
			.doOnNext((session) -> this.session = session)
			.doOnError((failure) -> this.sessionFailure = failure);
	}

	@Nullable MultiValueMap<String, String> form() {
		return this.form;
	}

	@Nullable MultiValueMap<String, Part> parts() {
		return this.parts;
	}

	boolean isSessionWanted() {
		return this.sessionWanted;
	}

	@Nullable WebSession session() {
		return this.session;
	}

	@Nullable Throwable sessionFailure() {
		return this.sessionFailure;
	}

}
