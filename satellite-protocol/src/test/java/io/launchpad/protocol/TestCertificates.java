// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// An authority, a server named `localhost` and a client, made anew for each run by `keytool`.
record TestCertificates(Path authority, TlsSettings.Identity server, TlsSettings.Identity client) {
  private static final String PASSWORD = "changeit";

  static TestCertificates create(Path folder) throws Exception {
    Path store = folder.resolve("keys.p12");
    generate(store, "ca", "CN=Test authority", "-ext", "bc:c");
    generate(store, "server", "CN=localhost", "-signer", "ca", "-ext", "san=dns:localhost");
    generate(store, "client", "CN=engine-1,O=Tests", "-signer", "ca");
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Path authority = folder.resolve("ca.pem");
    Files.writeString(authority, pem("CERTIFICATE", keys.getCertificate("ca").getEncoded()));
    return new TestCertificates(
        authority, identity(folder, keys, "server"), identity(folder, keys, "client"));
  }

  private static void generate(Path store, String alias, String subject, String... more)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString(),
                "-alias",
                alias,
                "-dname",
                subject));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
  }

  private static TlsSettings.Identity identity(Path folder, KeyStore keys, String alias)
      throws Exception {
    Path certificates = folder.resolve(alias + ".pem");
    var chain = new StringBuilder();
    for (Certificate certificate : keys.getCertificateChain(alias)) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(certificates, chain);
    Path file = folder.resolve(alias + ".key");
    Key key = keys.getKey(alias, PASSWORD.toCharArray());
    Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    return new TlsSettings.Identity(certificates, file);
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}
