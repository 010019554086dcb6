// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.convert.ColumnConversion.CellFailure;
import io.launchpad.embedded.sql.Statement.ResultColumn;
import io.launchpad.embedded.type.SqlType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// A result as the caller declared it, read from the result as the script sent it: columns by
/// position, dictionaries resolved, types converted. Without a declaration nothing but dictionaries
/// changes. The source is not closed.
public final class ResultSetConversion extends ArrowReader {

  /// How the columns of the converted result are called.
  public enum Names {
    /// As declared, else as the script labelled them.
    DECLARED,
    /// `c0`, `c1`, …, whatever they were: distinct names for DuckDB.
    NUMBERED
  }

  private final ArrowReader source;
  private final Optional<List<ResultColumn>> declared;
  private final Names names;
  private final UnaryOperator<String> labels;
  private final int number;
  private final List<ColumnConversion> conversions = new ArrayList<>();
  private long rows;

  /// @param number which result set of the call it is, counted from 1
  public ResultSetConversion(
      BufferAllocator allocator,
      ArrowReader source,
      Optional<List<ResultColumn>> declared,
      Names names,
      int number) {
    this(allocator, source, declared, names, number, UnaryOperator.identity());
  }

  private ResultSetConversion(
      BufferAllocator allocator,
      ArrowReader source,
      Optional<List<ResultColumn>> declared,
      Names names,
      int number,
      UnaryOperator<String> labels) {
    super(allocator);
    this.number = number;
    this.source = source;
    this.declared = declared;
    this.names = names;
    this.labels = labels;
  }

  /// A result whose columns stay what they are, under other labels.
  public static ResultSetConversion relabelled(
      BufferAllocator allocator, ArrowReader source, UnaryOperator<String> labels) {
    return new ResultSetConversion(allocator, source, Optional.empty(), Names.DECLARED, 1, labels);
  }

  @Override
  protected Schema readSchema() throws IOException {
    VectorSchemaRoot root = source.getVectorSchemaRoot();
    int count = root.getFieldVectors().size();
    if (declared.isPresent() && declared.get().size() != count) {
      throw ResultErrors.columnCount(number, declared.get().size(), count);
    }
    for (int i = 0; i < count; i++) {
      Field field = decodedField(root.getVector(i).getField());
      conversions.add(conversion(field, i));
    }
    return new Schema(conversions.stream().map(ColumnConversion::target).toList());
  }

  private ColumnConversion conversion(Field field, int index) {
    String label =
        declared.map(columns -> columns.get(index).name()).orElse(labels.apply(field.getName()));
    String name = names == Names.NUMBERED ? "c" + index : label;
    if (declared.isEmpty()) {
      return ColumnConversion.unchanged(field, name);
    }
    ResultColumn column = declared.get().get(index);
    SqlType sent = ArrowTypes.sqlType(field);
    boolean typed = !(field.getType() instanceof ArrowType.Null);
    if (typed && !Conversions.exists(sent, column.type())) {
      throw ResultErrors.noConversion(number, column.type(), index + 1, sent);
    }
    return ColumnConversion.to(field, column, name);
  }

  /// The field of the values a dictionary-encoded field stands for.
  private Field decodedField(Field field) {
    if (field.getDictionary() == null) {
      return field;
    }
    Field values = dictionary(field).getVector().getField();
    return new Field(field.getName(), values.getFieldType(), values.getChildren());
  }

  private Dictionary dictionary(Field field) {
    long id = field.getDictionary().getId();
    Dictionary dictionary = source.lookup(id);
    if (dictionary == null) {
      throw new IllegalStateException("the result has no dictionary " + id);
    }
    return dictionary;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    ensureInitialized();
    VectorSchemaRoot target = getVectorSchemaRoot();
    target.clear();
    if (!source.loadNextBatch()) {
      return false;
    }
    VectorSchemaRoot root = source.getVectorSchemaRoot();
    int count = root.getRowCount();
    for (int i = 0; i < conversions.size(); i++) {
      convert(root.getVector(i), target.getVector(i), i, count);
    }
    target.setRowCount(count);
    rows += count;
    return true;
  }

  private void convert(FieldVector from, FieldVector into, int index, int count) {
    if (from.getField().getDictionary() == null) {
      convertPlain(from, into, index, count);
      return;
    }
    try (FieldVector decoded =
        (FieldVector) DictionaryEncoder.decode(from, dictionary(from.getField()), allocator)) {
      convertPlain(decoded, into, index, count);
    }
  }

  private void convertPlain(FieldVector from, FieldVector into, int index, int count) {
    Field field = conversions.get(index).target();
    if (declared.isPresent() && !field.isNullable() && from.getNullCount() > 0) {
      throw ResultErrors.nullNotAllowed(
          number, index + 1, label(index), rows + firstNull(from) + 1);
    }
    try {
      conversions.get(index).convert(from, into, count);
    } catch (CellFailure e) {
      SqlType type = ArrowTypes.sqlType(field);
      throw ResultErrors.cell(number, index + 1, label(index), rows + e.row + 1, type, e.reason);
    }
  }

  private String label(int index) {
    return declared.map(columns -> columns.get(index).name()).orElse("");
  }

  private static int firstNull(FieldVector vector) {
    int row = 0;
    while (!vector.isNull(row)) {
      row++;
    }
    return row;
  }

  /// Rows given so far.
  long rows() {
    return rows;
  }

  @Override
  public long bytesRead() {
    return source.bytesRead();
  }

  @Override
  protected void closeReadSource() {
    // The source stays with whoever opened it.
  }
}
