// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each byte of each vector, changed: the stream is then valid or refused, and never worse.
class ByteFlipTest {
  private static final int[] FLIPS = {0x01, 0x80, 0xFF};
  private static final int[] FLIPS_OF_MALFORMED = {0xFF};

  /// Longer ones only repeat what the others have.
  private static final int LENGTH_MAX = 12_000;

  static List<BxlVector> vectors() {
    return BxlVector.all().stream().filter(v -> v.stream().length <= LENGTH_MAX).toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void read_givesValuesOrRefusesWhenAByteChanges(BxlVector vector) throws IOException {
    byte[] stream = vector.stream().clone();
    List<Integer> accepted = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator(1 << 20)) {
      for (int at = 0; at < stream.length; at++) {
        byte original = stream[at];
        for (int flip : vector.isValid() ? FLIPS : FLIPS_OF_MALFORMED) {
          stream[at] = (byte) (original ^ flip);
          if (isAccepted(allocator, stream, vector, at)) {
            accepted.add(at);
          }
          assertEquals(0, allocator.getAllocatedMemory());
        }
        stream[at] = original;
      }
    }
    if (vector.isValid() && checksummed(vector)) {
      assertEquals(List.of(), accepted, "changes that the checksum missed");
    }
  }

  @Test
  void validate_refusesEveryTruncation() {
    Set<String> names = Set.of("sliced", "dictionary-in-list", "nested-struct-of-map");
    for (BxlVector vector : BxlVector.valid()) {
      if (names.contains(vector.name())) {
        for (int length = 0; length < vector.stream().length; length++) {
          assertTruncated(vector, length);
        }
      }
    }
  }

  private static void assertTruncated(BxlVector vector, int length) {
    try {
      BxlVector.validate(Arrays.copyOf(vector.stream(), length), vector.validator());
      fail(vector + " cut at " + length + " was accepted");
    } catch (BxlException e) {
      assertEquals(BxlError.TRUNCATED, e.error(), vector + " cut at " + length);
    }
  }

  private static boolean isAccepted(
      BufferAllocator allocator, byte[] stream, BxlVector vector, int at) throws IOException {
    BxlLimits limits = vector.limits();
    if (limits.frameBytes() > 1 << 16) {
      limits = limits.withFrameBytes(1 << 16);
    }
    try {
      JsonStream.read(allocator, stream, new BxlValidator(limits));
      return true;
    } catch (BxlException e) {
      assertTrue(e.frame() >= 0, vector + " changed at " + at);
      return false;
    }
  }

  private static boolean checksummed(BxlVector vector) {
    return vector.description().path("written_with").path("checksums").asBoolean();
  }
}
