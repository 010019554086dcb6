// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.TextFormat;
import io.launchpad.protocol.Vectors.Vector;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden vectors of `vectors/`, which other implementations share.
class ProtocolVectorTest {
  static Stream<Vector> messages() {
    return Vectors.read("messages.json").stream();
  }

  static Stream<Vector> streams() {
    return Vectors.read("streams.json").stream();
  }

  static Stream<Vector> malformed() {
    return Vectors.read("malformed.json").stream();
  }

  static Stream<Vector> secrets() {
    return Vectors.read("secrets.json").stream();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_isReadAndWrittenAsTheVectorSays(Vector vector) throws Exception {
    byte[] payload = vector.bytes("payload");
    FrameType type = FrameType.valueOf(vector.text("type"));
    Message message = MessageWire.read(type, payload);
    assertEquals(type, message.type());
    assertEquals(
        HexFormat.of().formatHex(payload), HexFormat.of().formatHex(MessageWire.write(message)));
    if (vector.has("text")) {
      var builder = ProtoTexts.builder(type);
      TextFormat.merge(vector.text("text"), builder);
      assertArrayEquals(payload, builder.build().toByteArray());
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void stream_givesItsFramesHoweverItIsCut(Vector vector) {
    byte[] bytes = vector.bytes("bytes");
    for (int step : new int[] {1, 2, 7, 16, 17, 100, bytes.length}) {
      try (ReceiverProbe probe = probe(vector)) {
        probe.feed(bytes, step);
        assertNull(probe.failure, () -> "step " + step + ": " + probe.failure);
        List<String> found = new ArrayList<>();
        probe.messages.forEach(message ->
            found.add(message.type() + HexFormat.of().formatHex(MessageWire.write(message))));
        for (int i = 0; i < probe.payloads.size(); i++) {
          FrameHeader header = probe.payloadHeaders.get(i);
          found.add(
              header.type()
                  + " "
                  + header.stream()
                  + header.more()
                  + header.sequence()
                  + HexFormat.of().formatHex(probe.payloads.get(i)));
        }
        assertEquals(expected(vector).sorted().toList(), found.stream().sorted().toList());
      }
    }
  }

  private static Stream<String> expected(Vector vector) {
    return vector.list("frames").stream()
        .map(frame ->
            FrameType.valueOf(frame.text("type")).isPayload()
                ? frame.text("type")
                    + " "
                    + frame.get("stream")
                    + frame.get("more")
                    + frame.get("sequence")
                    + frame.text("payload")
                : frame.text("type") + frame.text("payload"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedStream_isRefusedWithTheVectorsCode(Vector vector) {
    byte[] bytes = vector.bytes("bytes");
    for (int step : new int[] {1, 5, bytes.length}) {
      try (ReceiverProbe probe = probe(vector)) {
        probe.feed(bytes, step);
        assertNotNull(probe.failure, vector.text("why"));
        assertEquals(ErrorCode.valueOf(vector.text("code")), probe.failure.error().code());
        assertTrue(probe.reserved <= bytes.length, "memory was reserved by a bad length");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void proof_isAsTheVectorSays(Vector vector) {
    Bytes secret = Bytes.of(vector.bytes("secret"));
    var challenge =
        new SharedSecret.Challenge(
            vector.text("engine_id"),
            vector.text("launchpad_id"),
            Bytes.of(vector.bytes("hello_nonce")),
            Bytes.of(vector.bytes("welcome_nonce")),
            Bytes.of(vector.bytes("binding")));
    assertEquals(
        Bytes.of(vector.bytes("engine_proof")),
        SharedSecret.prove(secret, SharedSecret.Label.ENGINE, challenge));
    assertEquals(
        Bytes.of(vector.bytes("server_proof")),
        SharedSecret.prove(secret, SharedSecret.Label.SERVER, challenge));
  }

  private static ReceiverProbe probe(Vector vector) {
    return new ReceiverProbe(
        ChannelKind.valueOf(vector.text("channel").toUpperCase(Locale.ROOT)),
        vector.text("phase").equals("session"));
  }
}
