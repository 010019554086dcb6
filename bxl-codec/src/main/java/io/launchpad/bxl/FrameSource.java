// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/// Where a [BxlStreamReader] gets its frames from, in order.
public interface FrameSource extends AutoCloseable {
  /// The next whole frame, from index 0 to the writer index of the buffer, or null when the input
  /// has ended. The caller owns one reference and releases it.
  ///
  /// May block until the frame is there. Use [FrameBuffers] for memory with the right alignment.
  @Nullable ArrowBuf next() throws IOException;

  @Override
  void close() throws IOException;
}
