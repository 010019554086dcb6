// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.arrow;

import io.launchpad.embedded.cast.Ticks;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Reads the values of one vector as carriers of `SqlValue`. What to do is decided once for the
/// vector.
public final class CellReader {

  private interface NonNull {
    Object read(int row);
  }

  private final FieldVector vector;
  private final NonNull values;

  private CellReader(FieldVector vector, NonNull values) {
    this.vector = vector;
    this.values = values;
  }

  public static CellReader of(FieldVector vector) {
    String extension = ArrowTypes.extensionOf(vector.getField()).orElse("");
    NonNull values =
        switch (vector) {
          case FixedSizeBinaryVector bytes when extension.equals(ArrowTypes.UUID) ->
              row -> uuid(bytes.get(row));
          case BigIntVector ticks when extension.equals(ArrowTypes.DATETIME2) ->
              row -> Ticks.toDateTime(ticks.get(row));
          case BigIntVector ticks when extension.equals(ArrowTypes.TIME) ->
              row -> Ticks.timeOfUnit(ticks.get(row), Ticks.PER_SECOND);
          case StructVector struct when extension.equals(ArrowTypes.DATETIMEOFFSET) ->
              offsetDateTime(struct);
          default -> plain(vector);
        };
    return new CellReader(vector, values);
  }

  public @Nullable Object read(int row) {
    return vector.isNull(row) ? null : values.read(row);
  }

  private static NonNull plain(FieldVector vector) {
    return switch (vector) {
      case BitVector bits -> row -> bits.get(row) != 0;
      case UInt8Vector integers -> row -> unsigned(integers.get(row));
      case BaseIntVector integers -> row -> integers.getValueAsLong(row);
      case Float8Vector doubles -> doubles::get;
      case Float4Vector floats -> floats::get;
      case DecimalVector decimals -> decimals::getObject;
      case Decimal256Vector decimals -> decimals::getObject;
      case VarCharVector texts -> row -> new String(texts.get(row), StandardCharsets.UTF_8);
      case LargeVarCharVector texts -> row -> new String(texts.get(row), StandardCharsets.UTF_8);
      case VarBinaryVector bytes -> row -> bytes(bytes.get(row));
      case LargeVarBinaryVector bytes -> row -> bytes(bytes.get(row));
      case FixedSizeBinaryVector bytes -> row -> bytes(bytes.get(row));
      case DateDayVector days -> row -> LocalDate.ofEpochDay(days.get(row));
      case TimeStampVector stamps -> stamp(stamps);
      case TimeSecVector times -> row -> Ticks.timeOfUnit(times.get(row), 1);
      case TimeMilliVector times -> row -> Ticks.timeOfUnit(times.get(row), 1_000);
      case TimeMicroVector times -> row -> Ticks.timeOfUnit(times.get(row), 1_000_000);
      case TimeNanoVector times -> row -> Ticks.timeOfUnit(times.get(row), 1_000_000_000);
      default -> row -> String.valueOf(vector.getObject(row));
    };
  }

  private static Object unsigned(long value) {
    return value >= 0 ? (Object) value : new BigDecimal(Long.toUnsignedString(value));
  }

  private static ByteBuffer bytes(byte[] array) {
    return ByteBuffer.wrap(array).asReadOnlyBuffer();
  }

  private static NonNull stamp(TimeStampVector stamps) {
    Field field = stamps.getField();
    var type = (ArrowType.Timestamp) field.getType();
    long perSecond = ArrowTypes.perSecond(type.getUnit());
    if (type.getTimezone() == null) {
      return row -> Ticks.ofUnit(stamps.get(row), perSecond);
    }
    ZoneId zone = ZoneId.of(type.getTimezone());
    return row ->
        Ticks.ofUnit(stamps.get(row), perSecond)
            .atZone(ZoneOffset.UTC)
            .withZoneSameInstant(zone)
            .toOffsetDateTime();
  }

  private static NonNull offsetDateTime(StructVector struct) {
    var ticks = (BigIntVector) struct.getChild("ticks");
    var minutes = (SmallIntVector) struct.getChild("offset_minutes");
    return row -> {
      LocalDateTime utc = Ticks.toDateTime(ticks.get(row));
      return utc.atOffset(ZoneOffset.UTC)
          .withOffsetSameInstant(ZoneOffset.ofTotalSeconds(minutes.get(row) * 60));
    };
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }
}
