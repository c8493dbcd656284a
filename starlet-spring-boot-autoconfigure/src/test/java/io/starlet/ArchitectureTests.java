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

package io.starlet;

import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Which package may import which, so that a request's path can be read off the folders.
 */
@AnalyzeClasses(packages = "io.starlet", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule rootImportsNothingOfStarlet = mayImport("io.starlet");

	@ArchTest
	static final ArchRule registryImportsTheRoot = mayImport("io.starlet.registry", "io.starlet");

	@ArchTest
	static final ArchRule invocationImportsTheRoot = mayImport("io.starlet.invocation", "io.starlet");

	@ArchTest
	static final ArchRule responseImportsTheRoot = mayImport("io.starlet.response", "io.starlet");

	@ArchTest
	static final ArchRule tracebackImportsNothingOfStarlet = mayImport("io.starlet.traceback");

	@ArchTest
	static final ArchRule filterImportsWhatItCalls = mayImport("io.starlet.filter", "io.starlet", "io.starlet.registry",
			"io.starlet.invocation", "io.starlet.response", "io.starlet.traceback");

	@ArchTest
	static final ArchRule webSocketImportsWhatItCalls = mayImport("io.starlet.websocket", "io.starlet",
			"io.starlet.registry", "io.starlet.invocation", "io.starlet.response");

	@ArchTest
	static final ArchRule backgroundReportsToTheOuterLayer = mayImport("io.starlet.background", "io.starlet",
			"io.starlet.response", "io.starlet.filter");

	@ArchTest
	static final ArchRule actuateImportsTheRegistry = mayImport("io.starlet.actuate", "io.starlet.registry");

	@ArchTest
	static final ArchRule everythingLivesInAPackageOfTheTable = classes().should()
		.resideInAnyPackage("io.starlet", "io.starlet.registry", "io.starlet.invocation", "io.starlet.response",
				"io.starlet.traceback", "io.starlet.filter", "io.starlet.websocket", "io.starlet.background",
				"io.starlet.actuate", "io.starlet.autoconfigure");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.starlet.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule noServletClassIsImported = noClasses().that()
		.haveNameNotMatching("io\\.starlet\\.(background\\.TomcatResponseEndValve|filter\\.JettyRequest)")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet..");

	@ArchTest
	static final ArchRule serversAreOptional = noClasses().that()
		.haveNameNotMatching("io\\.starlet\\.(filter\\.(DisconnectedClient|JettyRequest)|traceback\\.PeerAddress"
				+ "|background\\.(Tomcat)?ResponseEnd|websocket\\.ReactorNettyConnection|autoconfigure\\.BackgroundTasksConfiguration).*")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("reactor.netty..", "io.netty..", "org.apache.catalina..", "org.eclipse.jetty..");

	@ArchTest
	static void everyPackageIsNullMarked(JavaClasses classes) {
		Set<String> packages = classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
		for (String name : packages) {
			if (!classes.getPackage(name).isAnnotatedWith(NullMarked.class)) {
				throw new AssertionError(name + " is not @NullMarked");
			}
		}
	}

	private static ArchRule mayImport(String name, String... others) {
		return noClasses().that()
			.resideInAPackage(name)
			.should()
			.dependOnClassesThat(resideInAPackage("io.starlet..").and(not(resideInAPackage(name)))
				.and(not(resideInAnyPackage(others))));
	}

}
