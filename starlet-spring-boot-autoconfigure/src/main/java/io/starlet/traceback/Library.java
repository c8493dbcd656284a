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

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names the libraries that most stacks consist of.
 */
final class Library {

	private static final Map<String, String> NAMES = new LinkedHashMap<>();

	static {
		NAMES.put("reactor.netty.", "Reactor Netty");
		NAMES.put("reactor.", "Reactor");
		NAMES.put("io.netty.", "Netty");
		NAMES.put("org.springframework.boot.", "Spring Boot");
		NAMES.put("org.springframework.security.", "Spring Security");
		NAMES.put("org.springframework.data.", "Spring Data");
		NAMES.put("org.springframework.", "Spring");
		NAMES.put("java.", "JDK");
		NAMES.put("javax.", "JDK");
		NAMES.put("jdk.", "JDK");
		NAMES.put("sun.", "JDK");
		NAMES.put("com.sun.", "JDK");
		NAMES.put("kotlinx.coroutines.", "Kotlin coroutines");
		NAMES.put("kotlin.", "Kotlin");
		NAMES.put("tools.jackson.", "Jackson");
		NAMES.put("com.fasterxml.jackson.", "Jackson");
		NAMES.put("org.apache.catalina.", "Tomcat");
		NAMES.put("org.apache.coyote.", "Tomcat");
		NAMES.put("org.apache.tomcat.", "Tomcat");
		NAMES.put("org.eclipse.jetty.", "Jetty");
		NAMES.put("io.r2dbc.", "R2DBC");
		NAMES.put("io.micrometer.", "Micrometer");
		NAMES.put("io.starlet.", "Starlet");
		NAMES.put("org.hibernate.", "Hibernate");
		NAMES.put("org.thymeleaf.", "Thymeleaf");
	}

	private Library() {
	}

	/**
	 * Name the library of a class.
	 * @param className the name of the class
	 * @return the library's name, or what its package starts with
	 */
	static String of(String className) {
		for (Map.Entry<String, String> name : NAMES.entrySet()) {
			if (className.startsWith(name.getKey())) {
				return name.getValue();
			}
		}
		int end = className.indexOf('.', className.indexOf('.') + 1);
		return (end > 0) ? className.substring(0, end) : className;
	}

}
