// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.LimitHit;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.service.config.DataSize;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.monitoring.LimitKind;
import java.time.Duration;

/// Says which limit a session met: its name and value, where it is configured, how much was used,
/// and what to do.
final class LimitErrors {
  private LimitErrors() {}

  /// The error of a session that a hard limit ended.
  static ErrorInfo ended(ExitReport report, LimitedPool pool) {
    var limits = report.limits();
    return switch (limits.met()) {
      case MEMORY ->
          ErrorInfo.of(
                  ErrorCode.MEMORY_LIMIT,
                  "the session was ended at its memory limit of %s (%s, or the request's own limit): it had %s at its peak, all its processes and files in memory together. Read the input in parts (rows per read), select fewer rows or columns, or have the limit raised"
                      .formatted(
                          size(limits.memoryLimitBytes()),
                          pool.key("session-memory"),
                          size(limits.memoryPeakBytes())))
              .withLimit(
                  new LimitHit(
                      LimitKind.MEMORY.text(),
                      limits.memoryLimitBytes(),
                      pool.key("session-memory"),
                      limits.memoryPeakBytes()));
      case POOL_MEMORY ->
          ErrorInfo.of(
                  ErrorCode.MEMORY_LIMIT,
                  "the session was ended because its resource pool was at its memory limit (%s): the session had %s at its peak. Try again when fewer sessions run, or have the limit raised"
                      .formatted(pool.key("memory"), size(limits.memoryPeakBytes())))
              .withLimit(
                  new LimitHit(
                      LimitKind.POOL_MEMORY.text(),
                      0,
                      pool.key("memory"),
                      limits.memoryPeakBytes()));
      case HOST_MEMORY ->
          ErrorInfo.of(
                  ErrorCode.MEMORY_LIMIT,
                  "the session was ended because the machine was out of memory, or what Launchpad may use of it: the session had %s at its peak. Limits on sessions (%s) and on pools (%s) keep others from that"
                      .formatted(
                          size(limits.memoryPeakBytes()),
                          pool.key("session-memory"),
                          pool.key("memory")))
              .withLimit(
                  new LimitHit(
                      LimitKind.MACHINE_MEMORY.text(),
                      0,
                      pool.key("session-memory"),
                      limits.memoryPeakBytes()));
      case CPU_TIME ->
          ErrorInfo.of(
                  ErrorCode.CPU_LIMIT,
                  "the session was ended at its limit of %s of CPU time (%s, or the request's own limit): it had used %s, on all CPUs and in all processes together. Give it less to do, or have the limit raised"
                      .formatted(
                          seconds(limits.cpuTimeLimit()),
                          pool.key("session-cpu-time"),
                          seconds(limits.cpu())))
              .withLimit(
                  new LimitHit(
                      LimitKind.CPU_TIME.text(),
                      micros(limits.cpuTimeLimit()),
                      pool.key("session-cpu-time"),
                      micros(limits.cpu())));
      case NONE -> throw new IllegalArgumentException("no limit in " + report);
    };
  }

  /// The error of a session one of whose processes was ended for want of memory, and of whose own
  /// end nothing was heard: whether its own limit, its pool's or the machine's was met is unknown.
  static ErrorInfo outOfMemory(GroupUsage usage, LimitedPool pool) {
    return ErrorInfo.of(
            ErrorCode.MEMORY_LIMIT,
            "a process of the session was ended for want of memory, at the session's limit (%s, or the request's own), its pool's (%s) or the machine's: the session had %s at its peak. Read the input in parts (rows per read), select fewer rows or columns, or have the limit raised"
                .formatted(
                    pool.key("session-memory"), pool.key("memory"), size(usage.memoryPeakBytes())))
        .withLimit(
            new LimitHit(
                LimitKind.MEMORY.text(), 0, pool.key("session-memory"), usage.memoryPeakBytes()));
  }

  /// The error of a satellite, with the words for the limit that it names, as [SatelliteWord] lets
  /// it name one.
  static ErrorInfo ofSatellite(ErrorInfo error, String runtime) {
    if (error.limit().isEmpty()) {
      return error;
    }
    LimitHit hit = error.limit().get();
    return switch (LimitKind.of(hit.name()).orElseThrow()) {
      case OPEN_FILES ->
          met(
              error,
              hit,
              "limit nofile",
              "The script met its limit of %d open files and sockets of one process (%s of its policy): one more was refused with EMFILE.");
      case SCRATCH_FILES ->
          met(
              error,
              hit,
              "runtime." + runtime + ".scratch-files",
              "The script met its limit of %d files and folders in its scratch folder (%s): one more was refused with ENOSPC.");
      case SCRATCH_BYTES ->
          met(
              error,
              hit,
              "runtime." + runtime + ".scratch-size",
              "The script met its limit of %d bytes in its scratch folder (%s), temporary files and shared memory included: more was refused with ENOSPC.");
      case MEMORY,
          POOL_MEMORY,
          MACHINE_MEMORY,
          CPU_TIME,
          PROCESSES,
          DEADLINE,
          OUTPUT_BYTES,
          OUTPUT_ROWS,
          TRANSIT_MEMORY ->
          throw new IllegalArgumentException("not a satellite's to say: " + hit);
    };
  }

  private static ErrorInfo met(ErrorInfo error, LimitHit hit, String key, String sentence) {
    return error
        .withMessage(
            "%s%n%s It had %d when it failed."
                .formatted(error.message(), sentence.formatted(hit.value(), key), hit.usage()))
        .withLimit(new LimitHit(hit.name(), hit.value(), key, hit.usage()));
  }

  /// Adds to the error of a session that failed which limit it had met before without being ended.
  /// The first that is found stands in `limit`, each in the message.
  static ErrorInfo touched(
      ErrorInfo error, long processesRefused, long processesLimit, LimitedPool pool) {
    boolean ended = error.code() == ErrorCode.MEMORY_LIMIT || error.code() == ErrorCode.CPU_LIMIT;
    if (processesRefused == 0 || ended) {
      return error;
    }
    var hit =
        new LimitHit(
            LimitKind.PROCESSES.text(),
            processesLimit,
            pool.key("session-processes"),
            processesLimit);
    return error
        .withMessage(
            "%s%nThe script met its limit of %d processes and threads (%s): one more was refused with EAGAIN, %d time(s)."
                .formatted(
                    error.message(),
                    processesLimit,
                    pool.key("session-processes"),
                    processesRefused))
        .withLimit(error.limit().orElse(hit));
  }

  private static String size(long bytes) {
    long mib = DataSize.mib(1).bytes();
    return bytes >= mib && bytes % mib != 0
        ? "%.1f MiB".formatted((double) bytes / mib)
        : new DataSize(bytes).toString();
  }

  private static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }
}
