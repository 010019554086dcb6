// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine's end: towards launchpad, or towards a satellite that listens.
final class EngineHandshake implements Handshake {
  private final LocalInfo local;
  private final Credentials credentials;
  private final Supplier<Bytes> nonces;
  private final Supplier<Bytes> binding;
  private Bytes nonce = Bytes.EMPTY;
  private Message.@Nullable Welcome welcome;
  private Bytes expectedProof = Bytes.EMPTY;

  EngineHandshake(
      LocalInfo local, Credentials credentials, Supplier<Bytes> nonces, Supplier<Bytes> binding) {
    this.local = local;
    this.credentials = credentials;
    this.nonces = nonces;
    this.binding = binding;
  }

  @Override
  public SessionOrder.Side side() {
    return SessionOrder.Side.CLIENT;
  }

  @Override
  public List<Message> open() {
    nonce = nonces.get();
    return List.of(
        new Message.Hello(
            Limits.VERSION_MIN,
            Limits.VERSION_MAX,
            Role.ENGINE,
            local.software(),
            List.copyOf(local.capabilities()),
            local.initialCredit(),
            nonce,
            List.of(),
            "",
            local.tzdata()));
  }

  @Override
  public Step receive(Message message) {
    return switch (message) {
      case Message.Welcome received when welcome == null -> welcomed(received);
      case Message.Authenticated authenticated when welcome != null ->
          authenticated(welcome, authenticated);
      default -> throw Handshake.unexpected(message);
    };
  }

  private Step welcomed(Message.Welcome received) {
    Handshake.checkVersion(received);
    if (received.role() == Role.ENGINE) {
      throw ProtocolException.violation("the peer is an engine too");
    }
    welcome = received;
    return switch (received.auth()) {
      case NONE -> unproven(received);
      case SHARED_SECRET -> prove(received);
    };
  }

  /// Whoever is configured to prove and be proven to goes by nothing less: any process may listen
  /// where launchpad should, and would be sent scripts and data.
  private Step unproven(Message.Welcome received) {
    if (credentials instanceof Credentials.Secret) {
      throw ProtocolException.of(
          ErrorCode.AUTHENTICATION_FAILED,
          "launchpad '%s' does not ask for the shared secret this engine is configured with: it is an impostor, or it knows"
              + " the engine by its transport and the secret is to be left out of the engine's configuration",
          received.launchpadId());
    }
    return new Continue(List.of());
  }

  private Step prove(Message.Welcome received) {
    if (!(credentials instanceof Credentials.Secret(var engineId, var secret))) {
      throw ProtocolException.of(
          ErrorCode.AUTHENTICATION_FAILED,
          "launchpad '%s' asks for a shared secret; configure the engine id and its secret",
          received.launchpadId());
    }
    var challenge =
        new SharedSecret.Challenge(
            engineId, received.launchpadId(), nonce, received.nonce(), binding.get());
    expectedProof = SharedSecret.prove(secret, SharedSecret.Label.SERVER, challenge);
    return new Continue(
        List.of(
            new Message.Authenticate(
                engineId, SharedSecret.prove(secret, SharedSecret.Label.ENGINE, challenge))));
  }

  private Step authenticated(Message.Welcome answered, Message.Authenticated message) {
    if (!expectedProof.isEmpty() && !SharedSecret.sameProof(expectedProof, message.proof())) {
      throw ProtocolException.of(
          ErrorCode.AUTHENTICATION_FAILED,
          "launchpad '%s' does not know the shared secret: it is an impostor, or the secrets differ",
          answered.launchpadId());
    }
    return new Done(
        List.of(),
        new PeerInfo(
            answered.role(),
            answered.software(),
            answered.version(),
            Handshake.common(local.capabilities(), answered.capabilities()),
            answered.initialCredit(),
            message.engineId(),
            answered.launchpadId(),
            message.languages(),
            message.runtimes(),
            answered.tzdata()));
  }
}
