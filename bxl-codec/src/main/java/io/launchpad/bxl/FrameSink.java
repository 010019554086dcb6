// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;

/// Where a [BxlWriter] puts its frames, in order.
@FunctionalInterface
public interface FrameSink {
  /// Takes one frame. The sink owns it from here and must close it, also when it throws.
  ///
  /// May block: that is how a slow receiver holds the writer back.
  void accept(BxlFrame frame) throws IOException;
}
