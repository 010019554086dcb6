// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlStreamReader;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.satellite.convert.CellWriter;
import io.launchpad.satellite.convert.ColumnConversion;
import io.launchpad.satellite.convert.DoesNotFit;
import io.launchpad.satellite.convert.TypeMapping;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.sdk.Parameters;
import io.launchpad.sdk.Values;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The declared parameters of a call: one row of a BXL stream in, one row out.
public final class ParameterRow implements Parameters {
  /// The key in a column's metadata: `in`, `out` or `inout`.
  public static final String DIRECTION = "launchpad:direction";

  private static final class Slot {
    final Field field;
    final String direction;
    final @Nullable Object given;
    @Nullable Object value;
    boolean assigned;

    Slot(Field field, String direction, @Nullable Object given) {
      this.field = field;
      this.direction = direction;
      this.given = given;
      value = given;
      assigned = !direction.equals("out");
    }

    boolean isOut() {
      return !direction.equals("in");
    }
  }

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final TypeMapping mapping;

  /// A call without parameters.
  public ParameterRow() {
    this(TypeMapping.EXACT);
  }

  private ParameterRow(TypeMapping mapping) {
    this.mapping = mapping;
  }

  /// From a stream that stands in the request.
  public static ParameterRow inline(byte[] bytes, BufferAllocator allocator, TypeMapping mapping)
      throws IOException {
    var input = Channels.newChannel(new ByteArrayInputStream(bytes));
    try (BxlStreamReader reader =
        BxlChannels.reader(allocator, input, new BxlValidator(BxlLimits.DEFAULT))) {
      return read(reader, mapping);
    } catch (BxlException e) {
      throw SatelliteException.of(ErrorCode.BAD_REQUEST, "parameters: " + e.getMessage());
    }
  }

  /// From a stream of their own, with the values as they are.
  public static ParameterRow of(InboundFrames frames, BufferAllocator allocator)
      throws IOException {
    return of(frames, allocator, TypeMapping.EXACT);
  }

  /// From a stream of their own.
  public static ParameterRow of(
      InboundFrames frames, BufferAllocator allocator, TypeMapping mapping) throws IOException {
    var source = new BatchSource(frames, allocator);
    try (var reader = new BatchReader(allocator, source.wireSchema(), source, false)) {
      return read(reader, mapping);
    }
  }

  private static ParameterRow read(ArrowReader reader, TypeMapping mapping) throws IOException {
    var row = new ParameterRow(mapping);
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    int rows = 0;
    while (reader.loadNextBatch()) {
      rows += root.getRowCount();
      if (root.getRowCount() == 1) {
        row.take(root, reader);
      }
    }
    if (rows != 1) {
      throw SatelliteException.of(
          ErrorCode.BAD_REQUEST, "parameters: %d rows instead of one".formatted(rows));
    }
    return row;
  }

  private void take(VectorSchemaRoot root, DictionaryProvider dictionaries)
      throws SatelliteException {
    for (FieldVector vector : root.getFieldVectors()) {
      Field field = plain(vector.getField(), dictionaries);
      String direction = field.getMetadata().getOrDefault(DIRECTION, "in");
      if (!List.of("in", "out", "inout").contains(direction)) {
        throw SatelliteException.of(
            ErrorCode.BAD_REQUEST,
            "parameters: @%s has the direction '%s'".formatted(field.getName(), direction));
      }
      mapping.check(field);
      Object value = mapping.shown(Values.get(vector, 0, dictionaries));
      if (slots.put(key(field.getName()), new Slot(field, direction, value)) != null) {
        throw SatelliteException.ofColumn(
            ErrorCode.PARAMETER,
            field.getName(),
            "@%s is declared twice".formatted(field.getName()));
      }
    }
  }

  /// The parameter's type is that of its value, however it was sent.
  private static Field plain(Field field, DictionaryProvider dictionaries) {
    if (field.getDictionary() == null) {
      return field;
    }
    Field values = dictionaries.lookup(field.getDictionary().getId()).getVector().getField();
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), values.getType(), null, field.getMetadata()),
        values.getChildren());
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// Takes a parameter that is meant for the satellite, not for the script.
  public Optional<byte[]> takeBinary(String name) throws SatelliteException {
    Slot slot = slots.remove(key(name));
    if (slot == null || slot.value == null) {
      return Optional.empty();
    }
    if (!(slot.value instanceof byte[] bytes)) {
      throw SatelliteException.ofColumn(
          ErrorCode.PARAMETER, name, "@%s must be varbinary".formatted(name));
    }
    return Optional.of(bytes);
  }

  @Override
  public List<String> names() {
    return slots.values().stream().map(slot -> slot.field.getName()).toList();
  }

  @Override
  public @Nullable Object get(String name) {
    return slot(name).value;
  }

  @Override
  public void set(String name, @Nullable Object value) {
    Slot slot = slot(name);
    if (!slot.isOut()) {
      throw new IllegalArgumentException(
          "@%s is not declared OUTPUT".formatted(slot.field.getName()));
    }
    slot.value = mapping.returned(value);
    slot.assigned = true;
  }

  private Slot slot(String name) {
    Slot slot = slots.get(key(name));
    if (slot == null) {
      throw new IllegalArgumentException("no parameter @%s; there are %s".formatted(name, names()));
    }
    return slot;
  }

  /// Before a further run: parameters that are not for output are as declared.
  public void rebind() {
    for (Slot slot : slots.values()) {
      if (!slot.isOut()) {
        slot.value = slot.given;
      }
    }
  }

  public boolean hasOutputs() {
    return slots.values().stream().anyMatch(Slot::isOut);
  }

  /// Sends the output parameters as one row.
  public StreamTotal send(OutboundStream stream, BufferAllocator allocator) throws IOException {
    List<Field> fields = new ArrayList<>();
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (Slot slot : slots.values()) {
        if (slot.isOut()) {
          FieldVector vector = encoded(slot, allocator);
          vectors.add(vector);
          fields.add(vector.getField());
        }
      }
      var row = new VectorSchemaRoot(fields, vectors, 1);
      var output =
          new OutputData(
              "the output parameters", Optional.of(new Schema(fields)), stream, allocator, 0);
      try (output) {
        output.append(row, new DictionaryProvider.MapDictionaryProvider());
        return output.finish();
      }
    } finally {
      vectors.forEach(FieldVector::close);
    }
  }

  private static FieldVector encoded(Slot slot, BufferAllocator allocator)
      throws SatelliteException {
    Field field = slot.field;
    String name = field.getName();
    if (!slot.assigned) {
      throw SatelliteException.ofColumn(
          ErrorCode.RESULT_MISSING,
          name,
          "the script did not assign the output parameter @" + name);
    }
    Field nullable =
        new Field(
            name,
            new FieldType(true, field.getType(), null, field.getMetadata()),
            field.getChildren());
    FieldVector vector = nullable.createVector(allocator);
    boolean complete = false;
    try {
      vector.allocateNew();
      CellWriter.set(vector, 0, slot.value);
      vector.setValueCount(1);
      complete = true;
      return vector;
    } catch (DoesNotFit e) {
      Object value = slot.value;
      throw SatelliteException.ofColumn(
          ErrorCode.PARAMETER,
          name,
          "@%s: %s does not fit %s%s"
              .formatted(
                  name,
                  value == null ? "NULL" : CellWriter.shown(value),
                  ColumnConversion.typeName(field),
                  e.reason()));
    } finally {
      if (!complete) {
        vector.close();
      }
    }
  }
}
