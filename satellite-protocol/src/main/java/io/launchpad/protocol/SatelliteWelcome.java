// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// launchpad's end towards a satellite, which the broker has made and which therefore proves
/// nothing.
final class SatelliteWelcome implements Handshake {
  private final LocalInfo local;
  private final Supplier<Bytes> nonces;
  private final Duration time;

  SatelliteWelcome(LocalInfo local, Supplier<Bytes> nonces) {
    this(local, nonces, Limits.HANDSHAKE_TIME);
  }

  /// @param time until the satellite is warm, and has said so
  SatelliteWelcome(LocalInfo local, Supplier<Bytes> nonces, Duration time) {
    this.local = local;
    this.nonces = nonces;
    this.time = time;
  }

  @Override
  public Duration time() {
    return time;
  }

  @Override
  public SessionOrder.Side side() {
    return SessionOrder.Side.CLIENT;
  }

  @Override
  public List<Message> open() {
    return List.of();
  }

  @Override
  public Step receive(Message message) {
    if (!(message instanceof Message.Hello hello)) {
      throw Handshake.unexpected(message);
    }
    if (hello.role() != Role.SATELLITE) {
      throw ProtocolException.violation("a %s called where satellites call", hello.role());
    }
    int version = Handshake.chooseVersion(hello);
    var welcome =
        new Message.Welcome(
            version,
            Role.LAUNCHPAD,
            local.software(),
            List.copyOf(local.capabilities()),
            local.initialCredit(),
            nonces.get(),
            AuthMethod.NONE,
            "",
            local.tzdata());
    return new Done(
        List.of(welcome),
        new PeerInfo(
            hello.role(),
            hello.software(),
            version,
            Handshake.common(local.capabilities(), hello.capabilities()),
            hello.initialCredit(),
            "",
            "",
            hello.languages(),
            List.of(hello.runtime()),
            hello.tzdata()));
  }
}
