// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import java.util.concurrent.atomic.AtomicInteger;

/// A descriptor with one owner: closed once, or handed on once.
final class Descriptor implements AutoCloseable {

  private static final int GONE = -1;

  private final AtomicInteger number;

  Descriptor(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    this.number = new AtomicInteger(number);
  }

  /// The number, which stays this object's to close.
  ///
  /// @throws IllegalStateException when closed or released
  int number() {
    int current = number.get();
    if (current == GONE) {
      throw new IllegalStateException("the descriptor is closed or belongs to somebody else");
    }
    return current;
  }

  /// The number, which is the caller's to close from now on.
  ///
  /// @throws IllegalStateException when closed or released
  int release() {
    int current = number.getAndSet(GONE);
    if (current == GONE) {
      throw new IllegalStateException("the descriptor is closed or belongs to somebody else");
    }
    return current;
  }

  @Override
  public void close() {
    int current = number.getAndSet(GONE);
    if (current != GONE) {
      Posix.close(current);
    }
  }

  static void closeAll(Iterable<Descriptor> descriptors) {
    descriptors.forEach(Descriptor::close);
  }
}
