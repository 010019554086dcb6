// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.client.DelegatingReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// A reader that fails, in place of its next batch, once a request to stop has come.
public final class CancellableReader extends DelegatingReader {

  private final Cancellation cancellation;

  public CancellableReader(
      BufferAllocator allocator, ArrowReader source, Cancellation cancellation) {
    super(allocator, source);
    this.cancellation = cancellation;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    cancellation.throwIfRequested();
    return super.loadNextBatch();
  }
}
