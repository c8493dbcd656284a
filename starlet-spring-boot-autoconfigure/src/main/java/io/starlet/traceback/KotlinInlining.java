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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.util.ClassUtils;

/**
 * Reads what Kotlin's compiler writes into a class about the functions that it inlined.
 * Their code has lines beyond the end of the file, each of which stands for the line of
 * the file that calls the function.
 */
final class KotlinInlining extends ClassVisitor {

	private static final String CALLS = "*S KotlinDebug";

	/** As JSR 45 has it: line, file, count, and the lines that stand for it. */
	private static final Pattern LINES = Pattern
		.compile("^(\\d{1,9})(?:#\\d++)?(?:,(\\d{1,9}))?:(\\d{1,9})(?:,(\\d{1,9}))?$", Pattern.MULTILINE);

	private final int line;

	private int call;

	private KotlinInlining(int line) {
		super(SpringAsmInfo.ASM_VERSION);
		this.line = line;
	}

	/**
	 * Return the line of a file that calls an inlined function.
	 * @param type the class
	 * @param line a line beyond the end of its file
	 * @return the line of the call, or 0 if it is not known
	 * @throws IOException if the class can't be read
	 */
	static int call(Class<?> type, int line) throws IOException {
		KotlinInlining visitor = new KotlinInlining(line);
		try (InputStream stream = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
			if (stream != null) {
				new ClassReader(stream).accept(visitor, ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES);
			}
		}
		return visitor.call;
	}

	@Override
	public void visitSource(@Nullable String source, @Nullable String debug) {
		int from = (debug != null) ? debug.indexOf(CALLS) : -1;
		if (debug == null || from < 0) {
			return;
		}
		Matcher lines = LINES.matcher(debug);
		lines.region(from, debug.length());
		while (this.call == 0 && lines.find()) {
			int first = number(lines, 3);
			int each = number(lines, 4);
			if (this.line >= first && this.line - first < (long) each * number(lines, 2)) {
				this.call = number(lines, 1) + (this.line - first) / each;
			}
		}
	}

	private static int number(Matcher lines, int group) {
		String number = lines.group(group);
		return (number != null) ? Integer.parseInt(number) : 1;
	}

}
