// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import org.apache.arrow.vector.ipc.ArrowReader;

/// A named table for the script.
///
/// @param data read by a thread of the execution; stays the caller's, who closes it after the
///   execution
/// @param stable whether a batch's memory stays as it is when the next batch is loaded, as with
///   readers that load new buffers. If not, each batch is sent before the next one is loaded
public record ScriptInput(String name, ArrowReader data, boolean stable) {

  /// A table from a reader that may fill the same vectors again and again.
  public static ScriptInput of(String name, ArrowReader data) {
    return new ScriptInput(name, data, false);
  }

  /// A table from a reader that gives each batch memory of its own, such as Arrow's own readers.
  public static ScriptInput stable(String name, ArrowReader data) {
    return new ScriptInput(name, data, true);
  }
}
