// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Message;

/// Hears what happens while a script runs. Called in order, by one thread of the execution, which
/// waits for each call; the execution completes after the last one.
public interface ExecutionListener {
  /// Hears nothing.
  ExecutionListener NONE = new ExecutionListener() {};

  /// The request waits for a slot.
  default void queued(Message.Queued queued) {}

  /// A satellite has the script.
  default void started(Message.Started started) {}

  /// The script has printed something.
  default void printed(Message.Output output) {}
}
