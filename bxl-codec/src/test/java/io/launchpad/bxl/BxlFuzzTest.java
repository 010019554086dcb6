// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes are either a valid stream, every value of which can then be read, or refused with a
/// [BxlException]. The vectors are the seeds.
///
/// To fuzz instead of trying the seeds only: `JAZZER_FUZZ=1 ./mvnw test -pl bxl-codec
/// -Dtest=BxlFuzzTest#validatorAndReader_agreeOnAnyBytes`
class BxlFuzzTest {
  private static final BxlLimits LIMITS =
      BxlLimits.DEFAULT.withFrameBytes(1 << 20).withMetadataBytes(1 << 16).withBatchRows(1 << 16);

  static Stream<Arguments> vectors() {
    return BxlVector.all().stream().map(vector -> Arguments.of((Object) vector.stream()));
  }

  @MethodSource("vectors")
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  @FuzzTest(maxDuration = "10m")
  void validatorAndReader_agreeOnAnyBytes(byte[] stream) throws IOException {
    try (BufferAllocator allocator = new RootAllocator(64 << 20)) {
      boolean valid = isValid(stream);
      BxlValidator validator = new BxlValidator(LIMITS);
      if (valid) {
        JsonStream.read(allocator, stream, validator);
      } else {
        assertThrows(BxlException.class, () -> JsonStream.read(allocator, stream, validator));
      }
    }
  }

  private static boolean isValid(byte[] stream) {
    try {
      BxlVector.validate(stream, new BxlValidator(LIMITS));
      return true;
    } catch (BxlException _) {
      return false;
    }
  }
}
