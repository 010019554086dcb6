// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/// Streams put together frame by frame, right or wrong.
final class StreamBuilder {
  private final List<byte[]> frames = new ArrayList<>();
  private long length;
  private long rows;

  StreamBuilder schema(Schema schema) {
    ByteBuffer message = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
    return frame(FrameKind.SCHEMA, message, new byte[0], 0, 0);
  }

  StreamBuilder batch(RawBatch batch) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int table = batch.writeTo(builder);
    rows += batch.rows;
    return frame(
        FrameKind.BATCH,
        message(builder, MessageHeader.RecordBatch, table, batch.body().length),
        batch.body(),
        batch.rows,
        0);
  }

  StreamBuilder dictionary(long id, RawBatch values) {
    return dictionary(id, values, false);
  }

  StreamBuilder dictionary(long id, RawBatch values, boolean delta) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int table = DictionaryBatch.createDictionaryBatch(builder, id, values.writeTo(builder), delta);
    return frame(
        FrameKind.DICTIONARY,
        message(builder, MessageHeader.DictionaryBatch, table, values.body().length),
        values.body(),
        values.rows,
        id);
  }

  StreamBuilder end() {
    return frame(FrameKind.END, ByteBuffer.allocate(0), new byte[0], rows, 0);
  }

  static ByteBuffer message(FlatBufferBuilder builder, byte kind, int table, long bodyLength) {
    return MessageSerializer.serializeMessage(builder, kind, table, bodyLength, IpcOption.DEFAULT);
  }

  /// A frame whose header fits its parts.
  StreamBuilder frame(
      FrameKind kind, ByteBuffer message, byte[] body, long rowCount, long dictionaryId) {
    int metadata = message.hasRemaining() ? (int) VectorLayout.padded(message.remaining() + 8L) : 0;
    FrameHeader header =
        new FrameHeader(
            kind,
            false,
            64L + metadata + body.length,
            metadata,
            0,
            body.length,
            rowCount,
            frames.size(),
            dictionaryId,
            length);
    ByteBuffer bytes = ByteBuffer.allocate(64 + metadata + body.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    header.write(bytes);
    if (metadata > 0) {
      bytes.putInt(-1).putInt(metadata - 8).put(message.duplicate());
    }
    bytes.put(64 + metadata, body);
    frames.add(bytes.array());
    length += bytes.capacity();
    return this;
  }

  /// Changes the bytes of the last frame.
  StreamBuilder edit(Consumer<ByteBuffer> edit) {
    edit.accept(ByteBuffer.wrap(frames.getLast()).order(ByteOrder.LITTLE_ENDIAN));
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    frames.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }
}
