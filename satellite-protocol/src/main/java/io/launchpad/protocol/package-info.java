// SPDX-License-Identifier: Apache-2.0
/// The satellite protocol: frames, control messages, handshake, byte credits, streams and
/// transports, one protocol for both legs. `PROTOCOL.md` is its specification.
///
/// What is here: everything between a socket and a consumer of [Message]s and payload units. What
/// is not: sessions, scripts and the inside of data frames. The protocol knows no Arrow; it reads
/// the length of a data frame and nothing else. Protobuf stays inside this package.
@NullMarked
package io.launchpad.protocol;

import org.jspecify.annotations.NullMarked;
