// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Lays out the frames of one stream, one after another: it knows the number and the place of the
/// next one.
final class FrameEncoder {
  private static final int PREFIX_LENGTH = 8;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64).asReadOnlyBuffer();

  private final boolean checksums;
  private BxlTotals totals = BxlTotals.NOTHING;

  FrameEncoder(boolean checksums) {
    this.checksums = checksums;
  }

  BxlTotals totals() {
    return totals;
  }

  BxlFrame schema(Schema schema) {
    ByteBuffer message = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
    return frame(FrameKind.SCHEMA, message, List.of(), 0, 0, 0);
  }

  /// A dictionary frame; takes the buffers of `values` over.
  BxlFrame dictionary(long id, long entries, RowRange values) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    long bodyLength = bodyLength(values.buffers());
    int data = recordBatch(builder, entries, values);
    int dictionary = DictionaryBatch.createDictionaryBatch(builder, id, data, false);
    ByteBuffer message =
        MessageSerializer.serializeMessage(
            builder, MessageHeader.DictionaryBatch, dictionary, bodyLength, IpcOption.DEFAULT);
    return frame(FrameKind.DICTIONARY, message, taken(values), bodyLength, entries, id);
  }

  /// A batch frame; takes the buffers of `range` over.
  BxlFrame batch(long rows, RowRange range) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    long bodyLength = bodyLength(range.buffers());
    int batch = recordBatch(builder, rows, range);
    ByteBuffer message =
        MessageSerializer.serializeMessage(
            builder, MessageHeader.RecordBatch, batch, bodyLength, IpcOption.DEFAULT);
    return frame(FrameKind.BATCH, message, taken(range), bodyLength, rows, 0);
  }

  BxlFrame end() {
    return frame(FrameKind.END, null, List.of(), 0, totals.rows(), 0);
  }

  private static List<ArrowBuf> taken(RowRange range) {
    List<ArrowBuf> buffers = List.copyOf(range.buffers());
    range.buffers().clear();
    return buffers;
  }

  private static long bodyLength(List<ArrowBuf> buffers) {
    long length = 0;
    for (ArrowBuf buffer : buffers) {
      length += VectorLayout.padded(buffer.readableBytes());
    }
    return length;
  }

  private static int recordBatch(FlatBufferBuilder builder, long rows, RowRange range) {
    List<RowRange.Node> nodes = range.nodes();
    RecordBatch.startNodesVector(builder, nodes.size());
    for (RowRange.Node node : nodes.reversed()) {
      FieldNode.createFieldNode(builder, node.length(), node.nullCount());
    }
    int nodesAt = builder.endVector();
    List<ArrowBuf> buffers = range.buffers();
    RecordBatch.startBuffersVector(builder, buffers.size());
    long end = bodyLength(buffers);
    for (ArrowBuf buffer : buffers.reversed()) {
      end -= VectorLayout.padded(buffer.readableBytes());
      Buffer.createBuffer(builder, end, buffer.readableBytes());
    }
    int buffersAt = builder.endVector();
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, rows);
    RecordBatch.addNodes(builder, nodesAt);
    RecordBatch.addBuffers(builder, buffersAt);
    return RecordBatch.endRecordBatch(builder);
  }

  private BxlFrame frame(
      FrameKind kind,
      @Nullable ByteBuffer message,
      List<ArrowBuf> buffers,
      long bodyLength,
      long rows,
      long dictionaryId) {
    int metadataLength =
        message == null
            ? 0
            : Math.toIntExact(VectorLayout.padded(PREFIX_LENGTH + (long) message.remaining()));
    FrameHeader header =
        new FrameHeader(
            kind,
            false,
            FrameHeader.LENGTH + metadataLength + bodyLength,
            metadataLength,
            0,
            bodyLength,
            rows,
            totals.frames(),
            dictionaryId,
            totals.bytes());
    ByteBuffer head =
        ByteBuffer.allocate(FrameHeader.LENGTH + metadataLength).order(ByteOrder.LITTLE_ENDIAN);
    header.write(head);
    if (message != null) {
      head.putInt(-1).putInt(metadataLength - PREFIX_LENGTH).put(message.duplicate());
    }
    head.clear();
    List<ByteBuffer> pieces = new ArrayList<>();
    pieces.add(head);
    for (ArrowBuf buffer : buffers) {
      addPieces(pieces, buffer);
    }
    if (checksums) {
      header = header.withCrc(0);
      header.write(head.duplicate());
      header = header.withCrc(crc(pieces));
      header.write(head.duplicate());
    }
    totals = totals.plus(header);
    return new BxlFrame(header, pieces, buffers);
  }

  private static void addPieces(List<ByteBuffer> pieces, ArrowBuf buffer) {
    int length = Math.toIntExact(buffer.readableBytes());
    if (length > 0) {
      pieces.add(buffer.nioBuffer(0, length));
    }
    int padding = (int) (VectorLayout.padded(length) - length);
    if (padding > 0) {
      pieces.add(ZEROS.slice(0, padding));
    }
  }

  private static int crc(List<ByteBuffer> pieces) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer piece : pieces) {
      crc.update(piece.duplicate());
    }
    return (int) crc.getValue();
  }
}
