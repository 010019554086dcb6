// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.security.SecureRandom;
import java.util.function.Supplier;

/// Fresh random numbers of the handshake.
final class Nonces implements Supplier<Bytes> {
  private final SecureRandom random;

  Nonces(SecureRandom random) {
    this.random = random;
  }

  @Override
  public Bytes get() {
    byte[] nonce = new byte[Limits.NONCE_BYTES];
    random.nextBytes(nonce);
    return Bytes.of(nonce);
  }
}
