// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.arrow;

import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.CastException.Reason;
import io.launchpad.embedded.cast.Texts;
import io.launchpad.embedded.cast.Ticks;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/// Writes carriers of `SqlValue` into a vector made for a field of [ArrowTypes#field].
public final class CellWriter {

  private interface Sink {
    void write(int row, Object value);
  }

  private final FieldVector vector;
  private final Sink sink;

  private CellWriter(FieldVector vector, Sink sink) {
    this.vector = vector;
    this.sink = sink;
  }

  public static CellWriter of(FieldVector vector) {
    return new CellWriter(vector, sink(vector));
  }

  /// Puts a value, which is already of the vector's type, into a row.
  public void write(int row, Object value) {
    sink.write(row, value);
  }

  public void writeNull(int row) {
    vector.setNull(row);
  }

  private static Sink sink(FieldVector vector) {
    return switch (vector) {
      case BitVector bits -> (row, value) -> bits.setSafe(row, (Boolean) value ? 1 : 0);
      case BigIntVector ticks when ArrowTypes.extensionOf(vector.getField()).isPresent() ->
          (row, value) -> ticks.setSafe(row, Ticks.of((LocalDateTime) value));
      case BaseIntVector integers ->
          (row, value) -> integers.setWithPossibleTruncate(row, (Long) value);
      case Float8Vector doubles -> (row, value) -> doubles.setSafe(row, (Double) value);
      case Float4Vector floats -> (row, value) -> floats.setSafe(row, (Float) value);
      case DecimalVector decimals -> (row, value) -> decimals.setSafe(row, (BigDecimal) value);
      case VarCharVector texts ->
          (row, value) -> texts.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector bytes ->
          (row, value) -> {
            ByteBuffer buffer = (ByteBuffer) value;
            bytes.setSafe(row, buffer.duplicate(), buffer.position(), buffer.remaining());
          };
      case FixedSizeBinaryVector bytes -> (row, value) -> bytes.setSafe(row, bytes((UUID) value));
      case DateDayVector days ->
          (row, value) -> days.setSafe(row, Math.toIntExact(((LocalDate) value).toEpochDay()));
      case TimeStampVector stamps -> stamp(stamps);
      case TimeMicroVector times ->
          (row, value) -> times.setSafe(row, Ticks.timeToUnit((LocalTime) value, 1_000_000));
      case TimeNanoVector times ->
          (row, value) -> times.setSafe(row, Ticks.timeToUnit((LocalTime) value, 1_000_000_000));
      case StructVector struct -> offsetDateTime(struct);
      default -> throw new IllegalArgumentException("no writer for " + vector.getField());
    };
  }

  private static Sink stamp(TimeStampVector stamps) {
    var type = (ArrowType.Timestamp) stamps.getField().getType();
    long perSecond = ArrowTypes.perSecond(type.getUnit());
    boolean nanoseconds = perSecond == Ticks.NANOS_PER_SECOND;
    return (row, value) -> {
      LocalDateTime time = (LocalDateTime) value;
      if (nanoseconds && !Ticks.fitsNanoseconds(time)) {
        throw new CastException(
            Reason.OUT_OF_RANGE,
            "%s cannot be held with 7 digits, which reach from 1677-09-22 to 2262-04-10: declare datetime2(6)"
                .formatted(Texts.quoted(time)));
      }
      stamps.setSafe(row, Ticks.toUnit(time, perSecond));
    };
  }

  private static Sink offsetDateTime(StructVector struct) {
    var ticks = (BigIntVector) struct.getChild("ticks");
    var minutes = (SmallIntVector) struct.getChild("offset_minutes");
    return (row, value) -> {
      OffsetDateTime time = (OffsetDateTime) value;
      struct.setIndexDefined(row);
      ticks.setSafe(row, Ticks.of(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()));
      minutes.setSafe(row, time.getOffset().getTotalSeconds() / 60);
    };
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}
