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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.util.ClassUtils;

/**
 * Says what may help, where an error is known to have one of a few reasons.
 */
final class Hints {

	static final String BLOCKING = "Something waited on a thread that must not wait, as it serves other requests or tasks. Return the Mono or Flux "
			+ "and go on with flatMap; call blocking code through Mono.fromCallable(...).subscribeOn(Schedulers.boundedElastic()).";

	static final String NO_WRITER = "No codec writes this type in this format. Add the format's library (for JSON the starter "
			+ "spring-boot-starter-jackson), check the Content-Type or produces = ... of the endpoint, or register a codec with a CodecCustomizer.";

	static final String NO_READER = "No codec reads this format into this type. Compare the Content-Type with what was expected (a remote service "
			+ "may have answered with an HTML page), add the format's library, or register a codec with a CodecCustomizer.";

	static final String NO_PROPERTIES = "Jackson finds nothing to write in the type that the message names. Give it getters, make it a record, or "
			+ "register a serializer.";

	static final String NO_CREATOR = "Jackson can't create the type that the message names. Give it a constructor without parameters or one with "
			+ "@JsonCreator, make it a record, or register a deserializer.";

	static final String SUPPRESSION_DISABLED = "Frames were lost: Reactor keeps them in a suppressed exception, but an exception here takes none. "
			+ "Create it with enableSuppression = true, or use a constructor without that parameter.";

	static final String FAST_THROW = "The JVM leaves out the stack trace of an exception that it has thrown often. Start it with "
			+ "-XX:-OmitStackTraceInFastThrow to see all of them.";

	static final String NO_SOURCE = "No source was found for the application's frames. It is looked for in src/main/java and src/main/kotlin of the "
			+ "module that target/classes, build/classes, bin/main or out/production belongs to, and in a -sources.jar beside the jar.";

	static final String NO_APPLICATION_FRAME = "No frame is the application's own, as operators such as timeout() and codecs raise errors themselves: the handler and "
			+ "\"Observed at\" tell where. If its classes are in other packages than those of the @SpringBootApplication class, name them in "
			+ "starlet.traceback.application-packages.";

	static final String NO_REACTOR_TOOLS = "With io.projectreactor:reactor-tools on the class path (Spring Boot switches it on) the checkpoints tell where in the application the "
			+ "failing operators were assembled.";

	private static final boolean REACTOR_TOOLS = ClassUtils.isPresent("reactor.tools.agent.ReactorDebugAgent",
			Hints.class.getClassLoader());

	/** What HotSpot throws itself, and after a while without a stack trace. */
	private static final Set<String> FAST_THROWN = Set.of("java.lang.NullPointerException",
			"java.lang.ArithmeticException", "java.lang.ArrayIndexOutOfBoundsException",
			"java.lang.ArrayStoreException", "java.lang.ClassCastException");

	private Hints() {
	}

	/**
	 * Find hints for an error.
	 * @param error the error
	 * @return sentences, each once
	 */
	static List<String> find(TracedThrowable error) {
		return find(error, REACTOR_TOOLS);
	}

	static List<String> find(TracedThrowable error, boolean reactorTools) {
		List<TracedThrowable> all = all(error).toList();
		List<String> hints = new ArrayList<>(
				all.stream().flatMap((throwable) -> byMessage(throwable).stream()).distinct().toList());
		if (all.stream().anyMatch((throwable) -> throwable.notes().contains(RecoveredStack.FRAMES_LOST))) {
			hints.add(SUPPRESSION_DISABLED);
		}
		if (all.stream().anyMatch(Hints::isFastThrown)) {
			hints.add(FAST_THROW);
		}
		hints.addAll(byFrames(all, reactorTools));
		return hints;
	}

	private static Stream<TracedThrowable> all(TracedThrowable error) {
		return Stream
			.of(Stream.of(error), Stream.ofNullable(error.cause()).flatMap(Hints::all),
					error.suppressed().stream().flatMap(Hints::all))
			.flatMap((throwables) -> throwables);
	}

	private static List<String> byMessage(TracedThrowable error) {
		String message = error.message();
		return switch (error.type()) {
			case "java.lang.IllegalStateException" -> {
				if (message.contains(" blocking, which is not supported in thread ")) {
					yield List.of(BLOCKING);
				}
				if (message.startsWith("No HttpMessageWriter for ")) {
					yield List.of(NO_WRITER);
				}
				yield (message.startsWith("No HttpMessageReader for ") || message.equals("No suitable decoder"))
						? List.of(NO_READER) : List.of();
			}
			case "reactor.blockhound.BlockingOperationError" -> List.of(BLOCKING);
			case "org.springframework.http.converter.HttpMessageNotWritableException" ->
				message.startsWith("No Encoder for ") ? List.of(NO_WRITER) : List.of();
			case "org.springframework.web.reactive.function.UnsupportedMediaTypeException",
					"org.springframework.web.server.UnsupportedMediaTypeStatusException" ->
				List.of(isWriting(error) ? NO_WRITER : NO_READER);
			case "org.springframework.core.codec.CodecException" -> {
				if (message.startsWith("No SSE decoder ")) {
					yield List.of(NO_READER);
				}
				yield (message.startsWith("No SSE encoder ") || message.startsWith("No suitable writer "))
						? List.of(NO_WRITER) : List.of();
			}
			case "tools.jackson.databind.exc.InvalidDefinitionException",
					"com.fasterxml.jackson.databind.exc.InvalidDefinitionException" -> {
				if (message.startsWith("No serializer found ")) {
					yield List.of(NO_PROPERTIES);
				}
				yield message.startsWith("Cannot construct instance ") ? List.of(NO_CREATOR) : List.of();
			}
			default -> List.of();
		};
	}

	/** Both sides raise the same exception. */
	private static boolean isWriting(TracedThrowable error) {
		return !error.frames().isEmpty() && error.frames()
			.get(0)
			.element()
			.getClassName()
			.equals("org.springframework.web.reactive.function.BodyInserters");
	}

	private static boolean isFastThrown(TracedThrowable error) {
		return FAST_THROWN.contains(error.type()) && error.message().isEmpty() && error.frames().isEmpty();
	}

	private static List<String> byFrames(List<TracedThrowable> all, boolean reactorTools) {
		List<TracedFrame> frames = all.stream().flatMap((throwable) -> throwable.frames().stream()).toList();
		List<TracedFrame> own = frames.stream().filter(TracedFrame::application).toList();
		List<String> hints = new ArrayList<>();
		if (own.isEmpty() && !frames.isEmpty()) {
			hints.add(NO_APPLICATION_FRAME);
		}
		if (own.isEmpty() && !reactorTools) {
			hints.add(NO_REACTOR_TOOLS);
		}
		if (!own.isEmpty() && own.stream().allMatch((frame) -> frame.source() == null)) {
			hints.add(NO_SOURCE);
		}
		return hints;
	}

}
