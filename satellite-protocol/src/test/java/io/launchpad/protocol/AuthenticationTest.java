// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuthenticationTest {
  private static final Bytes SECRET = Bytes.utf8("a secret of some length");
  private static final Bytes NEW_SECRET = Bytes.utf8("another secret of length");

  @TempDir static Path folder;
  private static NetworkLoops loops;
  private static TestCertificates certificates;

  private final BlockingQueue<PeerIdentity> seen = new LinkedBlockingQueue<>();

  @BeforeAll
  static void prepare() throws Exception {
    loops = NetworkLoops.start("test", 2);
    certificates = TestCertificates.create(folder);
  }

  @AfterAll
  static void end() {
    loops.close();
  }

  /// Knows one engine by secret, one by certificate, one by uid.
  private final class Directory implements EngineAuthenticator {
    @Override
    public Demand demand(PeerIdentity peer) {
      seen.add(peer);
      return switch (peer) {
        case PeerIdentity.UnixPeer(int uid, _, _) when uid >= 0 -> new Known("uid-" + uid);
        case PeerIdentity.CertificatePeer(_, var subject) -> new Known(subject);
        case PeerIdentity.TcpPeer _ -> new ProveSecret();
        default -> new Unwelcome("nobody knows you");
      };
    }

    @Override
    public List<Bytes> secrets(String engineId) {
      return engineId.equals("warehouse") ? List.of(SECRET, NEW_SECRET) : List.of();
    }

    @Override
    public Offer offer(String engineId) {
      return new Offer(List.of("Python"), List.of());
    }
  }

  private Listener listen(Transport transport) throws Exception {
    return Listener.bind(
        transport,
        loops,
        new ListenerSettings(LocalInfo.of("test"), "lp-1", new Directory(), 100),
        new SecureRandom(),
        _ -> new RecordingHandler());
  }

  private static String connect(Transport transport, Credentials credentials) throws Exception {
    try {
      try (Connection connection =
          new Connector(loops, LocalInfo.of("test"), new SecureRandom())
              .connect(transport, credentials, Duration.ofSeconds(5), _ -> new RecordingHandler())
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS)) {
        return connection.peer().engineId();
      }
    } catch (ExecutionException e) {
      throw (ProtocolException) e.getCause();
    }
  }

  private static Credentials secret(String engineId, Bytes secret) {
    return new Credentials.Secret(engineId, secret);
  }

  @Test
  void unixPeer_isKnownByTheKernelsCredentials() throws Exception {
    var transport = new Transport.Unix(folder.resolve("peer.sock"));
    try (Listener _ = listen(transport)) {
      String engine = connect(transport, new Credentials.FromTransport());
      var peer = assertInstanceOf(PeerIdentity.UnixPeer.class, seen.take());
      assertEquals("uid-" + peer.uid(), engine);
      assertEquals(ProcessHandle.current().pid(), peer.pid());
    }
  }

  @Test
  void sharedSecret_letsInWithEitherOfTwoSecretsOnLoopback() throws Exception {
    try (Listener listener = listen(new Transport.Tcp("127.0.0.1", 0))) {
      var transport = new Transport.Tcp("127.0.0.1", listener.port());
      assertEquals("warehouse", connect(transport, secret("warehouse", SECRET)));
      assertEquals("warehouse", connect(transport, secret("warehouse", NEW_SECRET)));
    }
  }

  @Test
  void wrongSecretAndUnknownEngine_getTheSameAnswerAndAreCounted() throws Exception {
    try (Listener listener = listen(new Transport.Tcp("127.0.0.1", 0))) {
      var transport = new Transport.Tcp("127.0.0.1", listener.port());
      Bytes wrong = Bytes.utf8("a secret of no use at all");
      ProtocolException one =
          assertThrows(
              ProtocolException.class, () -> connect(transport, secret("warehouse", wrong)));
      ProtocolException other =
          assertThrows(ProtocolException.class, () -> connect(transport, secret("nobody", SECRET)));
      assertEquals(ErrorCode.AUTHENTICATION_FAILED, one.error().code());
      assertEquals(one.error(), other.error());
      assertEquals(2, listener.authenticationFailures());
    }
  }

  @Test
  void engineWithoutASecret_isToldToConfigureOne() throws Exception {
    try (Listener listener = listen(new Transport.Tcp("127.0.0.1", 0))) {
      ProtocolException failure =
          assertThrows(
              ProtocolException.class,
              () ->
                  connect(
                      new Transport.Tcp("127.0.0.1", listener.port()),
                      new Credentials.FromTransport()));
      assertTrue(failure.error().message().contains("configure the engine id"));
    }
  }

  @Test
  void impostorServer_isFoundOut() {
    Bytes hello = Bytes.of(new byte[32]);
    var engine =
        new EngineHandshake(
            LocalInfo.of("test"), secret("warehouse", SECRET), () -> hello, () -> Bytes.EMPTY);
    engine.open();
    engine.receive(
        new Message.Welcome(
            1, Role.LAUNCHPAD, "", List.of(), 1 << 20, hello, AuthMethod.SHARED_SECRET, "lp", ""));
    var forged =
        new Message.Authenticated("warehouse", Bytes.of(new byte[32]), List.of(), List.of());
    ProtocolException failure = assertThrows(ProtocolException.class, () -> engine.receive(forged));
    assertEquals(ErrorCode.AUTHENTICATION_FAILED, failure.error().code());
  }

  /// As any process can that listens on the port before launchpad does.
  @Test
  void serverThatAsksForNoSecret_isRefusedByAnEngineThatHasOne() throws Exception {
    try (var listening =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
      var connecting =
          new Connector(loops, LocalInfo.of("test"), new SecureRandom())
              .connect(
                  new Transport.Tcp("127.0.0.1", port),
                  secret("warehouse", SECRET),
                  Duration.ofSeconds(20),
                  _ -> new RecordingHandler())
              .toCompletableFuture();
      try (var impostor = new RawPeer(listening.accept())) {
        impostor.answerHello();
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> connecting.get(20, TimeUnit.SECONDS));
        ErrorInfo error = assertInstanceOf(ProtocolException.class, failure.getCause()).error();
        assertEquals(ErrorCode.AUTHENTICATION_FAILED, error.code());
        assertTrue(error.message().contains("does not ask for the shared secret"));
      }
    }
  }

  @Test
  void versions_mustOverlap() {
    var welcome = new SatelliteWelcome(LocalInfo.of("test"), () -> Bytes.of(new byte[32]));
    var hello =
        new Message.Hello(
            7,
            9,
            Role.SATELLITE,
            "",
            List.of(),
            1 << 20,
            Bytes.of(new byte[32]),
            List.of(),
            "",
            "");
    ProtocolException failure = assertThrows(ProtocolException.class, () -> welcome.receive(hello));
    assertEquals(ErrorCode.VERSION_UNSUPPORTED, failure.error().code());
    assertTrue(failure.error().message().contains("7 to 9"));
  }

  @Test
  void sharedSecret_worksOverTls() throws Exception {
    var server = new TlsSettings(Optional.of(certificates.server()), Optional.empty());
    try (Listener listener = listen(new Transport.TcpTls("127.0.0.1", 0, server))) {
      var client = new TlsSettings(Optional.empty(), Optional.of(certificates.authority()));
      var transport = new Transport.TcpTls("localhost", listener.port(), client);
      assertEquals("warehouse", connect(transport, secret("warehouse", SECRET)));
    }
  }

  @Test
  void clientCertificate_isKnownByItsSubject() throws Exception {
    var server =
        new TlsSettings(Optional.of(certificates.server()), Optional.of(certificates.authority()));
    try (Listener listener = listen(new Transport.TcpTls("127.0.0.1", 0, server))) {
      var client =
          new TlsSettings(
              Optional.of(certificates.client()), Optional.of(certificates.authority()));
      assertEquals(
          "CN=engine-1,O=Tests",
          connect(
              new Transport.TcpTls("localhost", listener.port(), client),
              new Credentials.FromTransport()));
    }
  }

  @Test
  void clientWithoutCertificate_provesItsSecretWhereCertificatesAreTakenToo() throws Exception {
    var server =
        new TlsSettings(Optional.of(certificates.server()), Optional.of(certificates.authority()));
    try (Listener listener = listen(new Transport.TcpTls("127.0.0.1", 0, server))) {
      var nameless = new TlsSettings(Optional.empty(), Optional.of(certificates.authority()));
      var transport = new Transport.TcpTls("localhost", listener.port(), nameless);
      assertEquals("warehouse", connect(transport, secret("warehouse", SECRET)));
      ProtocolException failure =
          assertThrows(
              ProtocolException.class, () -> connect(transport, new Credentials.FromTransport()));
      assertEquals(ErrorCode.AUTHENTICATION_FAILED, failure.error().code());
    }
  }

  @Test
  void certificateOfAnotherAuthority_isRefusedWhateverSecretComesWithIt() throws Exception {
    var server =
        new TlsSettings(Optional.of(certificates.server()), Optional.of(certificates.authority()));
    var strange = TestCertificates.create(Files.createDirectory(folder.resolve("strange")));
    try (Listener listener = listen(new Transport.TcpTls("127.0.0.1", 0, server))) {
      var client =
          new TlsSettings(Optional.of(strange.client()), Optional.of(certificates.authority()));
      var transport = new Transport.TcpTls("localhost", listener.port(), client);
      assertThrows(ProtocolException.class, () -> connect(transport, secret("warehouse", SECRET)));
      assertTrue(seen.isEmpty());
    }
  }

  @Test
  void client_refusesAServerOfAnotherNameOrAuthority() throws Exception {
    var server = new TlsSettings(Optional.of(certificates.server()), Optional.empty());
    try (Listener listener = listen(new Transport.TcpTls("127.0.0.1", 0, server))) {
      var trusting = new TlsSettings(Optional.empty(), Optional.of(certificates.authority()));
      // The certificate is for the name localhost, not for the address.
      ProtocolException wrongName =
          assertThrows(
              ProtocolException.class,
              () ->
                  connect(
                      new Transport.TcpTls("127.0.0.1", listener.port(), trusting),
                      secret("warehouse", SECRET)));
      assertEquals(ErrorCode.UNREACHABLE, wrongName.error().code());
      var platform = new TlsSettings(Optional.empty(), Optional.empty());
      assertThrows(
          ProtocolException.class,
          () ->
              connect(
                  new Transport.TcpTls("localhost", listener.port(), platform),
                  secret("warehouse", SECRET)));
    }
  }

  @Test
  void plainTcp_isRefusedBeyondLoopback() {
    assertThrows(java.io.IOException.class, () -> listen(new Transport.Tcp("0.0.0.0", 0)));
    ProtocolException failure =
        assertThrows(
            ProtocolException.class,
            () -> connect(new Transport.Tcp("192.0.2.1", 9), new Credentials.FromTransport()));
    assertEquals(ErrorCode.NOT_ALLOWED, failure.error().code());
  }
}
