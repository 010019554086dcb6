// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlLimits;
import io.launchpad.protocol.Execute.RequestLimits;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.service.config.LimitsConfig;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/// What one session may use: the smaller of what the service and its resource pool allow and what
/// the request asks for.
///
/// @param resources what the kernel limits
/// @param ownResources whether they are less than what its satellite was parked with
record SessionLimits(
    long outputBytes,
    long outputRows,
    long printBytes,
    long valueBytes,
    int frameBytes,
    ResourceLimits resources,
    boolean ownResources) {

  static SessionLimits of(LimitsConfig service, ResourceLimits pool, RequestLimits asked) {
    var resources =
        new ResourceLimits(
            smallerOrNone(pool.memoryBytes(), asked.memoryBytes()),
            pool.processes(),
            pool.cpuMilli(),
            Duration.of(
                smallerOrNone(pool.cpuTime().toNanos() / 1_000, asked.cpuMicros()),
                ChronoUnit.MICROS));
    return new SessionLimits(
        smaller(service.outputBytes().bytes(), asked.outputBytes()),
        smaller(service.outputRows(), asked.outputRows()),
        smaller(service.printBytes().bytes(), asked.printBytes()),
        smaller(service.valueBytes().bytes(), asked.valueBytes()),
        (int) service.frameBytes().bytes(),
        resources,
        !resources.equals(pool));
  }

  /// 0 is no limit on either side.
  private static long smallerOrNone(long pool, long asked) {
    return pool == 0 ? asked : smaller(pool, asked);
  }

  /// 0 asks for nothing in particular.
  private static long smaller(long service, long asked) {
    return asked > 0 ? Math.min(service, asked) : service;
  }

  BxlLimits bxl() {
    return BxlLimits.DEFAULT.withFrameBytes(frameBytes).withValueBytes(valueBytes);
  }

  /// The limits in the words of the satellite's request.
  RequestLimits forSatellite() {
    return new RequestLimits(
        resources.memoryBytes(),
        resources.cpuTime().toNanos() / 1_000,
        outputRows,
        outputBytes,
        printBytes,
        valueBytes);
  }
}
