// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Keys and trust of one end of TLS connections, as PEM files.
///
/// The client always verifies the server's chain and host name. A server that has an authority asks
/// for a certificate and refuses one that the authority did not sign; a client that shows none must
/// prove itself in another way.
///
/// @param identity this end's certificate and key; a server must have one
/// @param authority certificates that the peer's must lead to; a client without one trusts the
///   platform's
public record TlsSettings(Optional<Identity> identity, Optional<Path> authority) {

  /// A certificate chain and its unencrypted PKCS#8 key.
  public record Identity(Path certificates, Path key) {}

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  SslContext client() throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols(VERSIONS)
            .endpointIdentificationAlgorithm("HTTPS");
    identity.ifPresent(own -> builder.keyManager(own.certificates().toFile(), own.key().toFile()));
    authority.ifPresent(trusted -> builder.trustManager(trusted.toFile()));
    return builder.build();
  }

  SslContext server() throws SSLException {
    Identity own =
        identity.orElseThrow(
            () -> new SSLException("a TLS listener needs a certificate and its key"));
    SslContextBuilder builder =
        SslContextBuilder.forServer(own.certificates().toFile(), own.key().toFile())
            .sslProvider(SslProvider.JDK)
            .protocols(VERSIONS);
    authority.ifPresent(
        trusted -> builder.trustManager(trusted.toFile()).clientAuth(ClientAuth.OPTIONAL));
    return builder.build();
  }
}
