// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.SandboxFacts;
import java.util.List;

/// What the broker says to the service; BROKER.md has the bytes.
sealed interface BrokerEvent {

  record Welcome(int version, SandboxFacts facts) implements BrokerEvent {}

  record ZygoteReady(long id) implements BrokerEvent {}

  record ZygoteExited(long id, Ending ending, String reason, String lastOutput)
      implements BrokerEvent {}

  /// How much memory a zygote keeps for itself.
  record ZygoteMeasured(long id, long memoryBytes) implements BrokerEvent {}

  /// A satellite exists.
  ///
  /// @param channels control socket, data socket, stdout, stderr
  record Parked(long slot, long generation, List<Descriptor> channels) implements BrokerEvent {}

  record ParkFailed(long slot, long generation, String reason) implements BrokerEvent {}

  /// A resource pool was made, or not.
  ///
  /// @param reason why the pool's limits cannot be kept; empty when they hold
  record PoolSet(long id, String reason) implements BrokerEvent {}

  /// A session's own limits were set, or not.
  ///
  /// @param reason why they cannot be kept; empty when they hold
  record Limited(long slot, long generation, String reason) implements BrokerEvent {}

  /// What a session has used until now.
  record Measured(long slot, long generation, GroupUsage usage) implements BrokerEvent {}

  record Exited(ExitReport report) implements BrokerEvent {}
}
