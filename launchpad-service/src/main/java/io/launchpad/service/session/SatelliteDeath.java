// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message.Usage;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.Signals;
import io.launchpad.service.launcher.LimitedPool;
import java.util.Optional;

/// Says in the protocol's words why a satellite ended before its session was over.
final class SatelliteDeath {
  /// How a satellite says that it cannot speak any more, PROTOCOL.md section 4.
  private static final int STATUS_CHANNEL_DAMAGED = 82;

  private SatelliteDeath() {}

  /// The error for a satellite that went away by itself: not killed by its session.
  static ErrorInfo error(ExitReport report, LimitedPool pool) {
    ErrorInfo error = withoutTouched(report, pool);
    var limits = report.limits();
    return LimitErrors.touched(error, limits.processesRefused(), limits.processesLimit(), pool);
  }

  private static ErrorInfo withoutTouched(ExitReport report, LimitedPool pool) {
    return switch (report.cause()) {
      case ITSELF -> byItself(report.ending());
      case LIMIT ->
          exit(report)
              .map(LimitErrors.ended(report, pool)::withExit)
              .orElseGet(() -> LimitErrors.ended(report, pool));
      case KILLED_ON_REQUEST ->
          ErrorInfo.of(
              ErrorCode.SATELLITE_LOST, "the satellite was ended by the service or the broker");
      case ZYGOTE_DIED ->
          ErrorInfo.of(
              ErrorCode.SATELLITE_LOST,
              "the satellite ended because the zygote of its runtime did; the service's log has its"
                  + " last output");
      case INIT_DIED ->
          ErrorInfo.of(
              ErrorCode.SATELLITE_LOST,
              "the satellite ended because its session's init was killed");
      case BROKER_GONE ->
          ErrorInfo.of(ErrorCode.SATELLITE_LOST, "the satellite ended because the broker did");
    };
  }

  private static ErrorInfo byItself(Ending ending) {
    return switch (ending) {
      case Ending.Exited(int status) when status == STATUS_CHANNEL_DAMAGED ->
          ErrorInfo.of(
                  ErrorCode.CHANNEL_CLOSED,
                  "the script closed or replaced descriptors that are not its own, and with them"
                      + " the satellite's channels")
              .withExit(new ErrorInfo.Exit.Status(status));
      case Ending.Exited(int status) ->
          ErrorInfo.of(
                  ErrorCode.SCRIPT_EXITED,
                  "the script ended its process with status %d before its results were complete"
                      .formatted(status))
              .withExit(new ErrorInfo.Exit.Status(status));
      case Ending.Signalled(int signal) when signal == Signals.SIGKILL ->
          ErrorInfo.of(
                  ErrorCode.SATELLITE_LOST,
                  "the satellite was ended by SIGKILL, and not at a limit: by the script itself, or"
                      + " by an administrator")
              .withExit(new ErrorInfo.Exit.Signal(signal));
      case Ending.Signalled(int signal) ->
          ErrorInfo.of(
                  ErrorCode.SCRIPT_CRASHED,
                  "the script's process was ended by %s; the cause is in the script or in a library it uses"
                      .formatted(Signals.name(signal)))
              .withExit(new ErrorInfo.Exit.Signal(signal));
      case Ending.Unknown() ->
          ErrorInfo.of(ErrorCode.SATELLITE_LOST, "the satellite ended and nobody saw how");
    };
  }

  static Optional<ErrorInfo.Exit> exit(ExitReport report) {
    return switch (report.ending()) {
      case Ending.Exited(int status) -> Optional.of(new ErrorInfo.Exit.Status(status));
      case Ending.Signalled(int signal) -> Optional.of(new ErrorInfo.Exit.Signal(signal));
      case Ending.Unknown() -> Optional.empty();
    };
  }

  static Usage usage(ExitReport report) {
    ExitReport.Usage usage = report.usage();
    return new Usage(
        usage.userCpu().toNanos() / 1_000,
        usage.systemCpu().toNanos() / 1_000,
        // The group's is of all processes at the same time; without one, the largest process's.
        Math.max(usage.peakResidentBytes(), report.limits().memoryPeakBytes()),
        usage.minorFaults(),
        usage.majorFaults());
  }

  /// What is known while the satellite still lives: nothing of page faults.
  static Optional<Usage> usage(GroupUsage usage) {
    return usage.equals(GroupUsage.NONE)
        ? Optional.empty()
        : Optional.of(
            new Usage(
                usage.userCpu().toNanos() / 1_000,
                usage.systemCpu().toNanos() / 1_000,
                usage.memoryPeakBytes(),
                0,
                0));
  }
}
