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
import java.util.stream.Collectors;

import io.starlet.traceback.SourceExcerpt.Token;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SourceRedaction}.
 */
class SourceRedactionTests {

	@ParameterizedTest
	@CsvSource(delimiterString = " ==> ", quoteCharacter = '~',
			textBlock = """
					String password = "SENTINEL"; ==> String password = "******";
					this.apiKey = "SENTINEL" + "SENTINEL"; ==> this.apiKey = "******" + "******";
					val password: String = "SENTINEL" ==> val password: String = "******"
					val password: String? = encode("SENTINEL") ==> val password: String? = encode("******")
					builder.user("joe").password("SENTINEL").host("db"); ==> builder.user("******").password("******").host("******");
					login(user = "joe", password = "SENTINEL", page = "1") ==> login(user = "******", password = "******", page = "******")
					Map.of("password", "SENTINEL", "user", "joe") ==> Map.of("password", "******", "******", "******")
					mapOf("password" to "SENTINEL", "user" to "joe") ==> mapOf("password" to "******", "******" to "******")
					headers.set(HttpHeaders.AUTHORIZATION, "SENTINEL"); ==> headers.set(HttpHeaders.AUTHORIZATION, "******");
					new UsernamePasswordToken("SENTINEL", "SENTINEL") ==> new UsernamePasswordToken("******", "******")
					String[] tokens = { "SENTINEL", "SENTINEL" }; ==> String[] tokens = { "******", "******" };
					String token = encode(user, 'x', "SENTINEL"); ==> String token = encode(user, 'x', "******");
					String key = a.trim('\\'', '"') + "SENTINEL"; ==> String key = a.trim('\\'', '"') + "******";
					val key = if (a) "SENTINEL" else "SENTINEL" ==> val key = if (a) "******" else "******"
					headers.setBasicAuth(user(1), "SENTINEL"); ==> headers.setBasicAuth(user(1), "******");
					if ("SENTINEL".equals(request.get("token"))) { ==> if ("******".equals(request.get("token"))) {
					if (password.equals("SENTINEL")) { ==> if (password.equals("******")) {
					if ("SENTINEL".equals(password)) { ==> if ("******".equals(password)) {
					Map.of("password", "secret-SENTINEL") ==> Map.of("password", "******")
					case "token" -> "SENTINEL"; ==> case "token" -> "******";
					"password": "SENTINEL", ==> "password": "******",
					String password = \"""SENTINEL\"""; ==> String password = "******";
					String password = "SENT\\"INEL"; ==> String password = "******";
					String url = "jdbc:x://joe:SENTINEL@db/x"; ==> String url = "jdbc:x://******@db/x";
					return get("/books?token=SENTINEL&page=1"); ==> return get("/books?token=******&page=1");
					    "Bearer SENTINEL"); ==> "Bearer ******");
					@Value("${db.password:SENTINEL}") String x; ==> @Value("${db.password:******}") String x;
					call(); // password=SENTINEL here ==> call(); // password=****** here
					/* https://joe:SENTINEL@example.com */ ==> /* https://******@example.com */
					""")
	void literalsOfSensitiveNamesInSourceLinesAreMasked(String line, String expected) {
		assertThat(redact(line)).isEqualTo(expected);
		assertThat(redact(expected)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "this.password = Objects.requireNonNull(password, TOKEN);", "\tint keys = 3 + map.size();",
			"return token == null ? key : session.getId();", "throw new AuthException(\"No book\");",
			"Map<String, Key> keys = new HashMap<>();", "char c = '\"'; String name = \"joe\";",
			"char c = '\\''; String name = \"joe\";", "", "\"", "'", "@Value(\"${app.secret}\")",
			"@GetMapping(\"/token/{id}\")", "for (String key : keys) {", "password = \"\" + password;",
			"assertThat(password).isEqualTo(x);", "val password: String", "key -> value.get(key)" })
	void codeStaysAsItIs(String line) {
		assertThat(redact(line)).isEqualTo(line);
	}

	@Test
	void aStatementMayGoOnInTheNextLine() {
		assertThat(redact("String password =", "\t\"SENTINEL\"", "\t+ \"SENTINEL\";", "String name = \"joe\";"))
			.isEqualTo("String password =\n\t\"******\"\n\t+ \"******\";\nString name = \"joe\";");
		assertThat(redact("val password = \"\"\"", "SENTINEL", "\"\"\"")).doesNotContain("SENTINEL");
	}

	private static String redact(String... lines) {
		Redaction redaction = new Redaction(List.of());
		SourceRedaction sourceRedaction = new SourceRedaction(redaction);
		SyntaxHighlighter highlighter = SyntaxHighlighter.of("Books.java");
		List<String> redacted = new ArrayList<>();
		int state = SyntaxHighlighter.CODE;
		for (String line : lines) {
			List<Token> tokens = new ArrayList<>();
			state = highlighter.scan(line, state, tokens);
			redacted.add(sourceRedaction.redact(tokens).stream().map(Token::text).collect(Collectors.joining()));
		}
		return String.join("\n", redacted);
	}

}
