// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.pool.StartPurpose;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.ExecuteBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WarmUpsTest {
  private static final WorkerKey KEY = new WorkerKey("python", "standard");
  private static final WorkerKey OTHER = new WorkerKey("python", "night");

  private final WarmUps warmUps = new WarmUps();

  @Test
  void fewCalls_nothingIsLeftOut() {
    call(KEY, WarmUps.CALLS - 1, bare());
    assertEquals(Map.of(), warmUps.environment(KEY, StartPurpose.PARKING));
  }

  @Test
  void callsWithNothing_nothingButASessionIsWarmed() {
    call(KEY, WarmUps.CALLS, bare());
    assertWarmed("");
  }

  @Test
  void everyPartThatTheLastCallsHad_isWarmed() {
    call(KEY, WarmUps.CALLS, bare());
    call(KEY, 1, tables("arrow"));
    call(KEY, 1, withParameters());
    call(KEY, 1, tables(""));
    assertWarmed("frames,arrow,parameters");
  }

  @Test
  void whatNoneOfTheLastCallsHad_isForgotten() {
    call(KEY, 1, tables("pandas"));
    call(KEY, WarmUps.CALLS - 1, tables("arrow"));
    assertWarmed("frames,arrow");
    call(KEY, 1, tables("arrow"));
    assertWarmed("arrow");
  }

  @Test
  void callsOfAnotherKey_doNotCount() {
    call(KEY, WarmUps.CALLS, bare());
    call(OTHER, WarmUps.CALLS, tables(""));
    assertWarmed("");
    assertEquals(
        Map.of(WarmUps.VARIABLE, "frames"), warmUps.environment(OTHER, StartPurpose.PARKING));
  }

  @Test
  void aRequestWaits_nothingIsPlayedFirst() {
    call(KEY, WarmUps.CALLS, tables(""));
    assertEquals(
        Map.of(WarmUps.VARIABLE, "nothing"), warmUps.environment(KEY, StartPurpose.REQUEST));
  }

  private void call(WorkerKey key, int times, ExecuteBuilder request) {
    for (int i = 0; i < times; i++) {
      warmUps.called(key, request.build());
    }
  }

  private void assertWarmed(String parts) {
    assertEquals(Map.of(WarmUps.VARIABLE, parts), warmUps.environment(KEY, StartPurpose.PARKING));
  }

  private static ExecuteBuilder bare() {
    return Execute.builder()
        .requestId("r")
        .principal("p")
        .language("Python")
        .script(inline("pass"));
  }

  private static ExecuteBuilder tables(String format) {
    return bare()
        .inputFormat(format)
        .outputs(List.of(new Execute.NamedOutput("OutputDataSet", 1, Optional.empty())));
  }

  private static ExecuteBuilder withParameters() {
    return bare().parameters(Optional.of(inline("a stream")));
  }

  private static Content inline(String text) {
    return new Content.Inline(Bytes.utf8(text));
  }
}
