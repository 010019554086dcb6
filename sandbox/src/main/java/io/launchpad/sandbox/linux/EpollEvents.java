// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The layout of `struct epoll_event`, which is packed on x86-64 and nowhere else.
final class EpollEvents {

  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  static final long BYTES = PACKED ? 12 : 16;

  private static final long DATA = PACKED ? 4 : 8;

  private EpollEvents() {}

  static void set(MemorySegment event, int events, long data) {
    event.set(JAVA_INT, 0, events);
    event.set(JAVA_LONG_UNALIGNED, DATA, data);
  }

  static long data(MemorySegment events, int index) {
    return events.get(JAVA_LONG_UNALIGNED, index * BYTES + DATA);
  }
}
