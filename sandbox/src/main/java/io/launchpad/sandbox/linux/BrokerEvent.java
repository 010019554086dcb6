// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.SandboxFacts;
import java.util.List;

/// What the broker says to the service; BROKER.md has the bytes.
sealed interface BrokerEvent {

  record Welcome(int version, SandboxFacts facts) implements BrokerEvent {}

  record ZygoteReady(long id) implements BrokerEvent {}

  record ZygoteExited(long id, Ending ending, String reason, String lastOutput)
      implements BrokerEvent {}

  /// A satellite exists.
  ///
  /// @param channels control socket, data socket, stdout, stderr
  record Parked(long slot, long generation, List<Descriptor> channels) implements BrokerEvent {}

  record ParkFailed(long slot, long generation, String reason) implements BrokerEvent {}

  record Exited(ExitReport report) implements BrokerEvent {}
}
