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

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.Assert;

/**
 * The clients that may see a traceback.
 *
 * @since 0.1.0
 */
public final class AllowedAddresses {

	private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

	/** The JVM would ask the DNS for anything else. */
	private static final Pattern LITERAL = Pattern
		.compile("(?:" + OCTET + "\\.){3}" + OCTET + "|(?=[^:]*+:)[0-9a-fA-F:][0-9a-fA-F:.]*+");

	private static final Pattern PREFIX_LENGTH = Pattern.compile("[0-9]{1,3}");

	private static final int IPV6_LENGTH = 16;

	private static final byte[] MAPPED_PREFIX = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1 };

	private final List<Range> ranges;

	/**
	 * Create from CIDR ranges. No name is ever looked up.
	 * @param ranges ranges such as {@code 10.0.0.0/8} or {@code fd00::/8}, or single
	 * addresses; none for all clients
	 * @throws IllegalArgumentException if one is not a range
	 */
	public AllowedAddresses(Collection<String> ranges) {
		this.ranges = ranges.stream().map((range) -> Range.of(range.strip())).toList();
	}

	/**
	 * Return whether the client of a request may see a traceback. What counts is its
	 * connection, not what the request's headers say.
	 * @param request the request
	 * @return whether it may; not if the other end of its connection is unknown, unless
	 * all may
	 */
	public boolean allows(ServerHttpRequest request) {
		return this.ranges.isEmpty() || contains(PeerAddress.of(request));
	}

	boolean contains(@Nullable InetAddress address) {
		if (this.ranges.isEmpty()) {
			return true;
		}
		if (address == null) {
			return false;
		}
		byte[] bytes = unmapped(address.getAddress());
		return this.ranges.stream().anyMatch((range) -> range.contains(bytes));
	}

	/** An IPv4 address that is written as an IPv6 one is the same address. */
	private static byte[] unmapped(byte[] address) {
		return Arrays.equals(address, 0, Math.min(address.length, MAPPED_PREFIX.length), MAPPED_PREFIX, 0,
				MAPPED_PREFIX.length) ? Arrays.copyOfRange(address, MAPPED_PREFIX.length, address.length) : address;
	}

	/**
	 * Some addresses that begin alike.
	 *
	 * @param length the length of an address, in bytes
	 * @param hostBits how many bits at an address' end do not matter
	 * @param network the bits before
	 */
	private record Range(int length, int hostBits, BigInteger network) {

		private static Range of(String text) {
			String[] parts = text.split("/", 2);
			byte[] address = parse(parts[0], text);
			int bits = address.length * Byte.SIZE;
			int prefixLength = (parts.length == 1) ? bits : parsePrefixLength(parts[1], text);
			if (parts.length > 1 && address.length < IPV6_LENGTH && parts[0].contains(":")) {
				// It counts the bits before a mapped address too
				prefixLength -= MAPPED_PREFIX.length * Byte.SIZE;
			}
			Assert.isTrue(prefixLength >= 0 && prefixLength <= bits, () -> message(text));
			return new Range(address.length, bits - prefixLength, network(address, bits - prefixLength));
		}

		private static byte[] parse(String literal, String text) {
			Assert.isTrue(LITERAL.matcher(literal).matches(), () -> message(text));
			try {
				return InetAddress.getByName(literal).getAddress();
			}
			catch (UnknownHostException ex) {
				throw new IllegalArgumentException(message(text), ex);
			}
		}

		private static int parsePrefixLength(String digits, String text) {
			Assert.isTrue(PREFIX_LENGTH.matcher(digits).matches(), () -> message(text));
			return Integer.parseInt(digits);
		}

		private static String message(String text) {
			return "'" + text + "' is not an IP address or range of addresses, and names are not looked up. "
					+ "Write addresses in full, such as 127.0.0.1, 10.0.0.0/8, ::1 or fd00::/8.";
		}

		private static BigInteger network(byte[] address, int hostBits) {
			return new BigInteger(1, address).shiftRight(hostBits);
		}

		private boolean contains(byte[] address) {
			return address.length == this.length && network(address, this.hostBits).equals(this.network);
		}

	}

}
