// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.vector.util.Text;

/// The session beside an attack: another user's, in the middle of its input, with everything that
/// the attacks look for. It must finish with the right answer, and find all of its own as it was.
final class Victim implements AutoCloseable {
  private static final int ROWS = 1000;
  private static final long SUM = 2L * ROWS * (2 * ROWS - 1) / 2;

  private final CountDownLatch rest = new CountDownLatch(1);
  private final GeneratedRows rows;
  private final Call call;

  private Victim(Engine engine) throws ScriptException {
    rows = GeneratedRows.held(engine, ROWS, rest);
    call =
        engine.start(
            ScriptRequest.builder("victim", "Python", AttackFile.resource("victim"))
                .inputFormat("arrow")
                .build(),
            List.of(rows.input()),
            null);
  }

  /// Starts it and waits until it has made what others look for and read half of its rows.
  static Victim start(Engine engine) throws Exception {
    var victim = new Victim(engine);
    try {
      var _ = victim.call.events().awaitPrinted("ready");
      return victim;
    } catch (Throwable e) {
      victim.close();
      throw e;
    }
  }

  void assertUnharmed() {
    rest.countDown();
    assertEquals(List.of(List.of(SUM, new Text(""))), call.finish().success().rows());
  }

  @Override
  public void close() throws IOException {
    rest.countDown();
    call.close();
    rows.close();
  }
}
