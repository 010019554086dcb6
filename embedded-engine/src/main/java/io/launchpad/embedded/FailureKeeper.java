// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Passes a reader on and remembers how it failed, since DuckDB gives back only the text of an
/// error of a stream it reads.
final class FailureKeeper extends DelegatingReader {

  private volatile Optional<Exception> failure = Optional.empty();

  FailureKeeper(BufferAllocator allocator, ArrowReader source) {
    super(allocator, source);
  }

  Optional<Exception> failure() {
    return failure;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try {
      return super.loadNextBatch();
    } catch (IOException | RuntimeException e) {
      failure = Optional.of(e);
      throw e;
    }
  }
}
