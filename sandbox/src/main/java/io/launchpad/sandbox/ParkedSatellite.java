// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.concurrent.CompletionStage;

/// One satellite process from park to exit report.
///
/// Closing it kills the whole session and closes the sockets nobody took.
public interface ParkedSatellite extends AutoCloseable {

  long slot();

  long generation();

  /// Hands the two sockets over; the caller closes them from now on. Non-blocking stream sockets.
  ///
  /// @throws IllegalStateException when taken before, or closed
  Sockets takeSockets();

  SatelliteOutput output();

  /// It is parked no more: from now on CPU time counts, in its usage, its report and towards its
  /// limit. Again, or when it has ended, nothing happens.
  void begin();

  /// SIGINT to the satellite process alone. Nothing happens when it has ended.
  void interrupt();

  /// Kills the whole session. The exit report follows.
  void kill();

  /// Replaces the limits of its pool for this session. Completes when they hold; fails with a
  /// [SandboxException] when they cannot.
  CompletionStage<Void> limit(ResourceLimits limits);

  /// What its session uses, with the CPU time since [#begin]. Always completes, with
  /// [GroupUsage#NONE] when it is gone.
  CompletionStage<GroupUsage> measure();

  /// Completes once, always normally, when nothing of the session is left.
  CompletionStage<ExitReport> exited();

  /// As {@link #kill}, and closes the sockets if nobody took them. Idempotent.
  @Override
  void close();

  /// Descriptors of the two channels.
  record Sockets(int control, int data) {}
}
