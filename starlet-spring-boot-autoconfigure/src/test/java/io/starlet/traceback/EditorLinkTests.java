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

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Editor links open a file in an editor, and can do nothing else.
 */
class EditorLinkTests {

	@ParameterizedTest
	@CsvSource({ "idea, idea://open?file=/home/me/A.java&line=7", "vscode, vscode://file/home/me/A.java:7",
			"cursor, cursor://file/home/me/A.java:7", "zed, zed://file/home/me/A.java:7",
			"windsurf, windsurf://file/home/me/A.java:7", "IDEA, idea://open?file=/home/me/A.java&line=7",
			"subl://open?url=file://{file}&line={line}, subl://open?url=file:///home/me/A.java&line=7",
			"my+editor-2.0:{file}, my+editor-2.0:/home/me/A.java" })
	void editorsAndTemplatesMakeTheAddressThatTheEditorRegisters(String editor, String address) {
		assertThat(link(editor, "/home/me/A.java")).isEqualTo(address);
	}

	@ParameterizedTest
	@CsvSource({ "idea, C:\\me\\A.java, idea://open?file=C:/me/A.java&line=7",
			"vscode, C:\\me\\A.java, vscode://file/C:/me/A.java:7",
			"vscode, C:/me/A.java, vscode://file/C:/me/A.java:7",
			"zed, \\\\server\\share\\A.java, zed://file//server/share/A.java:7" })
	void pathsOfWindowsAreWrittenAsUrlsWriteThem(String editor, String file, String address) {
		assertThat(link(editor, file)).isEqualTo(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a b/A.java", "/a\"onclick=alert(1)/A.java", "/a'b/A.java", "/a&line=1&b/A.java",
			"/a?b#c/A.java", "/<script>/A.java", "/a%2F..%2Fb/A.java", "/{file}{line}/A.java", "/a\nb\r\tc/A.java",
			"/ä€😀/A.java", "/\u202Eb/A.java", "/a\u007F\u0001/A.java", "/a:12/A.java", "/a\\b/A.java",
			"/a+b;c=d/A.java", "/javascript:alert(1)/A.java", "/a@b/A.java", "/`a`|^[]/A.java" })
	void nothingInAPathBreaksOutOfTheUrl(String file) {
		String address = new EditorLink("idea", Map.of()).to(Path.of(file), 7);
		assertThat(address).matches("idea://open\\?file=(?:[a-zA-Z0-9._~/-]|%[0-9A-F]{2})+&line=7");
		String path = address.substring("idea://open?file=".length(), address.length() - "&line=7".length());
		assertThat(UriUtils.decode(path, StandardCharsets.UTF_8)).isEqualTo(file);
		assertThat(URI.create(address)).hasScheme("idea").hasHost("open").hasNoFragment();
	}

	@Test
	void pathMappingTakesTheLongestPrefixFirst() {
		Map<String, String> mapping = Map.of("/app", "/home/me/app", "/app/lib", "/home/me/lib", "/", "/rest");
		assertThat(link("idea", "/app/A.java", mapping)).contains("file=/home/me/app/A.java&");
		assertThat(link("idea", "/app/lib/A.java", mapping)).contains("file=/home/me/lib/A.java&");
		assertThat(link("idea", "/other/A.java", mapping)).contains("file=/rest/other/A.java&");
	}

	@Test
	void pathMappingMatchesWholeNamesOnly() {
		Map<String, String> mapping = Map.of("/app", "/home/me/app");
		assertThat(link("idea", "/application/A.java", mapping)).contains("file=/application/A.java&");
		assertThat(link("idea", "/srv/app/A.java", mapping)).contains("file=/srv/app/A.java&");
	}

	@Test
	void pathMappingTakesSlashesAtTheEndAndPathsOfWindows() {
		assertThat(link("idea", "/app/A.java", Map.of("/app/", "C:\\me\\app\\"))).contains("file=C:/me/app/A.java&");
		assertThat(link("vscode", "/app/A.java", Map.of("/app", "C:\\"))).isEqualTo("vscode://file/C:/A.java:7");
		assertThat(link("idea", "C:\\app\\A.java", Map.of("C:\\app", "/home/me"))).contains("file=/home/me/A.java&");
		assertThat(link("idea", "/app/A.java", Map.of("/app", "\\\\wsl$\\Ubuntu\\home")))
			.contains("file=//wsl%24/Ubuntu/home/A.java&");
	}

	@ParameterizedTest
	@ValueSource(strings = { "app", "", "./app", "~/app", "C:app" })
	void directoriesOfAPathMappingMustBeAbsolute(String directory) {
		assertThatIllegalArgumentException().isThrownBy(() -> new EditorLink("idea", Map.of(directory, "/home")))
			.withMessageStartingWith("The directory '" + directory + "' is not absolute. ")
			.withMessageContaining("starlet.traceback.path-mapping.[/app]=/home/me/app");
		assertThatIllegalArgumentException().isThrownBy(() -> new EditorLink("idea", Map.of("/app", directory)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "javascript:alert('{file}')", " javascript:{file}", "\t\njavascript:{file}", "javascript:",
			"data:,x", "javascript://{file}", "JavaScript:{file}", "data:text/html,{file}", "vbscript:{file}",
			"blob:{file}", "file://{file}", "http://localhost/{file}", "https://localhost/{file}",
			"HTTP://localhost:63342/api/file/?file={file}&line={line}", "about:{file}", "view-source:{file}",
			"ws://{file}", "wss://{file}", "ftp://{file}", "mailto:{file}", "filesystem:{file}", "livescript:{file}",
			"jar:{file}" })
	void schemesThatABrowserHandlesItselfAreRefused(String template) {
		assertThatIllegalArgumentException().isThrownBy(() -> new EditorLink(template, Map.of()))
			.withMessage(
					"A browser would handle the scheme of this URL itself. Use the scheme that your editor registers, "
							+ "such as 'myeditor://open?file={file}&line={line}'.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0001javascript:{file}", "java\nscript:{file}", "java\tscript:{file}",
			"\u00A0javascript:{file}", "\uFEFFjavascript:{file}", "javascript\u0000:{file}", "javascript :{file}",
			"java{line}script:{file}", "{file}", "{file}:{line}", "{file}://x", "//{file}", "/{file}", "emacs", "",
			"   ", "idea://open", ":{file}", "1a://{file}", "x://{file}\"onclick", "x://{file} y", "x://{file}<",
			"x://{file}\n", "x://{column}{file}", "x://{{file}}", "ſ://{file}", "jav&#x61;script:{file}",
			"%6aavascript:{file}" })
	void whatIsNoTemplateIsRefused(String template) {
		assertThatIllegalArgumentException().isThrownBy(() -> new EditorLink(template, Map.of()))
			.withMessage("It is neither the name of an editor nor a template of a URL with the scheme of one. "
					+ "Use cursor, idea, vscode, windsurf, zed, or a template such as "
					+ "'myeditor://open?file={file}&line={line}'.");
	}

	private static String link(String editor, String file) {
		return link(editor, file, Map.of());
	}

	private static String link(String editor, String file, Map<String, String> pathMapping) {
		return new EditorLink(editor, pathMapping).to(Path.of(file), 7);
	}

}
