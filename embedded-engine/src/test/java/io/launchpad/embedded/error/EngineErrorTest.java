// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EngineErrorTest {

  @Test
  void numbers_areDistinct() {
    long distinct = Stream.of(EngineError.values()).map(EngineError::number).distinct().count();
    assertEquals(EngineError.values().length, distinct);
  }
}
