// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An authority of a test's own, and certificates that it signs, made by the JDK's `keytool` and
/// written as PEM files.
final class Certificates {
  private static final char[] PASSWORD = "not-a-secret".toCharArray();

  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  static Certificates in(Path folder) throws Exception {
    var certificates = new Certificates(folder);
    certificates.keytool(
        "-genkeypair", "-alias", "ca", "-dname", "CN=test authority", "-ext", "bc:c");
    Files.writeString(
        certificates.authority(),
        pem("CERTIFICATE", certificates.store().getCertificate("ca").getEncoded()));
    return certificates;
  }

  Path authority() {
    return folder.resolve("ca.crt");
  }

  /// A certificate and its key under this name, for these host names.
  TlsSettings.Identity sign(String name, String subject, String extension) throws Exception {
    keytool("-genkeypair", "-alias", name, "-dname", subject, "-signer", "ca", "-ext", extension);
    KeyStore store = store();
    var chain = new StringBuilder();
    for (Certificate certificate : store.getCertificateChain(name)) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Path certificates = Files.writeString(folder.resolve(name + ".crt"), chain);
    Path key =
        privately(
            folder.resolve(name + ".key"),
            pem("PRIVATE KEY", store.getKey(name, PASSWORD).getEncoded()));
    return new TlsSettings.Identity(certificates, key);
  }

  /// What a client needs to verify the server.
  TlsSettings trusting(Optional<TlsSettings.Identity> identity) {
    return new TlsSettings(identity, Optional.of(authority()));
  }

  /// Writes a file that only the service's user and root can read.
  static Path privately(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
    if (ServiceUnderTest.isRoot()) {
      Files.setOwner(file, ServiceUnderTest.serviceUser());
    }
    return file;
  }

  private void keytool(String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            folder.resolve("store.p12").toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD),
            "-keyalg",
            "EC",
            "-validity",
            "2"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS);
    assertEquals(0, process.exitValue(), printed);
  }

  private KeyStore store() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), kind);
  }
}
