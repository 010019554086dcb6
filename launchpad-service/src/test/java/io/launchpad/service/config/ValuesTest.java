// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"0B", "1B", "1023B", "1KiB", "3MiB", "1023GiB", "9TiB"})
  void dataSize_printsWhatItParsed(String text) {
    assertEquals(text, DataSize.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1k", "1kb", "1MB", "-1MiB", "1.5MiB", "9999999999TiB"})
  void dataSize_refusesOtherSpellings(String text) {
    assertThrows(IllegalArgumentException.class, () -> DataSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "250ms", "90s", "5m", "12h", "7d"})
  void durations_printWhatTheyParsed(String text) {
    assertEquals(text, Durations.format(Durations.parse(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5 minutes", "-1s", "1.5s"})
  void durations_refuseOtherSpellings(String text) {
    assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
  }

  @Test
  void durations_useTheLargestUnitThatFits() {
    assertEquals("2m", Durations.format(Duration.parse("PT120S")));
  }

  @Test
  void suggestions_findTheNearestWord() {
    var known = List.of("pool.queue-max", "pool.queue-wait", "limits.grace");
    assertEquals(Optional.of("pool.queue-wait"), Suggestions.nearest("pool.queu-wait", known));
    assertEquals(Optional.empty(), Suggestions.nearest("monitoring", known));
  }
}
