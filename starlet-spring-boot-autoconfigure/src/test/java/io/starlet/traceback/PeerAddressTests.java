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

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServletHttpHandlerAdapter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The address that tracebacks are held against is that of the socket, whatever a client
 * or proxy says. (Tomcat: see {@link TracebackSafetyTests}.)
 */
@Timeout(60)
class PeerAddressTests {

	private static final String PROXY = "PROXY TCP4 10.9.8.7 10.9.8.6 1234 80\r\n";

	/** Answers with both addresses, that of the request and that of the socket. */
	private final HttpHandler handler = (request, response) -> {
		ServerHttpRequest forwarded = new ForwardedHeaderTransformer().apply(request);
		String text = "request=" + hostAddress(request) + " spring=" + hostAddress(forwarded) + " peer="
				+ PeerAddress.of(new ServerHttpRequestDecorator(forwarded));
		DataBuffer body = response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
		return response.writeWith(Mono.just(body));
	};

	private static @Nullable String hostAddress(ServerHttpRequest request) {
		return (request.getRemoteAddress() != null) ? request.getRemoteAddress().getHostString() : null;
	}

	@Test
	void reactorNettyIsAskedForTheSocket() throws IOException {
		DisposableServer server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.forwarded(true)
			.handle(new ReactorHttpHandlerAdapter(this.handler))
			.bindNow();
		try {
			assertThat(get(server.port(), "")).endsWith("request=10.9.8.7 spring=10.9.8.7 peer=/127.0.0.1");
		}
		finally {
			server.disposeNow();
		}
	}

	@Test
	void jettyIsAskedForTheSocket() throws Exception {
		HttpConfiguration configuration = new HttpConfiguration();
		configuration.addCustomizer(new ForwardedRequestCustomizer());
		Server server = new Server();
		ServerConnector connector = new ServerConnector(server, new ProxyConnectionFactory(),
				new HttpConnectionFactory(configuration));
		connector.setHost("127.0.0.1");
		server.addConnector(connector);
		ServletContextHandler context = new ServletContextHandler("/", false, false);
		ServletHolder servlet = new ServletHolder(new ServletHttpHandlerAdapter(this.handler));
		servlet.setAsyncSupported(true);
		context.addServlet(servlet, "/");
		server.setHandler(context);
		server.start();
		try {
			int port = connector.getLocalPort();
			assertThat(get(port, PROXY)).endsWith("request=10.9.8.7 spring=10.9.8.7 peer=/127.0.0.1");
		}
		finally {
			server.stop();
		}
	}

	@Test
	void unknownServerHasNoAddress() {
		MockServerHttpRequest request = MockServerHttpRequest.get("/")
			.remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
			.build();
		assertThat(PeerAddress.of(request)).isNull();
	}

	private static String get(int port, String before) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream()
				.write((before
						+ "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.9.8.7\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			InputStream in = socket.getInputStream();
			return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
		}
	}

}
