// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Message;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Memory for bytes on their way: what a request may bring before it has a satellite, and what
/// becomes of one that needs more than there is.
@Timeout(60)
class TransitTest {
  private static final int OUTPUT = TestEngine.OUTPUT;
  private static final int MEBIBYTE_OF_ROWS = (1 << 20) / Long.BYTES;
  private static final List<byte[]> TWELVE_MEBIBYTES = TestFrames.numbers(12, MEBIBYTE_OF_ROWS);

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  /// Reads nothing of what it gets, or answers where it gets nothing.
  private static void standStill(FakeProcess satellite, boolean input) {
    satellite.started();
    if (input) {
      satellite
          .connection()
          .openInbound(
              new InboundSpec(
                  TestEngine.INPUT, FrameType.DATA, InboundSpec.Delivery.FRAGMENTS, 64 << 20),
              payload -> payload.bytes().release()); // not closed: no credit goes back
    } else {
      satellite.completed();
    }
  }

  private static void assertShort(ErrorInfo error, String key) {
    assertEquals(ErrorCode.MEMORY_LIMIT, error.code());
    var limit = error.limit().orElseThrow();
    assertEquals("transit memory", limit.name());
    assertEquals(key, limit.configurationKey());
    assertEquals(1 << 20, limit.value());
    assertTrue(error.message().contains(key), error.message());
  }

  @Test
  void request_bringsLittleBeforeItHasASatellite() throws Exception {
    service.start();
    assertEquals(256 << 10, service.engine().connection().peer().initialCredit());
  }

  @Test
  void inputBeyondTheEnginesShare_failsThatSessionAlone() throws Exception {
    service.start(
        (satellite, request) -> standStill(satellite, !request.inputs().isEmpty()),
        "engine.tests.transit-memory = 1MiB");
    var engine = service.engine();
    var greedy = engine.call(TestEngine.request(true, false), TWELVE_MEBIBYTES, false);
    assertShort(greedy.failure().error(), "engine.tests.transit-memory");
    assertInstanceOf(
        Message.Completed.class, engine.call(TestEngine.request(false, false)).answer());
  }

  @Test
  void frameOfASatelliteBeyondWhatThereIs_failsItsSession() throws Exception {
    var frames = TestFrames.numbers(1, 2 * MEBIBYTE_OF_ROWS);
    service.start(
        (satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, frames);
        },
        "limits.transit-memory = 1MiB");
    // An engine's share is never more than there is in all.
    var error = service.engine().call(TestEngine.request(false, true)).failure().error();
    assertShort(error, "engine.tests.transit-memory");
  }

  /// Twice as much as there is room for at a time passes, as long as it is taken.
  @Test
  void streams_passWhateverTheirLength() throws Exception {
    service.start(
        (satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, TWELVE_MEBIBYTES);
          satellite.completed(TestFrames.total(OUTPUT, TWELVE_MEBIBYTES, 12L * MEBIBYTE_OF_ROWS));
        },
        "limits.transit-memory = 6MiB");
    assertInstanceOf(
        Message.Completed.class, service.engine().call(TestEngine.request(false, true)).answer());
  }
}
