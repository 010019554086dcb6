// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The descriptors of the split profile, and whether they still are what they were: native code of
/// a script may have closed or replaced them.
final class Channels {
  static final int CONTROL = 3;
  static final int DATA = 4;

  private final List<String> found;

  private Channels(List<String> found) {
    this.found = found;
  }

  static Channels open() throws IOException {
    return new Channels(look());
  }

  boolean areIntact() {
    try {
      return look().equals(found);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> look() throws IOException {
    List<String> sockets = new ArrayList<>();
    for (int descriptor : List.of(CONTROL, DATA)) {
      Path link = Path.of("/proc/self/fd", Integer.toString(descriptor));
      sockets.add(Files.readSymbolicLink(link).toString());
    }
    return sockets;
  }
}
