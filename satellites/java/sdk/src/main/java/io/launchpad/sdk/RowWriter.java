// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Appends rows to an [Output]. Rows are gathered and sent in batches; the last ones when the
/// writer is closed, or at the end of the execution.
public interface RowWriter extends AutoCloseable {
  /// Appends one row: as many values as there are columns, null for NULL.
  ///
  /// @return this
  RowWriter add(@Nullable Object... values) throws IOException;

  /// Sends what was gathered.
  void flush() throws IOException;

  @Override
  void close() throws IOException;
}
