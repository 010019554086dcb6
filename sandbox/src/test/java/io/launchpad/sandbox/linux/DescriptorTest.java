// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DescriptorTest {

  private static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number));
  }

  @Test
  void close_closesOnce() {
    var descriptor = new Descriptor(Posix.eventfd());
    int number = descriptor.number();
    assertTrue(isOpen(number));
    descriptor.close();
    assertTrue(!isOpen(number));
    // The number may be somebody else's by now: a second close must not touch it.
    try (var other = new Descriptor(Posix.eventfd())) {
      descriptor.close();
      assertTrue(isOpen(other.number()));
    }
    assertThrows(IllegalStateException.class, descriptor::number);
  }

  @Test
  void release_handsOwnershipOn() {
    var descriptor = new Descriptor(Posix.eventfd());
    int number = descriptor.release();
    descriptor.close();
    assertTrue(isOpen(number));
    assertThrows(IllegalStateException.class, descriptor::release);
    new Descriptor(number).close();
  }

  @Test
  void errno_isReturnedNegated() {
    int ebadf = 9;
    assertEquals(-ebadf, Posix.shutdown(100_000));
    assertThrows(IllegalArgumentException.class, () -> new Descriptor(-ebadf));
  }
}
