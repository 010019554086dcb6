// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a stranger sends to any end of the handshake, it is refused, or the handshake is over
/// and the stranger is who that end was told to let in.
///
/// An input is one byte that chooses the end, and what comes behind the preface. Nonces are fixed
/// so that an input does the same each time; the shared secret is not among the seeds.
class HandshakeFuzzTest {
  private static final Bytes NONCE = Bytes.of(new byte[Limits.NONCE_BYTES]);
  private static final Bytes SECRET =
      Bytes.of("a secret of twenty b".getBytes(StandardCharsets.UTF_8));
  private static final LocalInfo LOCAL = LocalInfo.of("launchpad fuzzed");
  private static final PeerIdentity PEER =
      new PeerIdentity.TcpPeer(InetAddress.getLoopbackAddress(), false);

  private static Bytes nonce() {
    return NONCE;
  }

  /// Which end is under attack.
  private enum End {
    ENGINE_KNOWN,
    ENGINE_SECRET,
    ENGINE_UNWELCOME,
    SATELLITE_CALLS,
    LAUNCHPAD_ANSWERS,
    SATELLITE_IS_ANSWERED,
    LAUNCHPAD_ANSWERS_SECRET;

    Handshake handshake() {
      return switch (this) {
        case ENGINE_KNOWN -> engine(new EngineAuthenticator.Known("warehouse"));
        case ENGINE_SECRET -> engine(new EngineAuthenticator.ProveSecret());
        case ENGINE_UNWELCOME -> engine(new EngineAuthenticator.Unwelcome("go away"));
        case SATELLITE_CALLS -> new SatelliteWelcome(LOCAL, HandshakeFuzzTest::nonce);
        case LAUNCHPAD_ANSWERS -> launchpad(new Credentials.FromTransport());
        case LAUNCHPAD_ANSWERS_SECRET -> launchpad(new Credentials.Secret("warehouse", SECRET));
        case SATELLITE_IS_ANSWERED ->
            new SatelliteHello(LOCAL, "python", "python", HandshakeFuzzTest::nonce);
      };
    }

    private static Handshake launchpad(Credentials credentials) {
      return new EngineHandshake(LOCAL, credentials, HandshakeFuzzTest::nonce, () -> Bytes.EMPTY);
    }

    private static Handshake engine(EngineAuthenticator.Demand demand) {
      return new EngineWelcome(
          LOCAL,
          "launchpad",
          PEER,
          new FixedAuthenticator(demand),
          new AuthenticationFailures(_ -> {}),
          HandshakeFuzzTest::nonce,
          Bytes.EMPTY);
    }
  }

  private record FixedAuthenticator(Demand demand) implements EngineAuthenticator {
    @Override
    public Demand demand(PeerIdentity peer) {
      return demand;
    }

    @Override
    public List<Bytes> secrets(String engineId) {
      return engineId.equals("warehouse") ? List.of(SECRET) : List.of();
    }

    @Override
    public Offer offer(String engineId) {
      return new Offer(List.of("python"), List.of("python"));
    }
  }

  /// For each end the messages it expects, and one that does not belong there.
  static Stream<Arguments> seeds() {
    var hello =
        new Message.Hello(
            1, 1, Role.ENGINE, "s", List.of("zstd"), 1 << 20, NONCE, List.of(), "", "2026a");
    var satellite =
        new Message.Hello(
            1, 1, Role.SATELLITE, "s", List.of(), 1 << 20, NONCE, List.of("python"), "ml", "");
    var proof = new Message.Authenticate("warehouse", NONCE);
    var open =
        new Message.Welcome(
            1, Role.LAUNCHPAD, "s", List.of(), 1 << 20, NONCE, AuthMethod.NONE, "launchpad", "");
    var closed =
        new Message.Welcome(
            1, Role.LAUNCHPAD, "s", List.of(), 1 << 20, NONCE, AuthMethod.SHARED_SECRET, "l", "");
    var done = new Message.Authenticated("warehouse", NONCE, List.of("python"), List.of("ml"));
    return Stream.of(
        seed(End.ENGINE_KNOWN, hello),
        seed(End.ENGINE_SECRET, hello, proof),
        seed(End.ENGINE_UNWELCOME, hello),
        seed(End.SATELLITE_CALLS, satellite),
        seed(End.LAUNCHPAD_ANSWERS, open, done),
        seed(End.LAUNCHPAD_ANSWERS, closed, done),
        seed(End.LAUNCHPAD_ANSWERS_SECRET, open, done),
        seed(End.LAUNCHPAD_ANSWERS_SECRET, closed, done),
        seed(End.SATELLITE_IS_ANSWERED, open),
        seed(End.ENGINE_SECRET, new Message.Cancel("early")));
  }

  private static Arguments seed(End end, Message... messages) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(List.of(End.values()).indexOf(end));
    for (int i = 0; i < messages.length; i++) {
      bytes.writeBytes(Frames.frame(messages[i], i));
    }
    return Arguments.of((Object) bytes.toByteArray());
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void handshake_letsInOnlyWhoItWasToldTo(byte[] input) {
    if (input.length == 0) {
      return;
    }
    End end = End.values()[Math.floorMod(input[0], End.values().length)];
    try (var probe = new ReceiverProbe(ChannelKind.SINGLE, false)) {
      probe.feed(FrameReceiver.PREFACE, FrameReceiver.PREFACE.length);
      probe.feed(Arrays.copyOfRange(input, 1, input.length), 64);
      shakeHands(end, probe.messages);
    }
  }

  private static void shakeHands(End end, List<Message> received) {
    Handshake handshake = end.handshake();
    var sent = new ArrayList<>(handshake.open());
    Handshake.Step step = new Handshake.Continue(List.of());
    try {
      for (Message message : received) {
        step = handshake.receive(message);
        switch (step) {
          case Handshake.Continue(var send) -> sent.addAll(send);
          case Handshake.Done(var send, var peer) -> {
            sent.addAll(send);
            assertAdmitted(end, peer);
          }
          case Handshake.Refuse(var _, Duration delay) -> assertFalse(delay.isNegative());
        }
        if (!(step instanceof Handshake.Continue)) {
          break;
        }
      }
    } catch (ProtocolException refused) {
      // The connection ends with this; its sentence is what the peer reads.
      assertFalse(refused.error().message().isBlank());
    }
    // Whatever it answers can be sent and read.
    sent.forEach(message ->
        assertEquals(
            message.type(), MessageWire.read(message.type(), MessageWire.write(message)).type()));
  }

  private static void assertAdmitted(End end, PeerInfo peer) {
    switch (end) {
      case ENGINE_KNOWN -> {
        assertEquals(Role.ENGINE, peer.role());
        assertEquals("warehouse", peer.engineId());
      }
      case ENGINE_SECRET, LAUNCHPAD_ANSWERS_SECRET ->
          throw new AssertionError("let in without the secret");
      case ENGINE_UNWELCOME -> throw new AssertionError("let in although unwelcome");
      case SATELLITE_CALLS -> assertEquals(Role.SATELLITE, peer.role());
      case LAUNCHPAD_ANSWERS -> assertTrue(peer.role() != Role.ENGINE);
      case SATELLITE_IS_ANSWERED -> assertEquals(Limits.VERSION_MAX, peer.version());
    }
    assertTrue(peer.initialCredit() >= Limits.INITIAL_CREDIT_MIN);
    assertTrue(peer.initialCredit() <= Limits.INITIAL_CREDIT_MAX);
  }
}
