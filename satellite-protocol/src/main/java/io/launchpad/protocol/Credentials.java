// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// How an engine shows who it is.
public sealed interface Credentials {
  /// By its transport: a Unix socket's peer credentials or a client certificate.
  record FromTransport() implements Credentials {}

  /// By a secret configured at both ends.
  record Secret(String engineId, Bytes secret) implements Credentials {
    public Secret {
      if (secret.length() < 16) {
        throw new IllegalArgumentException("a shared secret must have at least 16 bytes");
      }
    }
  }
}
