// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// How a process ended, as its parent saw it.
public sealed interface Ending {

  /// It called `exit`, or returned from `main`.
  record Exited(int status) implements Ending {}

  /// A signal ended it.
  record Signalled(int signal) implements Ending {}

  /// Nobody is left who saw it.
  record Unknown() implements Ending {}

  default String describe() {
    return switch (this) {
      case Exited(var status) -> "exited with status " + status;
      case Signalled(var signal) -> "ended by " + Signals.name(signal);
      case Unknown _ -> "ended without a report";
    };
  }
}
