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

package io.starlet.background;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Tells when Tomcat has sent a response: it writes its access log then, and says so to
 * nobody else.
 *
 * @since 0.1.0
 */
public final class TomcatResponseEndValve extends ValveBase implements AccessLog {

	static final String PRESENT = TomcatResponseEndValve.class.getName() + ".present";

	static final String ACTION = TomcatResponseEndValve.class.getName() + ".action";

	/**
	 * Create a valve.
	 */
	public TomcatResponseEndValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(PRESENT, true);
		getNext().invoke(request, response);
	}

	@Override
	public void log(Request request, Response response, long time) {
		if (request.getAttribute(ACTION) instanceof Runnable action) {
			request.removeAttribute(ACTION);
			action.run();
		}
	}

	@Override
	public void setRequestAttributesEnabled(boolean requestAttributesEnabled) {
		// There is no log that they could be in
	}

	@Override
	public boolean getRequestAttributesEnabled() {
		return false;
	}

}
