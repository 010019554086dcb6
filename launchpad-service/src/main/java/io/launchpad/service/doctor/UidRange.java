// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Uids that somebody has, as a line of `/etc/subuid` says it.
record UidRange(String user, long first, long count) {

  static List<UidRange> read(Path file) throws IOException {
    var ranges = new ArrayList<UidRange>();
    for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      String[] parts = line.strip().split(":", -1);
      if (parts.length == 3 && parts[1].matches("\\d{1,10}") && parts[2].matches("\\d{1,10}")) {
        ranges.add(new UidRange(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2])));
      }
    }
    return ranges;
  }

  long end() {
    return first + count;
  }

  boolean overlaps(UidRange other) {
    return first < other.end() && other.first < end();
  }
}
