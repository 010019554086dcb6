// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many calls, one after another, and what is there afterwards.
final class EnduranceTest {
  private static final int PARKED = 2;

  /// The broker keeps the control groups of sessions for the next ones: as many as there ever were
  /// sessions at the same moment. A descriptor left by each call would be a thousand.
  private static final int GROUPS_MORE = 4;

  private static final int DESCRIPTORS_OF_A_GROUP = 16;

  /// The zygote keeps a network namespace for each account that was used.
  private static final int ACCOUNTS_MAX = 256;

  /// What an idle service holds.
  record Held(int service, int broker, int zygote, int processes, int folders) {
    static Held by(ServiceUnderTest service) throws IOException {
      return new Held(
          Processes.descriptors(service.service()),
          Processes.descriptors(service.broker()),
          Processes.descriptors(service.zygote()),
          service.processes().size(),
          service.workFolders().size());
    }
  }

  @Test
  void aThousandCalls_leaveNothingBehind() throws Exception {
    callsLeaveNothingBehind(1_000);
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void tenThousandCalls_leaveNothingBehind() throws Exception {
    callsLeaveNothingBehind(10_000);
  }

  private static void callsLeaveNothingBehind(int calls) throws Exception {
    var settings =
        Settings.NONE
            .with("runtime.python.parked-min", PARKED)
            .with("runtime.python.parked-max", PARKED);
    try (var service = ServiceUnderTest.start(settings)) {
      // What is loaded and opened once is there after these.
      call(service, 50);
      Held before = idle(service);
      call(service, calls);
      Held after = idle(service);
      assertTrue(
          after.service() <= before.service() + 2,
          "descriptors of the service: " + before + " then " + after);
      assertTrue(
          after.broker() <= before.broker() + GROUPS_MORE * DESCRIPTORS_OF_A_GROUP,
          "descriptors of the broker: " + before + " then " + after);
      assertTrue(
          after.zygote() <= before.zygote() + ACCOUNTS_MAX,
          "descriptors of the zygote: " + before + " then " + after);
      assertEquals(before.processes(), after.processes(), "processes");
      assertEquals(before.folders(), after.folders(), "work folders");
      assertEquals(calls + 50, (int) service.monitoring().metric("launchpad_sessions_total"));
    }
  }

  private static void call(ServiceUnderTest service, int times) throws Exception {
    try (var engine = Engine.of(service.transport())) {
      for (int i = 0; i < times; i++) {
        try (var rows = GeneratedRows.count(engine, 3);
            Call call =
                engine.start(
                    Engine.request("print(len(InputDataSet))\nOutputDataSet = InputDataSet")
                        .build(),
                    List.of(rows.input()),
                    null)) {
          assertEquals(3, call.finish().success().rows().size());
        }
      }
    }
  }

  private static Held idle(ServiceUnderTest service) throws Exception {
    Deadline.await(
        "the parked satellites",
        () -> service.monitoring().metric("launchpad_pool_satellites{state=\"parked\"}") == PARKED);
    service.awaitIdle();
    return Held.by(service);
  }
}
