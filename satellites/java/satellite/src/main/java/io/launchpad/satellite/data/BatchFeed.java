// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where batches come from, one after the other; who takes one closes it.
@FunctionalInterface
interface BatchFeed {
  /// The next batch that has rows; null after the last one. May wait for it.
  @Nullable Batch next() throws IOException;

  static BatchFeed of(List<Batch> batches) {
    Iterator<Batch> left = batches.iterator();
    return () -> left.hasNext() ? left.next() : null;
  }
}
