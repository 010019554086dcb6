// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// The bytes a sender may still send on one stream.
final class SendCredit {
  private long granted;
  private long spent;

  SendCredit(long initial) {
    granted = initial;
  }

  long available() {
    return granted - spent;
  }

  void grant(long bytes) {
    if (bytes > Long.MAX_VALUE - granted) {
      throw ProtocolException.violation("credit of more than 2^63-1 bytes was granted");
    }
    granted += bytes;
  }

  void spend(long bytes) {
    if (bytes > available()) {
      throw new IllegalStateException("sending " + bytes + " bytes with credit " + available());
    }
    spent += bytes;
  }
}
