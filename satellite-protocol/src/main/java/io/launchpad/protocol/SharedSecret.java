// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The challenge of PROTOCOL.md section 5: proves that both ends hold a secret without showing it.
final class SharedSecret {
  static final int PROOF_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  /// Takes the place of a secret when an engine id is unknown, so that this takes as long.
  private static final Bytes NOBODY = Bytes.of(new byte[PROOF_BYTES]);

  private SharedSecret() {}

  /// Whose proof it is.
  enum Label {
    ENGINE("launchpad engine v1"),
    SERVER("launchpad server v1");

    private final String text;

    Label(String text) {
      this.text = text;
    }
  }

  /// What both ends know of this connection.
  ///
  /// @param binding SHA-256 of the server's certificate, or empty on plain loopback
  record Challenge(
      String engineId, String launchpadId, Bytes helloNonce, Bytes welcomeNonce, Bytes binding) {}

  static Bytes prove(Bytes secret, Label label, Challenge challenge) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.toByteArray(), ALGORITHM));
      mac.update(label.text.getBytes(StandardCharsets.US_ASCII));
      counted(mac, Bytes.utf8(challenge.engineId()));
      counted(mac, Bytes.utf8(challenge.launchpadId()));
      mac.update(challenge.helloNonce().toByteArray());
      mac.update(challenge.welcomeNonce().toByteArray());
      counted(mac, challenge.binding());
      return Bytes.of(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is not available", e);
    }
  }

  private static void counted(Mac mac, Bytes value) {
    mac.update(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value.length()).array());
    mac.update(value.toByteArray());
  }

  /// The secret that the engine has proven to hold, or empty bytes. Takes the same time whether the
  /// engine is unknown or its proof wrong.
  static Bytes find(List<Bytes> secrets, Challenge challenge, Bytes proof) {
    Bytes found = Bytes.EMPTY;
    for (Bytes secret : secrets.isEmpty() ? List.of(NOBODY) : secrets) {
      boolean same = sameProof(prove(secret, Label.ENGINE, challenge), proof);
      if (same && !secrets.isEmpty()) {
        found = secret;
      }
    }
    return found;
  }

  static boolean sameProof(Bytes expected, Bytes proof) {
    return MessageDigest.isEqual(expected.toByteArray(), proof.toByteArray());
  }

  /// The binding to a TLS server's certificate (RFC 5929, `tls-server-end-point`).
  static Bytes binding(byte[] certificate) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is not available", e);
    }
  }
}
