// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ClientConfig;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.TlsSettings;
import io.launchpad.protocol.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Engines on TCP: who gets in, as whom, and who does not.
final class TransportTest {
  private static final String SECRET = "a secret of the tests, long enough";
  private static final String WHO = "import launchpad\nprint(launchpad.session.engine_id, end='')";

  @TempDir private static Path folder;
  private static Certificates certificates;
  private static ServiceUnderTest withSecrets;
  private static ServiceUnderTest withCertificates;
  private static int plainPort;
  private static int tlsPort;
  private static int mutualPort;

  @BeforeAll
  static void start() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    certificates = Certificates.in(folder);
    TlsSettings.Identity server = certificates.sign("server", "CN=launchpad", "san=dns:localhost");
    Path secret = Certificates.privately(folder.resolve("secret"), SECRET + "\n");
    plainPort = Settings.freePort();
    tlsPort = Settings.freePort();
    mutualPort = Settings.freePort();
    Settings tls =
        Settings.NONE
            .with("listener.tls.certificate", server.certificates())
            .with("listener.tls.key", server.key());
    withSecrets =
        ServiceUnderTest.start(
            tls.with("listener.tls.address", "127.0.0.1:" + tlsPort)
                .with("listener.tcp.address", "127.0.0.1:" + plainPort)
                .with("engine.remote.secret-file", secret));
    withCertificates =
        ServiceUnderTest.start(
            tls.with("listener.tls.address", "127.0.0.1:" + mutualPort)
                .with("listener.tls.client-ca", certificates.authority())
                .with("engine.warehouse.certificate-subject", "CN=warehouse,O=Example"));
  }

  @AfterAll
  static void end() throws Exception {
    withSecrets.awaitIdle();
    withSecrets.close();
    withCertificates.awaitIdle();
    withCertificates.close();
  }

  private static Credentials secret(String engine, String secret) {
    return new Credentials.Secret(engine, Bytes.utf8(secret));
  }

  private static Transport tls(String host) {
    return new Transport.TcpTls(host, tlsPort, certificates.trusting(Optional.empty()));
  }

  private static Transport mutualTls(TlsSettings.Identity identity) {
    return new Transport.TcpTls(
        "localhost", mutualPort, certificates.trusting(Optional.of(identity)));
  }

  private static Outcome call(Transport transport, Credentials credentials) {
    try (var engine = Engine.with(ClientConfig.of(transport).withCredentials(credentials))) {
      return engine.run(WHO);
    }
  }

  @Test
  void secretOverTls_isLetIn() {
    assertEquals("remote", call(tls("localhost"), secret("remote", SECRET)).success().printed());
  }

  @Test
  void secretOverPlainLoopback_isLetIn() {
    assertEquals(
        "remote",
        call(new Transport.Tcp("127.0.0.1", plainPort), secret("remote", SECRET))
            .success()
            .printed());
  }

  @Test
  void wrongSecretAndUnknownEngine_getTheSameRefusal() {
    ErrorInfo wrong =
        call(tls("localhost"), secret("remote", "another secret, as long as that"))
            .failed(ErrorCode.AUTHENTICATION_FAILED);
    ErrorInfo unknown =
        call(tls("localhost"), secret("stranger", SECRET)).failed(ErrorCode.AUTHENTICATION_FAILED);
    assertEquals(wrong.message(), unknown.message());
  }

  @Test
  void noSecret_isRefused() {
    var _ =
        call(tls("localhost"), new Credentials.FromTransport())
            .failed(ErrorCode.AUTHENTICATION_FAILED);
  }

  @Test
  void serverUnderAnotherName_isNotSpokenTo() {
    ErrorInfo error =
        call(tls("127.0.0.1"), secret("remote", SECRET)).failed(ErrorCode.UNREACHABLE);
    assertTrue(error.message().contains("127.0.0.1"), error.message());
  }

  @Test
  void serverOfAnotherAuthority_isNotSpokenTo() {
    var transport =
        new Transport.TcpTls(
            "localhost", tlsPort, new TlsSettings(Optional.empty(), Optional.empty()));
    ErrorInfo error = call(transport, secret("remote", SECRET)).failed(ErrorCode.UNREACHABLE);
    assertTrue(error.message().contains("certif"), error.message());
  }

  @Test
  void clientCertificate_givesTheEngineItsName() throws Exception {
    var identity = certificates.sign("warehouse", "CN=warehouse,O=Example", "eku=clientAuth");
    assertEquals(
        "warehouse",
        call(mutualTls(identity), new Credentials.FromTransport()).success().printed());
  }

  @Test
  void clientCertificateOfNoEngine_isRefused() throws Exception {
    var identity = certificates.sign("stranger", "CN=stranger,O=Example", "eku=clientAuth");
    var _ =
        call(mutualTls(identity), new Credentials.FromTransport())
            .failed(ErrorCode.AUTHENTICATION_FAILED);
  }

  @Test
  void largeData_passesTls() throws Exception {
    try (var engine =
            Engine.with(
                ClientConfig.of(tls("localhost")).withCredentials(secret("remote", SECRET)));
        var rows = GeneratedRows.count(engine, 1_000_000);
        Call call =
            engine.start(
                Engine.request("OutputDataSet = InputDataSet").build(),
                List.of(rows.input()),
                null)) {
      var output = call.execution().outputs().getFirst();
      long received = 0;
      while (output.loadNextBatch()) {
        received += output.getVectorSchemaRoot().getRowCount();
      }
      call.execution().await();
      assertEquals(1_000_000, received);
    }
  }
}
