// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Limits;

/// The last of a text, as much as an error has room for.
final class Tail {
  private String text = "";

  void add(String more) {
    String all = more.length() >= Limits.TAIL_BYTES ? more : text + more;
    text = Utf8Cut.last(all, Limits.TAIL_BYTES);
  }

  Bytes bytes() {
    return Bytes.utf8(text);
  }
}
