// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// launchpad's end towards an engine: finds out who it is by what the [EngineAuthenticator]
/// demands.
final class EngineWelcome implements Handshake {
  private final LocalInfo local;
  private final String launchpadId;
  private final PeerIdentity identity;
  private final EngineAuthenticator authenticator;
  private final AuthenticationFailures failures;
  private final Supplier<Bytes> nonces;
  private final Bytes binding;
  private Message.@Nullable Hello hello;
  private Bytes nonce = Bytes.EMPTY;
  private int version;

  EngineWelcome(
      LocalInfo local,
      String launchpadId,
      PeerIdentity identity,
      EngineAuthenticator authenticator,
      AuthenticationFailures failures,
      Supplier<Bytes> nonces,
      Bytes binding) {
    this.local = local;
    this.launchpadId = launchpadId;
    this.identity = identity;
    this.authenticator = authenticator;
    this.failures = failures;
    this.nonces = nonces;
    this.binding = binding;
  }

  @Override
  public SessionOrder.Side side() {
    return SessionOrder.Side.SERVER;
  }

  @Override
  public List<Message> open() {
    return List.of();
  }

  @Override
  public Step receive(Message message) {
    return switch (message) {
      case Message.Hello received when hello == null -> greeted(received);
      case Message.Authenticate proof when hello != null -> proven(hello, proof);
      default -> throw Handshake.unexpected(message);
    };
  }

  private Step greeted(Message.Hello received) {
    if (received.role() != Role.ENGINE) {
      throw ProtocolException.violation("a %s called where engines call", received.role());
    }
    version = Handshake.chooseVersion(received);
    hello = received;
    nonce = nonces.get();
    return switch (authenticator.demand(identity)) {
      case EngineAuthenticator.Known(String engineId) ->
          done(List.of(welcome(AuthMethod.NONE)), received, engineId, Bytes.EMPTY);
      case EngineAuthenticator.ProveSecret() ->
          new Continue(List.of(welcome(AuthMethod.SHARED_SECRET)));
      case EngineAuthenticator.Unwelcome(String advice) ->
          new Refuse(
              ErrorInfo.of(ErrorCode.AUTHENTICATION_FAILED, advice), failures.failed(identity));
    };
  }

  private Step proven(Message.Hello greeting, Message.Authenticate message) {
    if (authenticator.demand(identity) instanceof EngineAuthenticator.Known) {
      throw Handshake.unexpected(message);
    }
    var challenge =
        new SharedSecret.Challenge(
            message.engineId(), launchpadId, greeting.nonce(), nonce, binding);
    Bytes valid =
        SharedSecret.find(authenticator.secrets(message.engineId()), challenge, message.proof());
    if (valid.isEmpty()) {
      Duration delay = failures.failed(identity);
      return new Refuse(
          ErrorInfo.of(
              ErrorCode.AUTHENTICATION_FAILED,
              "the engine id or its secret is wrong; compare them with launchpad's configuration"),
          delay);
    }
    Bytes proof = SharedSecret.prove(valid, SharedSecret.Label.SERVER, challenge);
    return done(List.of(), greeting, message.engineId(), proof);
  }

  private Step done(List<Message> before, Message.Hello greeting, String engineId, Bytes proof) {
    EngineAuthenticator.Offer offer = authenticator.offer(engineId);
    List<Message> send =
        java.util.stream.Stream.concat(
                before.stream(),
                java.util.stream.Stream.of(
                    new Message.Authenticated(
                        engineId, proof, offer.languages(), offer.runtimes())))
            .toList();
    return new Done(
        send,
        new PeerInfo(
            greeting.role(),
            greeting.software(),
            version,
            Handshake.common(local.capabilities(), greeting.capabilities()),
            greeting.initialCredit(),
            engineId,
            launchpadId,
            List.of(),
            List.of(),
            greeting.tzdata()));
  }

  private Message.Welcome welcome(AuthMethod method) {
    return new Message.Welcome(
        version,
        Role.LAUNCHPAD,
        local.software(),
        List.copyOf(local.capabilities()),
        local.initialCredit(),
        nonce,
        method,
        launchpadId,
        local.tzdata());
  }
}
