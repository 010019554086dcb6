// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.bxl.BxlError;
import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlTotals;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.satellite.convert.ColumnConversion;
import io.launchpad.satellite.convert.TypeMapping;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.sdk.ColumnWriter;
import io.launchpad.sdk.Output;
import io.launchpad.sdk.RowWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/// One output of a session; every write appends to its stream.
public final class OutputData implements Output, AutoCloseable {
  private static final DictionaryProvider NO_DICTIONARIES =
      new DictionaryProvider.MapDictionaryProvider();
  private static final int COLUMNS_MAX = 4_096;

  private final String name;
  private final Optional<Schema> declared;
  private final FrameSender sender;
  private final BufferAllocator allocator;
  private final BxlWriterOptions options;
  private final TypeMapping mapping;
  private final List<RowsOfOutput> open = new ArrayList<>();
  private final List<UntypedRows> untyped = new ArrayList<>();
  private final CurrentDictionaries dictionaries = new CurrentDictionaries();
  private @Nullable BxlWriter writer;
  private @Nullable Schema schema;
  private long rows;
  private boolean written;

  /// An output whose values are sent as they are.
  ///
  /// @param valueBytes the longest value that may be sent, 0 for the format's own limit
  public OutputData(
      String name,
      Optional<Schema> declared,
      OutboundStream stream,
      BufferAllocator allocator,
      long valueBytes) {
    this(name, declared, stream, allocator, valueBytes, TypeMapping.EXACT);
  }

  /// @param mapping what becomes of values on their way back
  public OutputData(
      String name,
      Optional<Schema> declared,
      OutboundStream stream,
      BufferAllocator allocator,
      long valueBytes,
      TypeMapping mapping) {
    this.mapping = mapping;
    this.name = name;
    this.declared = declared;
    this.sender = new FrameSender(stream);
    this.allocator = allocator;
    BxlLimits limits = BxlLimits.DEFAULT;
    options =
        BxlWriterOptions.DEFAULT.withLimits(
            valueBytes == 0
                ? limits
                : limits.withValueBytes(Math.min(valueBytes, limits.valueBytes())));
    schema = declared.map(this::inMemory).orElse(null);
  }

  /// The columns as vectors have them: dictionary-encoded ones are indices.
  private Schema inMemory(Schema wire) {
    List<Field> fields = new ArrayList<>();
    for (Field field : wire.getFields()) {
      fields.add(DictionaryUtility.toMemoryFormat(field, allocator, new HashMap<>()));
    }
    return new Schema(fields, wire.getCustomMetadata());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Schema> declared() {
    return declared;
  }

  @Override
  public void write(VectorSchemaRoot table) throws IOException {
    write(table, NO_DICTIONARIES);
  }

  @Override
  public void write(VectorSchemaRoot table, DictionaryProvider provider) throws IOException {
    flushRows();
    append(table, provider);
    // The vectors are the script's again, to change as it likes.
    sender.drain();
  }

  @Override
  public void write(ArrowReader reader) throws IOException {
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    boolean some = false;
    while (reader.loadNextBatch()) {
      write(root, reader);
      some = true;
    }
    if (!some) {
      root.setRowCount(0);
      write(root, reader);
    }
  }

  @Override
  public ColumnWriter columns() {
    return new ArraysOfOutput(this, allocator);
  }

  @Override
  public RowWriter rows() {
    return rows(
        declared
            .orElseThrow(() ->
                new IllegalStateException(
                    "no columns of '%s' are declared; name them: rows(Columns.int64(\"id\"), …)"
                        .formatted(name)))
            .getFields());
  }

  @Override
  public RowWriter rows(String... columns) {
    var rowWriter = new UntypedRows(List.of(columns), this::rows);
    untyped.add(rowWriter);
    return rowWriter;
  }

  @Override
  public RowWriter rows(Field... columns) {
    return rows(List.of(columns));
  }

  private RowsOfOutput rows(List<Field> columns) {
    var rowWriter = new RowsOfOutput(this, fieldsFor(columns), allocator);
    open.add(rowWriter);
    return rowWriter;
  }

  /// What is declared, or was written first, where there are as many columns: then values become
  /// that at once.
  private List<Field> fieldsFor(List<Field> columns) {
    Schema known = schema;
    boolean plain =
        known != null
            && known.getFields().size() == columns.size()
            && known.getFields().stream().allMatch(field -> field.getDictionary() == null);
    return plain && known != null ? known.getFields() : columns;
  }

  /// Sends what was gathered row by row, in front of what comes otherwise.
  void flushRows() throws IOException {
    for (UntypedRows rowWriter : List.copyOf(untyped)) {
      rowWriter.flush();
    }
    for (RowsOfOutput rowWriter : open) {
      rowWriter.flush();
    }
  }

  void closed(RowsOfOutput rowWriter) {
    open.remove(rowWriter);
  }

  /// How many rows were written.
  long rowCount() {
    return rows;
  }

  /// Takes the rows of a table whose memory stays as it is until it has been sent.
  void append(VectorSchemaRoot table, DictionaryProvider provider) throws IOException {
    List<FieldVector> given = table.getFieldVectors();
    checkCount(given.size());
    Schema wanted = schema;
    if (wanted == null) {
      wanted = table.getSchema();
      schema = wanted;
    }
    dictionaries.use(provider);
    List<FieldVector> made = new ArrayList<>();
    try {
      List<FieldVector> columns = new ArrayList<>();
      var conversion = new ColumnConversion(allocator, provider, rows);
      for (int i = 0; i < given.size(); i++) {
        Field field = wanted.getFields().get(i);
        Optional<FieldVector> returned =
            mapping.returned(given.get(i), table.getRowCount(), allocator);
        returned.ifPresent(made::add);
        FieldVector column = returned.orElse(given.get(i));
        if (!ColumnConversion.isSame(column.getField(), field)) {
          checkPlain(field);
        }
        FieldVector sent = conversion.convert(column, table.getRowCount(), field);
        if (!ColumnConversion.isSame(column.getField(), field)) {
          made.add(sent);
        }
        columns.add(sent);
      }
      send(wanted, new VectorSchemaRoot(wanted.getFields(), columns, table.getRowCount()));
    } finally {
      made.forEach(FieldVector::close);
    }
  }

  /// Values become values; they do not become indices of a dictionary that they may not be in.
  private void checkPlain(Field wanted) throws SatelliteException {
    for (Field child : wanted.getChildren()) {
      checkPlain(child);
    }
    if (wanted.getDictionary() != null) {
      throw SatelliteException.ofColumn(
          ErrorCode.RESULT_CONVERSION,
          wanted.getName(),
          "column '%s' of %s is %s as a dictionary of this type; write it from Arrow with one"
              .formatted(wanted.getName(), name, declared.isPresent() ? "declared" : "begun"));
    }
  }

  private void checkCount(int found) throws SatelliteException {
    Schema known = schema;
    if (known != null && known.getFields().size() != found) {
      throw SatelliteException.of(
          ErrorCode.RESULT_COLUMNS,
          "%s has %d columns, %d %s"
              .formatted(
                  name,
                  found,
                  known.getFields().size(),
                  declared.isPresent() ? "are declared" : "were written before"));
    }
    if (found > COLUMNS_MAX) {
      throw SatelliteException.of(
          ErrorCode.RESULT_COLUMNS, "%d columns, at most %d allowed".formatted(found, COLUMNS_MAX));
    }
  }

  private void send(Schema columns, VectorSchemaRoot table) throws IOException {
    try {
      writer(columns).write(table);
    } catch (BxlException e) {
      throw refused(e);
    }
    rows += table.getRowCount();
    written = true;
  }

  private BxlWriter writer(Schema columns) {
    BxlWriter known = writer;
    if (known == null) {
      known = new BxlWriter(columns, dictionaries, allocator, options, sender);
      writer = known;
    }
    return known;
  }

  private SatelliteException refused(BxlException e) {
    String column = e.column() == null ? "" : e.column();
    if (e.error() == BxlError.LIMIT_EXCEEDED && e.row().isPresent()) {
      long row = rows + e.row().getAsLong() + 1;
      return SatelliteException.ofValue(
          ErrorCode.VALUE_TOO_LARGE,
          column,
          row,
          "column '%s', row %d: %s".formatted(column, row, e.getMessage()));
    }
    return SatelliteException.ofColumn(
        e.error() == BxlError.LIMIT_EXCEEDED
            ? ErrorCode.VALUE_TOO_LARGE
            : ErrorCode.TYPE_UNSUPPORTED,
        column,
        "%s cannot be sent: %s".formatted(name, e.getMessage()));
  }

  /// Sends what waits: the script runs again, and that may take long.
  public void flush() throws IOException {
    flushRows();
    untyped.clear();
    open.clear();
  }

  /// Ends the stream. A result that was never written is an empty one, unless one was declared.
  public StreamTotal finish() throws IOException {
    flushRows();
    if (!written && declared.isPresent()) {
      throw SatelliteException.of(
          ErrorCode.RESULT_MISSING,
          "the script did not write %s, for which a result is declared".formatted(name));
    }
    Schema known = schema;
    try {
      BxlTotals totals = writer(known == null ? new Schema(List.of()) : known).end();
      sender.drain();
      return new StreamTotal(sender.number(), totals.frames(), totals.rows(), totals.bytes());
    } catch (BxlException e) {
      throw refused(e);
    }
  }

  @Override
  public void close() {
    open.forEach(RowsOfOutput::drop);
    if (writer != null) {
      writer.close();
    }
  }
}
