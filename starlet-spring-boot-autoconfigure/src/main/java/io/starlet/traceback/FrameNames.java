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

import org.springframework.util.StringUtils;

/**
 * Names frames as a person would: without what compilers and proxies add.
 */
final class FrameNames {

	private static final int MAX_LENGTH = 300;

	private static final int MAX_PART_LENGTH = 1_000;

	/** How many characters Kotlin adds after a hyphen to a name with a value class. */
	private static final int KOTLIN_HASH_LENGTH = 7;

	/** How many characters javac adds to the name of a serializable lambda. */
	private static final int LAMBDA_HASH_LENGTH = 8;

	private FrameNames() {
	}

	/**
	 * Return whether nobody wrote the code of a frame: proxies and accessors.
	 * @param frame the frame
	 * @return whether its class was generated at run time
	 */
	static boolean isGenerated(StackTraceElement frame) {
		String name = frame.getClassName();
		return name.contains("$$SpringCGLIB$$") || name.contains("$$EnhancerBy") || name.contains("$$FastClass")
				|| name.contains("$$Lambda") || name.startsWith("java.lang.invoke.LambdaForm$")
				|| name.startsWith("jdk.internal.reflect.Generated") || name.startsWith("sun.reflect.Generated")
				|| name.startsWith("_COROUTINE.") || isJdkProxy(name.substring(name.lastIndexOf('.') + 1));
	}

	private static boolean isJdkProxy(String simpleName) {
		return simpleName.startsWith("$Proxy") && isNumber(simpleName.substring("$Proxy".length()));
	}

	/**
	 * Cut the names in a frame to a bounded length.
	 * @param frame the frame
	 * @return the frame, or one with shorter names
	 */
	static StackTraceElement bound(StackTraceElement frame) {
		String file = frame.getFileName();
		if (frame.getClassName().length() <= MAX_PART_LENGTH && frame.getMethodName().length() <= MAX_PART_LENGTH
				&& (file == null || file.length() <= MAX_PART_LENGTH)) {
			return frame;
		}
		return new StackTraceElement(PrintableText.cut(frame.getClassName(), MAX_PART_LENGTH),
				PrintableText.cut(frame.getMethodName(), MAX_PART_LENGTH),
				(file != null) ? PrintableText.cut(file, MAX_PART_LENGTH) : null, frame.getLineNumber());
	}

	/**
	 * Name the function of a frame.
	 * @param frame the frame, its names bounded
	 * @return the class without its package, and the method
	 */
	static String function(StackTraceElement frame) {
		String file = frame.getFileName();
		boolean kotlin = file != null && file.endsWith(".kt");
		String name = new Naming(frame, kotlin).name();
		return name.isEmpty() ? "(unknown)" : PrintableText.cut(name, MAX_LENGTH);
	}

	private static boolean isNumber(String text) {
		return !text.isEmpty() && text.chars().allMatch((character) -> character >= '0' && character <= '9');
	}

	/**
	 * Takes one name apart.
	 */
	private static final class Naming {

		private final List<String> path = new ArrayList<>();

		private final String simpleName;

		private final String method;

		private boolean anonymous;

		private boolean lambda;

		Naming(StackTraceElement frame, boolean kotlin) {
			String className = frame.getClassName();
			int hidden = className.indexOf('/');
			className = (hidden < 0) ? className : className.substring(0, hidden);
			this.simpleName = className.substring(className.lastIndexOf('.') + 1);
			readClass(kotlin);
			this.method = kotlin ? kotlinMethod(frame) : javaMethod(frame.getMethodName());
		}

		private void readClass(boolean kotlin) {
			for (String segment : StringUtils.tokenizeToStringArray(this.simpleName, "$")) {
				boolean outermost = this.path.isEmpty() && this.simpleName.startsWith(segment);
				String name = outermost ? segment : withoutNumber(segment);
				if (isNumber(segment)) {
					this.anonymous = true;
				}
				else if (!name.isEmpty() && !(kotlin && isKotlins(name, outermost))) {
					this.path.add(name);
				}
			}
		}

		/** Local classes are named {@code Outer$1Local}. */
		private static String withoutNumber(String segment) {
			int start = 0;
			while (start < segment.length() && segment.charAt(start) >= '0' && segment.charAt(start) <= '9') {
				start++;
			}
			return segment.substring(start);
		}

		private static boolean isKotlins(String segment, boolean outermost) {
			return outermost ? segment.endsWith("Kt") : segment.equals("inlined") || segment.equals("DefaultImpls");
		}

		private String javaMethod(String name) {
			if (!name.startsWith("lambda$")) {
				return name;
			}
			this.lambda = true;
			String rest = name;
			while (rest.startsWith("lambda$")) {
				rest = rest.substring("lambda$".length());
			}
			int end = rest.lastIndexOf('$');
			while (end > 0 && isCompilers(rest.substring(end + 1))) {
				rest = rest.substring(0, end);
				end = rest.lastIndexOf('$');
			}
			return switch (rest) {
				case "new" -> "<init>";
				case "static" -> "<clinit>";
				case "null" -> "";
				default -> isNumber(rest) ? "" : rest;
			};
		}

		private static boolean isCompilers(String suffix) {
			return isNumber(suffix) || (suffix.length() == LAMBDA_HASH_LENGTH
					&& suffix.chars().allMatch((character) -> Character.digit(character, 16) >= 0));
		}

		private String kotlinMethod(StackTraceElement frame) {
			String name = frame.getMethodName();
			if (this.anonymous && (name.equals("invoke") || name.equals("invokeSuspend"))) {
				// Without a line it is the function itself, resumed
				this.lambda = frame.getLineNumber() > 0;
				this.anonymous = false;
				return "";
			}
			name = name.startsWith("access$") ? name.substring("access$".length()) : name;
			this.lambda = name.contains("$lambda");
			int end = name.indexOf('$');
			name = withoutHash((end > 0) ? name.substring(0, end) : name);
			return (name.equals("constructor") || name.equals("_init_")) ? "<init>" : name;
		}

		private static String withoutHash(String name) {
			if (name.endsWith("-impl")) {
				return name.substring(0, name.length() - "-impl".length());
			}
			int hyphen = name.length() - KOTLIN_HASH_LENGTH - 1;
			boolean mangled = hyphen > 0 && name.charAt(hyphen) == '-'
					&& name.chars().skip(hyphen).allMatch(Naming::isHashCharacter);
			return mangled ? name.substring(0, hyphen) : name;
		}

		private static boolean isHashCharacter(int character) {
			return character == '-' || character == '_' || (character < 128 && Character.isLetterOrDigit(character));
		}

		String name() {
			String type = String.join(".", this.path);
			if (type.isEmpty() && (this.method.isEmpty() || this.method.startsWith("<"))) {
				type = this.simpleName;
			}
			String name = switch (this.method) {
				case "<init>" -> "new " + type;
				case "<clinit>" -> type + " static initialiser";
				case "" -> type;
				default -> type.isEmpty() ? this.method : type + "." + this.method;
			};
			if (this.lambda) {
				return name + " (lambda)";
			}
			return this.anonymous ? name + " (anonymous class)" : name;
		}

	}

}
