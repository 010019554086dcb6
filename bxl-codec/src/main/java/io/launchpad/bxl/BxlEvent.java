// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/// What one frame meant to a [BxlReader]. Batches hold the frame's memory: their owner closes them.
public sealed interface BxlEvent {
  /// The stream starts.
  ///
  /// @param schema as in the stream: dictionary-encoded fields have their value type, extension
  ///   types their storage type and the metadata that names them
  record Started(Schema schema) implements BxlEvent {}

  /// A dictionary is defined or replaced.
  record Dictionary(ArrowDictionaryBatch batch) implements BxlEvent {}

  /// Rows have come.
  record Rows(ArrowRecordBatch batch) implements BxlEvent {}

  /// The stream is complete.
  record Ended(BxlTotals totals) implements BxlEvent {}
}
