// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.io.IOException;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/// One input of a call: a table that the engine sends.
///
/// There are three ways to read it, each of which reads all of it: columns ([#table]), rows
/// ([#rows]) and Arrow batches ([#reader]). The latter two take the rows while they still come, so
/// that their memory does not grow with the input; they read it once. A table that was made may be
/// read in all three ways and again.
public interface Input {
  /// Its name in the request.
  String name();

  /// Its columns. Waits for them; extension types come as their storage type and the metadata that
  /// names them.
  Schema schema() throws IOException;

  /// All rows, column by column; waits for the last one. The same table each time.
  Table table() throws IOException;

  /// The rows one after the other, in the order they were sent. A row is valid until the next one
  /// is asked for.
  Iterable<Row> rows() throws IOException;

  /// Arrow's batches, without a copy, in the order they were sent.
  ArrowReader reader() throws IOException;
}
