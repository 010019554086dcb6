// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.client.DelegatingReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/// Passes a reader on and remembers how it failed, since DuckDB gives back only the text of an
/// error of a stream it reads.
final class FailureKeeper extends DelegatingReader {

  private volatile @Nullable Exception failure;

  FailureKeeper(BufferAllocator allocator, ArrowReader source) {
    super(allocator, source);
  }

  /// Throws what the source threw, if it did.
  void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try {
      return super.loadNextBatch();
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
  }
}
