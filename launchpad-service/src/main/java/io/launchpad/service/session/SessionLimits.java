// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlLimits;
import io.launchpad.protocol.Execute.RequestLimits;
import io.launchpad.service.config.LimitsConfig;

/// What one session may use: the smaller of what the service allows and what the request asks for.
record SessionLimits(
    long outputBytes, long outputRows, long printBytes, long valueBytes, int frameBytes) {

  static SessionLimits of(LimitsConfig service, RequestLimits asked) {
    return new SessionLimits(
        smaller(service.outputBytes().bytes(), asked.outputBytes()),
        smaller(service.outputRows(), asked.outputRows()),
        smaller(service.printBytes().bytes(), asked.printBytes()),
        smaller(service.valueBytes().bytes(), asked.valueBytes()),
        (int) service.frameBytes().bytes());
  }

  /// 0 asks for nothing in particular.
  private static long smaller(long service, long asked) {
    return asked > 0 ? Math.min(service, asked) : service;
  }

  BxlLimits bxl() {
    return BxlLimits.DEFAULT.withFrameBytes(frameBytes).withValueBytes(valueBytes);
  }

  /// The limits in the words of the satellite's request.
  RequestLimits forSatellite(RequestLimits asked) {
    return new RequestLimits(
        asked.memoryBytes(), asked.cpuMicros(), outputRows, outputBytes, printBytes, valueBytes);
  }
}
