// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.flatbuffers.FlatBufferBuilder;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.types.pojo.Schema;

/// A record batch laid out by hand, so that everything about it can be wrong.
final class RawBatch {
  long rows;
  boolean compressed;
  final List<Long> variadicCounts = new ArrayList<>();
  private final List<long[]> nodes = new ArrayList<>();
  private final List<byte[]> buffers = new ArrayList<>();
  private final Map<Integer, long[]> announced = new HashMap<>();

  /// The batch of these values, as right as a writer would make it.
  ///
  /// @param columns a JSON array of columns
  static RawBatch of(Schema schema, String columns) {
    Map<Long, Dictionary> dictionaries = new HashMap<>();
    RawBatch batch = new RawBatch();
    try (BufferAllocator allocator = new RootAllocator()) {
      List<FieldVector> vectors =
          JsonStream.memoryFields(allocator, schema, dictionaries).stream()
              .map(field -> field.createVector(allocator))
              .toList();
      JsonNode values = JsonStream.MAPPER.readTree(columns);
      for (int i = 0; i < vectors.size(); i++) {
        new JsonValues(Map.of()).writeAll(vectors.get(i), JsonStream.list(values.get(i)));
        batch.append(allocator, vectors.get(i));
      }
      vectors.forEach(FieldVector::close);
      dictionaries.values().forEach(dictionary -> dictionary.getVector().close());
    } catch (JsonProcessingException | BxlException e) {
      throw new UncheckedIOException(e);
    }
    return batch;
  }

  private void append(BufferAllocator allocator, FieldVector vector) throws BxlException {
    try (RowRange range = new RowRange(allocator, Long.MAX_VALUE, 0)) {
      range.append(vector, vector.getName(), 0, vector.getValueCount());
      rows = vector.getValueCount();
      range.nodes().forEach(node -> nodes.add(new long[] {node.length(), node.nullCount()}));
      for (ArrowBuf buffer : range.buffers()) {
        byte[] bytes = new byte[(int) buffer.readableBytes()];
        buffer.getBytes(0, bytes);
        buffers.add(bytes);
      }
    }
  }

  RawBatch rows(long value) {
    rows = value;
    return this;
  }

  RawBatch node(int index, long length, long nullCount) {
    nodes.set(index, new long[] {length, nullCount});
    return this;
  }

  RawBatch addNode(long length, long nullCount) {
    nodes.add(new long[] {length, nullCount});
    return this;
  }

  RawBatch dropNode() {
    nodes.removeLast();
    return this;
  }

  RawBatch buffer(int index, int... bytes) {
    byte[] copy = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      copy[i] = (byte) bytes[i];
    }
    buffers.set(index, copy);
    return this;
  }

  RawBatch addBuffer(int... bytes) {
    buffers.add(new byte[0]);
    return buffer(buffers.size() - 1, bytes);
  }

  RawBatch dropBuffer() {
    buffers.removeLast();
    return this;
  }

  /// Changes the bytes of one buffer.
  RawBatch edit(int index, Consumer<ByteBuffer> edit) {
    edit.accept(ByteBuffer.wrap(buffers.get(index)).order(ByteOrder.LITTLE_ENDIAN));
    return this;
  }

  /// Announces another place for one buffer than where it is.
  RawBatch announce(int index, long offset, long length) {
    announced.put(index, new long[] {offset, length});
    return this;
  }

  /// Where buffer `index` lies in the body.
  long offset(int index) {
    return buffers.subList(0, index).stream().mapToLong(b -> VectorLayout.padded(b.length)).sum();
  }

  byte[] body() {
    byte[] body = new byte[(int) offset(buffers.size())];
    for (int i = 0; i < buffers.size(); i++) {
      System.arraycopy(buffers.get(i), 0, body, (int) offset(i), buffers.get(i).length);
    }
    return body;
  }

  /// Writes the `RecordBatch` table and returns where it is.
  int writeTo(FlatBufferBuilder builder) {
    RecordBatch.startNodesVector(builder, nodes.size());
    for (long[] node : nodes.reversed()) {
      FieldNode.createFieldNode(builder, node[0], node[1]);
    }
    int nodesAt = builder.endVector();
    RecordBatch.startBuffersVector(builder, buffers.size());
    for (int i = buffers.size() - 1; i >= 0; i--) {
      long[] place = announced.getOrDefault(i, new long[] {offset(i), buffers.get(i).length});
      Buffer.createBuffer(builder, place[0], place[1]);
    }
    int buffersAt = builder.endVector();
    long[] counts = variadicCounts.stream().mapToLong(Long::longValue).toArray();
    int countsAt = RecordBatch.createVariadicBufferCountsVector(builder, counts);
    int compressionAt =
        compressed
            ? BodyCompression.createBodyCompression(builder, CompressionType.ZSTD, (byte) 0)
            : 0;
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, rows);
    RecordBatch.addNodes(builder, nodesAt);
    RecordBatch.addBuffers(builder, buffersAt);
    if (compressed) {
      RecordBatch.addCompression(builder, compressionAt);
    }
    if (counts.length > 0) {
      RecordBatch.addVariadicBufferCounts(builder, countsAt);
    }
    return RecordBatch.endRecordBatch(builder);
  }
}
