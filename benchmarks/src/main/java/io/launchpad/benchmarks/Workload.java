// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.ScriptResult;
import java.io.IOException;

/// What a small call does.
enum Workload {
  NOTHING("no frame"),
  ARROW("one row, Arrow"),
  PANDAS("one row, pandas"),
  R("one row, R data frame");

  private final String title;

  Workload(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  ScriptResult run(RoundTrip trip) throws IOException {
    return switch (this) {
      case NOTHING -> trip.nothing();
      case ARROW -> trip.run(RoundTrip.arrow(), 1);
      case PANDAS -> trip.run(RoundTrip.pandas(), 1);
      case R -> trip.run(RoundTrip.r(), 1);
    };
  }
}
