// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The checks of a stream from a sender that is not trusted: all of FORMAT.md section 7.
///
/// For each frame, [#header] first, which needs 64 bytes and tells how much memory the frame wants;
/// then [#frame] with all of it; at the end of the input [#finish]. Nothing of a body is copied. A
/// validator that has thrown is of no more use: the stream is to be given up.
///
/// Not thread-safe.
public final class BxlValidator {
  private static final int PREFIX_LENGTH = 8;

  private final BxlLimits limits;
  private final @Nullable Schema declared;
  private final FrameSequence sequence;
  private final Map<Long, Long> entriesOfDictionaries = new HashMap<>();
  private SchemaParser.Parsed schema = SchemaParser.Parsed.NOTHING;

  public BxlValidator(BxlLimits limits) {
    this(limits, null);
  }

  private BxlValidator(BxlLimits limits, @Nullable Schema declared) {
    this.limits = limits;
    this.declared = declared;
    this.sequence = new FrameSequence(limits);
  }

  /// A validator that also wants the columns of `declared`: as many, each of the same type. A
  /// column that is declared not nullable may hold no null even if the stream's schema allows it.
  /// Names of columns are not compared.
  public static BxlValidator expecting(Schema declared, BxlLimits limits) {
    return new BxlValidator(limits, declared);
  }

  /// Checks the header at the position of `first`, which is left unchanged. Does not go on: the
  /// frame itself is to follow.
  ///
  /// @param first at least 64 bytes
  /// @return the header, from whose [FrameHeader#frameLength] memory may be reserved
  public FrameHeader header(ByteBuffer first) throws BxlException {
    FrameHeader header = FrameHeader.parse(first, sequence.totals().frames());
    sequence.check(header);
    if (header.kind() == FrameKind.DICTIONARY
        && !schema.dictionaries().containsKey(header.dictionaryId())) {
      throw BxlException.at(
          BxlError.BAD_DICTIONARY,
          header.frameNumber(),
          48,
          "the schema names no dictionary " + header.dictionaryId());
    }
    return header;
  }

  /// Checks the next frame: the bytes from the position of `whole` to its limit, which are left
  /// unchanged.
  public FrameHeader frame(ByteBuffer whole) throws BxlException {
    return validate(whole).header();
  }

  /// Checks that the stream is complete; to be called when the input ends.
  public void finish() throws BxlException {
    sequence.finish();
  }

  /// Whether the end frame has passed.
  public boolean ended() {
    return sequence.ended();
  }

  /// What has passed so far.
  public BxlTotals totals() {
    return sequence.totals();
  }

  /// The schema, once its frame has passed: dictionary-encoded fields have their value type.
  public Optional<Schema> schema() {
    return totals().frames() == 0 ? Optional.empty() : Optional.of(schema.schema());
  }

  /// A frame that has passed.
  ///
  /// @param layout what its record batch announces, null when it has none
  record Passed(FrameHeader header, @Nullable BatchLayout layout) {}

  Passed validate(ByteBuffer whole) throws BxlException {
    FrameHeader header = header(whole);
    ByteBuffer bytes = whole.slice().order(ByteOrder.LITTLE_ENDIAN);
    requireLength(header, bytes);
    requireChecksum(header, bytes);
    BatchLayout layout =
        switch (header.kind()) {
          case SCHEMA -> {
            readSchema(header, bytes);
            yield null;
          }
          case DICTIONARY -> validateDictionary(header, bytes);
          case BATCH -> validateBatch(header, bytes);
          case END -> null;
        };
    sequence.advance(header);
    return new Passed(header, layout);
  }

  private static void requireLength(FrameHeader header, ByteBuffer bytes) throws BxlException {
    if (bytes.limit() < header.frameLength()) {
      throw BxlException.at(
          BxlError.TRUNCATED,
          header.frameNumber(),
          bytes.limit(),
          "the frame has " + bytes.limit() + " of " + header.frameLength() + " bytes");
    }
    if (bytes.limit() > header.frameLength()) {
      throw BxlException.at(
          BxlError.BAD_HEADER,
          header.frameNumber(),
          8,
          "frame length " + header.frameLength() + " of a frame of " + bytes.limit() + " bytes");
    }
  }

  private static void requireChecksum(FrameHeader header, ByteBuffer bytes) throws BxlException {
    if (!header.checked()) {
      return;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, FrameHeader.CRC_OFFSET));
    crc.update(new byte[4]);
    int rest = FrameHeader.CRC_OFFSET + 4;
    crc.update(bytes.slice(rest, bytes.limit() - rest));
    if ((int) crc.getValue() != header.crc()) {
      throw BxlException.at(
          BxlError.BAD_CHECKSUM,
          header.frameNumber(),
          FrameHeader.CRC_OFFSET,
          "the frame was changed on its way");
    }
  }

  private void readSchema(FrameHeader header, ByteBuffer bytes) throws BxlException {
    Flatbuffer flatbuffer = metadata(header, bytes);
    SchemaParser.Parsed parsed =
        SchemaParser.parse(flatbuffer, message(header, flatbuffer, MessageHeader.Schema), limits);
    if (declared != null) {
      FieldTypes.requireSame(declared, parsed.columns(), header.frameNumber());
      parsed =
          parsed.withNullability(declared.getFields().stream().map(Field::isNullable).toList());
    }
    schema = parsed;
  }

  private BatchLayout validateDictionary(FrameHeader header, ByteBuffer bytes) throws BxlException {
    Flatbuffer flatbuffer = metadata(header, bytes);
    Flatbuffer.Table dictionary = message(header, flatbuffer, MessageHeader.DictionaryBatch);
    long id = dictionary.getLong(0, 0);
    if (id != header.dictionaryId()) {
      throw BxlException.at(
          BxlError.BAD_HEADER,
          header.frameNumber(),
          48,
          "dictionary id " + header.dictionaryId() + ", but the message defines " + id);
    }
    if (dictionary.getBoolean(2)) {
      throw BxlException.in(BxlError.UNSUPPORTED, header.frameNumber(), "a delta dictionary");
    }
    ColumnPlan values = schema.dictionaries().get(id);
    if (values == null) {
      throw new IllegalStateException("the header was not checked");
    }
    Flatbuffer.Table batch = dictionary.requiredTable(1, "the values of a dictionary");
    BatchLayout layout = validateBody(header, bytes, flatbuffer, batch, List.of(values));
    entriesOfDictionaries.put(id, layout.rows());
    return layout;
  }

  private BatchLayout validateBatch(FrameHeader header, ByteBuffer bytes) throws BxlException {
    for (long id : schema.dictionaries().keySet()) {
      if (!entriesOfDictionaries.containsKey(id)) {
        throw BxlException.in(
            BxlError.BAD_DICTIONARY,
            header.frameNumber(),
            "a batch before dictionary " + id + " is defined");
      }
    }
    Flatbuffer flatbuffer = metadata(header, bytes);
    Flatbuffer.Table batch = message(header, flatbuffer, MessageHeader.RecordBatch);
    return validateBody(header, bytes, flatbuffer, batch, schema.columns());
  }

  private BatchLayout validateBody(
      FrameHeader header,
      ByteBuffer bytes,
      Flatbuffer flatbuffer,
      Flatbuffer.Table batch,
      List<ColumnPlan> columns)
      throws BxlException {
    long frame = header.frameNumber();
    BatchLayout layout = BatchLayout.parse(flatbuffer, batch, header.bodyLength());
    if (layout.rows() != header.rowCount()) {
      throw BxlException.at(
          BxlError.BAD_COUNT,
          frame,
          32,
          "row count " + header.rowCount() + ", but the message has " + layout.rows());
    }
    ByteBuffer body =
        bytes
            .slice(FrameHeader.LENGTH + header.metadataLength(), (int) header.bodyLength())
            .order(ByteOrder.LITTLE_ENDIAN);
    new BodyValidator(body, frame, limits, layout, entriesOfDictionaries).validate(columns);
    return layout;
  }

  private static Flatbuffer metadata(FrameHeader header, ByteBuffer bytes) throws BxlException {
    int at = FrameHeader.LENGTH;
    int size = header.metadataLength() - PREFIX_LENGTH;
    if (bytes.getInt(at) != -1 || bytes.getInt(at + 4) != size) {
      throw BxlException.at(
          BxlError.BAD_METADATA,
          header.frameNumber(),
          at,
          "the metadata must start with FFFFFFFF and the size " + size);
    }
    return new Flatbuffer(
        bytes.slice(at + PREFIX_LENGTH, size), at + PREFIX_LENGTH, header.frameNumber());
  }

  /// The message's own table, once version, kind and body length are as the header says.
  private static Flatbuffer.Table message(FrameHeader header, Flatbuffer flatbuffer, int kind)
      throws BxlException {
    Flatbuffer.Table message = flatbuffer.root();
    int version = message.getShort(0, MetadataVersion.V1);
    if (version != MetadataVersion.V5) {
      throw message.bad("metadata version " + version + " is not V5");
    }
    int found = message.getByte(1, MessageHeader.NONE);
    if (found != kind) {
      throw message.bad("a message of type " + found + " in a frame of kind " + header.kind());
    }
    long bodyLength = message.getLong(3, 0);
    if (bodyLength != header.bodyLength()) {
      throw BxlException.at(
          BxlError.BAD_COUNT,
          header.frameNumber(),
          24,
          "body length " + header.bodyLength() + ", but the message has " + bodyLength);
    }
    SchemaParser.keyValues(flatbuffer, message.vector(4, 4, 4));
    return message.requiredTable(2, "the header of a message");
  }
}
