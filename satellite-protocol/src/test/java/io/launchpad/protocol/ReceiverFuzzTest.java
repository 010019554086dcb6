// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// Whatever comes, the receiver gives frames or one [ProtocolException], and reserves no more
/// memory than one fragment beyond what has come.
class ReceiverFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void receiver_refusesOrReadsWhateverComes(FuzzedDataProvider data) {
    ChannelKind kind = data.pickValue(ChannelKind.values());
    boolean handshakeOver = data.consumeBoolean();
    int step = data.consumeInt(1, 64);
    boolean preface = data.consumeBoolean();
    byte[] bytes = data.consumeRemainingAsBytes();
    try (var probe = new ReceiverProbe(kind, handshakeOver)) {
      if (preface && kind.hasPreface()) {
        probe.feed(FrameReceiver.PREFACE, 8);
      }
      probe.feed(bytes, step);
      assertTrue(probe.reserved <= bytes.length + Limits.FRAGMENT_BYTES);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void message_isRefusedOrSurvivesARoundTrip(FuzzedDataProvider data) {
    FrameType type = data.pickValue(FrameType.values());
    if (type.isPayload()) {
      return;
    }
    Message message;
    try {
      message = MessageWire.read(type, data.consumeRemainingAsBytes());
    } catch (ProtocolException refused) {
      return;
    }
    byte[] written = MessageWire.write(message);
    assertTrue(written.length <= Limits.CONTROL_PAYLOAD_BYTES * 2);
    MessageWire.read(type, written);
  }
}
