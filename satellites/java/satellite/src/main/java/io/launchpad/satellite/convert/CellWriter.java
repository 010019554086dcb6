// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/// Puts Java objects into Arrow vectors, the inverse of [io.launchpad.sdk.Values].
public final class CellWriter {
  private static final String EXTENSION = "ARROW:extension:name";
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private CellWriter() {}

  /// Sets a row, which grows the vector where it must; the caller sets its value count.
  ///
  /// @throws DoesNotFit when the vector's type cannot hold the value
  public static void set(FieldVector vector, int row, @Nullable Object value) throws DoesNotFit {
    if (value == null) {
      vector.setNull(row); // which grows it, too
    } else if (!setExtended(vector, row, value)) {
      setPlain(vector, row, value);
    }
  }

  private static boolean setExtended(FieldVector vector, int row, Object value) throws DoesNotFit {
    String extension = vector.getField().getMetadata().getOrDefault(EXTENSION, "");
    switch (vector) {
      case FixedSizeBinaryVector uuid
          when extension.equals("arrow.uuid") && value instanceof String text ->
          uuid.setSafe(row, Exact.binary(Exact.uuid(text)));
      case BigIntVector ticks when extension.equals("launchpad.datetime2") ->
          ticks.setSafe(row, Moments.ticks(value, false));
      case BigIntVector ticks when extension.equals("launchpad.time") ->
          ticks.setSafe(row, Moments.timeOfDay(value, 100));
      case StructVector struct when extension.equals("launchpad.datetimeoffset") -> {
        set(struct.getChild("ticks"), row, Moments.ticks(value, true));
        set(struct.getChild("offset_minutes"), row, Moments.offsetMinutes(value));
        struct.setIndexDefined(row);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void setPlain(FieldVector vector, int row, Object value) throws DoesNotFit {
    switch (vector) {
      case BitVector v -> v.setSafe(row, Exact.bit(value));
      case TinyIntVector v ->
          v.setSafe(row, (int) Exact.integer(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case SmallIntVector v ->
          v.setSafe(row, (int) Exact.integer(value, Short.MIN_VALUE, Short.MAX_VALUE));
      case IntVector v ->
          v.setSafe(row, (int) Exact.integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case BigIntVector v -> v.setSafe(row, Exact.integer(value, Long.MIN_VALUE, Long.MAX_VALUE));
      case UInt1Vector v -> v.setSafe(row, (int) Exact.integer(value, 0, 0xFF));
      case UInt2Vector v -> v.setSafe(row, (int) Exact.integer(value, 0, 0xFFFF));
      case UInt4Vector v -> v.setSafe(row, (int) Exact.integer(value, 0, 0xFFFF_FFFFL));
      case UInt8Vector v -> v.setSafe(row, Exact.unsigned64(value));
      case Float4Vector v -> v.setSafe(row, Exact.float32(value));
      case Float8Vector v -> v.setSafe(row, Exact.float64(value));
      case DecimalVector v -> v.setSafe(row, Exact.decimal(value, v.getPrecision(), v.getScale()));
      case Decimal256Vector v ->
          v.setSafe(row, Exact.decimal(value, v.getPrecision(), v.getScale()));
      case VarCharVector v -> v.setSafe(row, Exact.utf8(value));
      case LargeVarCharVector v -> v.setSafe(row, Exact.utf8(value));
      case VarBinaryVector v -> v.setSafe(row, Exact.binary(value));
      case LargeVarBinaryVector v -> v.setSafe(row, Exact.binary(value));
      case FixedSizeBinaryVector v -> v.setSafe(row, Exact.binary(value, v.getByteWidth()));
      case DateDayVector v -> v.setSafe(row, Moments.day(value));
      case TimeSecVector v -> v.setSafe(row, (int) Moments.timeOfDay(value, 1_000_000_000L));
      case TimeMilliVector v -> v.setSafe(row, (int) Moments.timeOfDay(value, 1_000_000L));
      case TimeMicroVector v -> v.setSafe(row, Moments.timeOfDay(value, 1_000L));
      case TimeNanoVector v -> v.setSafe(row, Moments.timeOfDay(value, 1));
      case TimeStampVector v -> {
        ArrowType.Timestamp type = (ArrowType.Timestamp) v.getField().getType();
        v.setSafe(row, Moments.timestamp(value, type.getUnit(), type.getTimezone() != null));
      }
      case DurationVector v -> v.setSafe(row, Moments.duration(value, v.getUnit()));
      case IntervalYearVector v -> v.setSafe(row, Moments.months(value));
      case IntervalDayVector v -> setInterval(v, row, Moments.interval(value));
      case IntervalMonthDayNanoVector v -> setInterval(v, row, Moments.interval(value));
      case MapVector v -> setMap(v, row, value);
      case ListVector v -> {
        List<?> values = elements(value);
        setChildren(v.getDataVector(), v.startNewValue(row), values);
        v.endValue(row, values.size());
      }
      case LargeListVector v -> {
        List<?> values = elements(value);
        setChildren(v.getDataVector(), Math.toIntExact(v.startNewValue(row)), values);
        v.endValue(row, values.size());
      }
      case FixedSizeListVector v -> {
        List<?> values = elements(value);
        if (values.size() != v.getListSize()) {
          throw new DoesNotFit(
              "%d elements instead of %d".formatted(values.size(), v.getListSize()));
        }
        setChildren(v.getDataVector(), v.startNewValue(row), values);
      }
      case StructVector v -> setStruct(v, row, value);
      default -> throw new DoesNotFit("nothing but NULL fits " + vector.getField().getType());
    }
  }

  @SuppressWarnings("JavaPeriodGetDays") // Months are looked at, too.
  private static void setInterval(IntervalDayVector vector, int row, PeriodDuration value)
      throws DoesNotFit {
    if (value.getPeriod().toTotalMonths() != 0
        || value.getDuration().toNanosPart() % NANOS_PER_MILLI != 0) {
      throw new DoesNotFit("not a number of days and milliseconds");
    }
    long millis = millis(value.getDuration());
    if (millis != (int) millis) {
      throw new DoesNotFit("out of range");
    }
    vector.setSafe(row, value.getPeriod().getDays(), (int) millis);
  }

  private static long millis(Duration duration) throws DoesNotFit {
    try {
      return duration.toMillis();
    } catch (ArithmeticException e) {
      throw new DoesNotFit("out of range");
    }
  }

  @SuppressWarnings("JavaPeriodGetDays") // Months are looked at, too.
  private static void setInterval(IntervalMonthDayNanoVector vector, int row, PeriodDuration value)
      throws DoesNotFit {
    long months = value.getPeriod().toTotalMonths();
    if (months != (int) months) {
      throw new DoesNotFit("out of range");
    }
    Duration duration = value.getDuration();
    long nanos = Moments.narrow(Moments.nanos(duration.getSeconds(), duration.getNano()), 1);
    vector.setSafe(row, (int) months, value.getPeriod().getDays(), nanos);
  }

  private static List<?> elements(Object value) throws DoesNotFit {
    if (value instanceof Collection<?> collection) {
      return new ArrayList<>(collection);
    }
    if (value.getClass().isArray()) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        elements.add(Array.get(value, i));
      }
      return elements;
    }
    throw Exact.kind(value, "a Collection or an array");
  }

  private static void setChildren(FieldVector values, int start, List<?> elements)
      throws DoesNotFit {
    int at = start;
    for (Object element : elements) {
      set(values, at, element);
      at++;
    }
  }

  private static void setStruct(StructVector vector, int row, Object value) throws DoesNotFit {
    if (!(value instanceof Map<?, ?> map)) {
      throw Exact.kind(value, "a Map");
    }
    List<FieldVector> children = vector.getChildrenFromFields();
    for (Object key : map.keySet()) {
      if (children.stream().noneMatch(child -> child.getName().equals(key))) {
        throw new DoesNotFit("no field '%s'".formatted(key));
      }
    }
    for (FieldVector child : children) {
      set(child, row, map.get(child.getName()));
    }
    vector.setIndexDefined(row);
  }

  private static void setMap(MapVector vector, int row, Object value) throws DoesNotFit {
    if (!(value instanceof Map<?, ?> map)) {
      throw Exact.kind(value, "a Map");
    }
    StructVector entries = (StructVector) vector.getDataVector();
    List<FieldVector> children = entries.getChildrenFromFields();
    int at = vector.startNewValue(row);
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey() == null) {
        throw new DoesNotFit("a key is NULL");
      }
      set(children.get(0), at, entry.getKey());
      set(children.get(1), at, entry.getValue());
      entries.setIndexDefined(at);
      at++;
    }
    vector.endValue(row, map.size());
  }

  /// How an error calls a value: as Java prints it, not at length.
  public static String shown(Object value) {
    String text =
        switch (value) {
          case byte[] bytes -> bytes.length + " bytes";
          case BigDecimal number -> number.toString();
          case String string -> "'" + string + "'";
          default -> String.valueOf(value);
        };
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
