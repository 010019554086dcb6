// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.client.example.SmallestEngine;
import io.launchpad.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The example of the module's README does what it says.
@Timeout(60)
class ExampleTest {
  @Test
  void example_sumsWhatTheScriptGivesBack() throws Exception {
    try (var server = new FakeServer()) {
      assertEquals(4950, SmallestEngine.run(server.transport, "Fake", "echo"));
    }
  }

  @Test
  void example_showsTheErrorOfAScript() throws Exception {
    try (var server = new FakeServer()) {
      ScriptException failure =
          assertThrows(
              ScriptException.class, () -> SmallestEngine.run(server.transport, "Fake", "fail"));
      assertEquals(ErrorCode.SCRIPT_ERROR, failure.code());
    }
  }
}
