// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

/// What stands somewhere in the text given to the engine, and can be pointed at by an error.
public interface Located {

  /// From 1.
  int line();

  /// From 1.
  int column();
}
