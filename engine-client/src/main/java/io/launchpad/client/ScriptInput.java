// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;

/// A named table for the script.
public sealed interface ScriptInput {

  /// What the script calls it.
  String name();

  /// A table of any length, in batches.
  ///
  /// @param data read by a thread of the execution; stays the caller's, who closes it after the
  ///   execution
  /// @param stable whether a batch's memory stays as it is when the next batch is loaded, as with
  ///   readers that load new buffers. If not, each batch is sent before the next one is loaded
  record Batches(String name, ArrowReader data, boolean stable) implements ScriptInput {}

  /// A table that is there as a whole. It goes together with the request, which for a few rows
  /// saves a third of the way.
  ///
  /// @param rows stay the caller's; not used after `execute` has returned, unless their buffers are
  ///   changed in place
  /// @param dictionaries those that the rows' schema names
  record Rows(String name, VectorSchemaRoot rows, DictionaryProvider dictionaries)
      implements ScriptInput {}

  /// A table from a reader that may fill the same vectors again and again.
  static ScriptInput of(String name, ArrowReader data) {
    return new Batches(name, data, false);
  }

  /// A table from a reader that gives each batch memory of its own, such as Arrow's own readers.
  static ScriptInput stable(String name, ArrowReader data) {
    return new Batches(name, data, true);
  }

  /// A table that is there as a whole, without dictionaries.
  static ScriptInput of(String name, VectorSchemaRoot rows) {
    return new Rows(name, rows, new DictionaryProvider.MapDictionaryProvider());
  }
}
