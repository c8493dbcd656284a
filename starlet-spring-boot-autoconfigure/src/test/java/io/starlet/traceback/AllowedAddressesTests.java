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

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Allowed addresses are ranges of addresses, and nothing is looked up.
 */
class AllowedAddressesTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.0, false", "10.1.2.3/8, 10.9.9.9, true",
			"127.0.0.1, 127.0.0.1, true", "127.0.0.1, 127.0.0.2, false", "192.168.1.128/25, 192.168.1.127, false",
			"192.168.1.128/25, 192.168.1.200, true", "192.168.1.4/31, 192.168.1.5, true",
			"192.168.1.4/31, 192.168.1.6, false", "0.0.0.0/0, 8.8.8.8, true", "0.0.0.0/0, ::1, false",
			"::1/128, ::1, true", "::1, ::2, false", "::/0, fe80::1, true", "::/0, 127.0.0.1, false",
			"fd00::/8, fdff::1, true", "fd00::/8, fc00::1, false", "fe80::/10, febf::1, true",
			"2001:db8::/33, 2001:db8:8000::1, false", "' 10.0.0.0/8 ', 10.0.0.1, true",
			"255.255.255.255, 255.255.255.255, true", "::ffff:10.0.0.0/104, 10.1.1.1, true",
			"::ffff:10.0.0.0/104, 11.1.1.1, false", "::ffff:10.0.0.1, 10.0.0.1, true" })
	void addressIsAllowedIfItIsInTheRange(String range, String address, boolean allowed) throws Exception {
		assertThat(allowed(range).contains(InetAddress.getByName(address))).isEqualTo(allowed);
	}

	@Test
	void anyRangeAllows() throws UnknownHostException {
		AllowedAddresses addresses = allowed("10.0.0.0/8", "::1");
		assertThat(addresses.contains(InetAddress.getByName("10.0.0.1"))).isTrue();
		assertThat(addresses.contains(InetAddress.getByName("0:0:0:0:0:0:0:1"))).isTrue();
		assertThat(addresses.contains(InetAddress.getByName("127.0.0.2"))).isFalse();
	}

	@Test
	void mappedAddressIsTheIpv4Address() throws UnknownHostException {
		byte[] mapped = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1 };
		Inet6Address address = Inet6Address.getByAddress(null, mapped, 1);
		assertThat(address.getAddress()).hasSize(16);
		assertThat(allowed("10.0.0.0/8").contains(address)).isTrue();
		assertThat(allowed("11.0.0.0/8").contains(address)).isFalse();
		assertThat(allowed("::/0").contains(address)).isFalse();
	}

	@Test
	void scopeOfAnAddressDoesNotMatter() throws UnknownHostException {
		byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
		assertThat(allowed("fe80::/10").contains(Inet6Address.getByAddress(null, linkLocal, 3))).isTrue();
	}

	@Test
	void noRangeAllowsEverybody() throws UnknownHostException {
		assertThat(allowed().contains(InetAddress.getByName("8.8.8.8"))).isTrue();
		assertThat(allowed().contains(null)).isTrue();
		assertThat(allowed().allows(MockServerHttpRequest.get("/").build())).isTrue();
	}

	@Test
	void unknownAddressIsNotAllowed() {
		assertThat(allowed("0.0.0.0/0", "::/0").contains(null)).isFalse();
		assertThat(allowed("0.0.0.0/0", "::/0").allows(MockServerHttpRequest.get("/").build())).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "example.com", "example.com/8", "", "/8", "10.0.0.0/", "10.0.0.0/33",
			"10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/0x8", "10.0.0.0/٨", "10.0.0.0/99999999999",
			"::1/129", "::ffff:10.0.0.0/8", "256.0.0.1", "999.1.1.1", "10.0.0", "10", "167772161", "0x7f.0.0.1",
			"010.0.0.1", "10.0.0.1.", ".10.0.0.1", ".::1", "cafe", "beef.de", "1:2:3", "::1::", "::g", ":",
			"fe80::1%eth0", "fe80::1%1/64", "[::1]", "10.0.0.1:8080", "10.0.0.1 10.0.0.2", "*", "10.*", "::1\n" + "x",
			"١٠.0.0.1" })
	void whatIsNoAddressIsRefusedWithoutALookUp(String range) {
		assertThatIllegalArgumentException().isThrownBy(() -> allowed(range))
			.withMessage("'" + range + "' is not an IP address or range of addresses, and names are not looked up. "
					+ "Write addresses in full, such as 127.0.0.1, 10.0.0.0/8, ::1 or fd00::/8.")
			.satisfies((refused) -> {
				if (refused.getCause() != null) {
					assertThat(refused.getCause()).as("no answer of the DNS").hasMessageContaining("invalid IPv6");
				}
			});
	}

	private static AllowedAddresses allowed(String... ranges) {
		return new AllowedAddresses(List.of(ranges));
	}

}
