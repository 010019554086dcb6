// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.workbench;

import io.launchpad.client.ClientConfig;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.TlsSettings;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that name a launchpad to connect to, in place of a private one.
public final class ConnectOptions {
  @Option(
      names = "--connect",
      paramLabel = "ADDRESS",
      description = {
        "use the service at this address instead of a private one:",
        "unix:PATH, tls:HOST:PORT, or tcp:HOST:PORT on loopback"
      })
  private @Nullable String address;

  @Option(
      names = "--engine-id",
      paramLabel = "ID",
      description = "who this engine is, with --secret-file")
  private @Nullable String engineId;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "the secret it shares with the service")
  private @Nullable Path secretFile;

  @Option(
      names = "--tls-authority",
      paramLabel = "FILE",
      description = "PEM certificates to trust instead of the platform's")
  private @Nullable Path authority;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "this engine's certificate chain (PEM)")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "its unencrypted PKCS#8 key (PEM)")
  private @Nullable Path key;

  public ConnectOptions() {}

  /// The launchpad the options name; empty when none is named.
  ///
  /// @throws IOException when the options contradict each other or name a file that cannot be read
  Optional<ClientConfig> config() throws IOException {
    if (address == null) {
      return Optional.empty();
    }
    return Optional.of(ClientConfig.of(transport(address)).withCredentials(credentials()));
  }

  private Transport transport(String text) throws IOException {
    if (text.startsWith("unix:")) {
      return new Transport.Unix(Path.of(text.substring("unix:".length())));
    }
    int colon = text.lastIndexOf(':');
    boolean tls = text.startsWith("tls:");
    if ((!tls && !text.startsWith("tcp:")) || colon <= "tls:".length()) {
      throw new IOException(
          "--connect " + text + ": expected unix:PATH, tls:HOST:PORT or tcp:HOST:PORT");
    }
    String host = text.substring("tls:".length(), colon);
    int port = port(text, text.substring(colon + 1));
    return tls
        ? new Transport.TcpTls(
            host, port, new TlsSettings(identity(), Optional.ofNullable(authority)))
        : new Transport.Tcp(host, port);
  }

  private static int port(String text, String digits) throws IOException {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IOException("--connect " + text + ": '" + digits + "' is not a port");
  }

  private Optional<TlsSettings.Identity> identity() throws IOException {
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new IOException("--tls-certificate and --tls-key go together");
    }
    return Optional.of(new TlsSettings.Identity(certificate, key));
  }

  private Credentials credentials() throws IOException {
    if (engineId == null && secretFile == null) {
      return new Credentials.FromTransport();
    }
    if (engineId == null || secretFile == null) {
      throw new IOException("--engine-id and --secret-file go together");
    }
    String secret = Files.readString(secretFile).strip();
    return new Credentials.Secret(engineId, Bytes.of(secret.getBytes(StandardCharsets.UTF_8)));
  }
}
