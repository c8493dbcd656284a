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

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Redaction}.
 */
@Timeout(60)
class RedactionTests {

	private final Redaction redaction = new Redaction(List.of("pin-code", " "));

	@ParameterizedTest
	@ValueSource(strings = { "password", "PassWd", "db.secret", "access_token", "X-Api-Key", "credentials", "SESSION",
			"Authorization", "Proxy-Authorization", "signature", "_csrf", "Cookie", "Set-Cookie", "XSRF-TOKEN", "jwt",
			"the-PIN-code", "pass%77ord", "pass%2577ord", "monkey" })
	void sensitiveNamesAreKnown(String name) {
		assertThat(this.redaction.isSensitive(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "page", "user", "Accept", "Host", "User-Agent", "id", "", "pinCode", "%", "%zz" })
	void otherNamesAreNotSensitive(String name) {
		assertThat(this.redaction.isSensitive(name)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiterString = " ==> ", quoteCharacter = '~',
			textBlock = """
					https://joe:SENTINEL@example.com/a ==> https://******@example.com/a
					https://SENTINEL@github.com/a ==> https://******@github.com/a
					jdbc:postgresql://joe:SENTINEL@db:5432/app ==> jdbc:postgresql://******@db:5432/app
					mongodb://joe:SENT@INEL@a:1,b:2/app ==> mongodb://******@a:1,b:2/app
					amqp://joe:SENTINEL@a,amqp://joe:SENTINEL@b ==> amqp://******@a,amqp://******@b
					jdbc:sqlserver://db;user=sa;password=SENTINEL;encrypt=true ==> jdbc:sqlserver://db;user=sa;password=******;encrypt=true
					jdbc:mysql://db/app?user=sa&password=SENTINEL ==> jdbc:mysql://db/app?user=sa&password=******
					//joe:SENTINEL@example.com ==> //******@example.com
					/books?token=SENTINEL&page=2 ==> /books?token=******&page=2
					/books?page=2&pass%77ord=SENT%20INEL#top ==> /books?page=2&password=******
					/books;jsessionid=SENTINEL;v=1/x ==> /books;jsessionid=******;v=1/x
					/x?user[password]=SENTINEL&a=1 ==> /x?user[password]=******&a=1
					/x?user%5Bpassword%5D=SENTINEL&a=1 ==> /x?user%5Bpassword%5D=******&a=1
					/x?redirect=https://y?token=SENTINEL ==> /x?redirect=https://y?token=******
					/x?redirect=https%3A%2F%2Fy%3Ftoken%3DSENTINEL%26a%3D1 ==> /x?redirect=https://y?token=******&a=1
					/x?redirect=https%3A%2F%2Fjoe%3ASENTINEL%40y ==> /x?redirect=https://******@y
					/x?r=%2Fy%3Fr%3D%252Fz%253Ftoken%253DSENT%252520INEL ==> /x?r=/y?r=/z?token=******
					/x?json=%7B%22password%22%3A%22SENTINEL%22%7D ==> /x?json={"password":******}
					User[name=joe, password=SENTINEL, age=3] ==> User[name=joe, password=******, age=3]
					User(name=joe, password=SENTINEL) ==> User(name=joe, password=******)
					User{name='joe', password='SENT\\'INEL'} ==> User{name='joe', password=******}
					{password=SENTINEL, user=joe} ==> {password=******, user=joe}
					Config[apiKeys=[SENTINEL, SENTINEL], size=2] ==> Config[apiKeys=******, size=2]
					password = SENTINEL ==> password = ******
					password=SENTINEL is wrong ==> password=****** is wrong
					password => SENTINEL ==> password => ******
					{"user":"joe","password":"SENT\\"INEL","id":1} ==> {"user":"joe","password":******,"id":1}
					{"token" : "SENTINEL"} ==> {"token" : ******}
					{"pin-code":123456,"id":1} ==> {"pin-code":******,"id":1}
					{"secret":{"a":{"b":{"c":{"d":"SENTINEL"}}}},"id":1} ==> {"secret":******
					{"credentials":{"user":"SENTINEL"},"id":1} ==> {"credentials":******
					where password = 'it''s SENTINEL' and id = 1 ==> where password = ****** and id = 1
					Authorization: Bearer SENTINEL ==> Authorization: ******
					Authorization: Digest username="SENTINEL", response="SENTINEL" ==> Authorization: ******
					Cookie: a=SENTINEL; b=SENTINEL ==> Cookie: ******
					[Authorization:"Bearer SENTINEL", Accept:"x"] ==> [Authorization:******
					{authorization=[Bearer SENTINEL], accept=[x]} ==> {authorization=******
					X-Auth-Token: Bearer SENTINEL was sent ==> X-Auth-Token: ****** ****** was sent
					invalid credentials Bearer SENTINEL sent ==> invalid credentials Bearer ****** sent
					sent basic U0VOVElORUw6cHc= twice ==> sent basic ****** twice
					got eyJTRU5USU5FTCI6MX0.eyJTRU5USU5FTCI6MX0.SENTINEL here ==> got ****** here
					checkpoint ⇢ HTTP GET "/books?token=SENTINEL" [ExceptionHandlingWebHandler] ==> checkpoint ⇢ HTTP GET "/books?token=******" [ExceptionHandlingWebHandler]
					Request to GET https://x/y?key=SENTINEL [DefaultWebClient] ==> Request to GET https://x/y?key=****** [DefaultWebClient]
					SQL "select * from t where token='SENTINEL'" [DatabaseClient] ==> SQL "select * from t where token=******" [DatabaseClient]
					""")
	void secretsInTextsAreMasked(String text, String expected) {
		assertThat(this.redaction.text(text)).isEqualTo(expected).doesNotContain("SENTINEL");
		assertThat(this.redaction.text(expected)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "The author wrote a key note", "", "No book 12", "https://auth.example.com:8443/realms",
			"http://keycloak:8080/realms/x", "https://host:8080/x@y", "http://[::1]:8080/@x", "joe@example.com",
			"Basic authentication is required", "Bearer token is missing", "Bearer realm=\"x\"",
			"io.app.TokenFilter [DefaultWebFilterChain]", "at io.app.AuthService.find(AuthService.java:25)",
			"io.app.AuthException: Nobody is here", "Session::getId", "100% sure %41%", "https://x?q=%C3%A9%20b%2Fc",
			"select name, token from users where id = $1", "HTTP GET \"/books?page=1\" [ExceptionHandlingWebHandler]",
			"password=", "token=&page=1", "// TODO: joe@example.com", "a = b, c: d" })
	void otherTextsAreLeftAsTheyAre(String text) {
		assertThat(this.redaction.text(text)).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b+c/d=e&f", "SENTINEL-1", "Ünï cödé", "say \"hi\" \\ there", "%41bc def",
			"a long secret: Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy eirmod tempor invidunt ut labore et dolore magna aliquyam erat" })
	void knownSecretsAreMaskedInAnyForm(String secret) {
		Redaction redaction = this.redaction.withSecrets(List.of(secret));
		String encoded = UriUtils.encode(secret, StandardCharsets.UTF_8);
		String lowerCase = Pattern.compile("%..")
			.matcher(encoded)
			.replaceAll((escape) -> escape.group().toLowerCase(Locale.ROOT));
		for (String form : List.of(secret, encoded, lowerCase, URLEncoder.encode(secret, StandardCharsets.UTF_8),
				UriUtils.encode(encoded, StandardCharsets.UTF_8),
				UriUtils.encodeQueryParam(secret, StandardCharsets.UTF_8))) {
			assertThat(redaction.text("before " + form + " after")).isEqualTo("before ****** after");
		}
	}

	@Test
	void aSecretThatCameEncodedIsMaskedDecoded() {
		Redaction redaction = this.redaction.withSecrets(List.of("SENT%20INEL%2B1", "SECOND+ONE"));
		assertThat(redaction.text("<SENT INEL+1> <SECOND ONE>")).isEqualTo("<******> <******>");
	}

	@Test
	void theLongestSecretIsMaskedFirst() {
		Redaction redaction = this.redaction.withSecrets(List.of("abcd", "abcdefgh", "abcdxyz"))
			.withSecrets(List.of("abcdef"));
		assertThat(redaction.text("abcdefgh-abcdefg-abcdxyz-abcdxy-abc"))
			.isEqualTo("******-******g-******-******xy-abc");
	}

	@Test
	void shortAndCommonValuesAreNoSecrets() {
		Redaction redaction = this.redaction.withSecrets(List.of("", "a", "abc", "true", "NULL", "****"));
		assertThat(redaction.text("a abc true NULL ****")).isEqualTo("a abc true NULL ****");
	}

	@Test
	void theRedactionDoesNotTellItsSecrets() {
		assertThat(this.redaction.withSecrets(List.of("SENTINEL"))).asString().doesNotContain("SENTINEL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "token", "=", "password=", "password:", "password=[", "password={", "password=\"",
			"password='", "password=\\\"", "//", "//a:b", "https://a:b", "//@", "@", "Bearer ", "bearer\t", "basic%20",
			"eyJaaaaaaaa-", "eyJaaaaaaaa.", "%25", "%", "%3D", "password%3D", "[", "]", "a]=", "[a]", ", ", "&a",
			"token=a, ", "token=a,b", "token=a;\"", "[token=a&b ", "[token=a ", "cookie:\"", "cookie=\"", "\\", "\"",
			" ", "\n", "token=\n", "key=[\n", "Cookie: a=\"b", "aaaa", "aaab", "password=\"\\", "token=Bearer ",
			"%41 " })
	@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void aHostileMegabyteTakesLinearTime(String part) {
		Redaction redaction = this.redaction.withSecrets(List.of("a".repeat(5000) + "b", "aaaab", "aaaaaab"));
		String text = part.repeat(1_000_000 / part.length());
		assertThat(redaction.text(text)).isNotNull();
		assertThat(redaction.text("x" + text + "=y")).isNotNull();
	}

}
