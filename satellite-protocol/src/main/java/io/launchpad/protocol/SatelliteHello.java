// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A satellite's end towards launchpad: what a satellite written in Java, or a fake one, uses.
final class SatelliteHello implements Handshake {
  private final LocalInfo local;
  private final String language;
  private final String runtime;
  private final Supplier<Bytes> nonces;
  private Message.@Nullable Hello hello;

  SatelliteHello(LocalInfo local, String language, String runtime, Supplier<Bytes> nonces) {
    this.local = local;
    this.language = language;
    this.runtime = runtime;
    this.nonces = nonces;
  }

  @Override
  public SessionOrder.Side side() {
    return SessionOrder.Side.SERVER;
  }

  @Override
  public List<Message> open() {
    hello =
        new Message.Hello(
            Limits.VERSION_MIN,
            Limits.VERSION_MAX,
            Role.SATELLITE,
            local.software(),
            List.copyOf(local.capabilities()),
            local.initialCredit(),
            nonces.get(),
            List.of(language),
            runtime,
            local.tzdata());
    return List.of(hello);
  }

  @Override
  public Step receive(Message message) {
    if (!(message instanceof Message.Welcome welcome) || hello == null) {
      throw Handshake.unexpected(message);
    }
    Handshake.checkVersion(welcome);
    if (welcome.auth() != AuthMethod.NONE) {
      throw ProtocolException.violation("a satellite was asked to authenticate");
    }
    return new Done(
        List.of(),
        new PeerInfo(
            welcome.role(),
            welcome.software(),
            welcome.version(),
            Handshake.common(local.capabilities(), welcome.capabilities()),
            welcome.initialCredit(),
            "",
            welcome.launchpadId(),
            List.of(),
            List.of(),
            welcome.tzdata()));
  }
}
