// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.protocol.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Limits that control groups keep, met by a virtual machine.
@Timeout(300)
final class JavaLimitTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  /// Vectors lie beside the heap: too many of them are the session's memory limit.
  @Test
  void tableThatIsTooLarge_meetsTheMemoryLimit() throws Exception {
    var request =
        JavaRuntime.request(JavaRuntime.main("call.input().table();"))
            .resourcePool("small")
            .build();
    try (var rows = GeneratedRows.count(engine, 40_000_000)) {
      var _ = engine.run(request, rows.input()).failed(ErrorCode.MEMORY_LIMIT);
    }
  }
}
