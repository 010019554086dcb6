// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.arrow.CellReader;
import io.launchpad.embedded.arrow.CellWriter;
import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.sql.Statement.ResultColumn;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/// The way from a column as a script sent it to a column of a declared type.
///
/// Where the carrier is the same, the buffers are handed over and at most looked at; integers are
/// narrowed in a loop over primitives; everything else goes value by value through [Casts].
final class ColumnConversion {

  /// One batch of one column. Reports a value that does not fit by [CellFailure].
  interface Step {
    void convert(FieldVector source, FieldVector target, int rows);
  }

  /// Where in a batch a value did not fit.
  static final class CellFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final int row;
    final CastException reason;

    CellFailure(int row, CastException reason) {
      super(reason.getMessage(), reason, false, false);
      this.row = row;
      this.reason = reason;
    }
  }

  private final Field target;
  private final Step step;

  private ColumnConversion(Field target, Step step) {
    this.target = target;
    this.step = step;
  }

  /// The field of the converted column.
  Field target() {
    return target;
  }

  void convert(FieldVector source, FieldVector into, int rows) {
    step.convert(source, into, rows);
  }

  /// A column that stays what it is, under a name.
  static ColumnConversion unchanged(Field source, String name) {
    var field = new Field(name, source.getFieldType(), source.getChildren());
    return new ColumnConversion(field, ColumnConversion::handOver);
  }

  /// @param source without dictionary
  static ColumnConversion to(Field source, ResultColumn column, String name) {
    ColumnConversion plain = uncollated(source, column, name);
    return column
        .collation()
        .map(text -> new ColumnConversion(ArrowTypes.collated(plain.target, text), plain.step))
        .orElse(plain);
  }

  private static ColumnConversion uncollated(Field source, ResultColumn column, String name) {
    SqlType type = column.type();
    boolean nullable = column.nullable();
    if (source.getType() instanceof ArrowType.Null) {
      return new ColumnConversion(
          ArrowTypes.field(name, type, nullable), (_, into, rows) -> nulls(into, rows));
    }
    Field carried = ArrowTypes.field(name, type, nullable, source.getType());
    return switch (type) {
      case TextType text when isText(source) && !text.kind().padded() ->
          new ColumnConversion(carried, checked(Checks.text(text)));
      case BinaryType binary when isBinary(source) && !binary.padded() ->
          new ColumnConversion(carried, checked(Checks.binary(binary)));
      case ClockType clock when holdsExactly(source, clock) ->
          new ColumnConversion(carried, checked(Checks.years(source.getType(), type)));
      case FixedType date
          when date == FixedType.DATE && source.getType() instanceof ArrowType.Date ->
          new ColumnConversion(carried, checked(Checks.years(source.getType(), type)));
      default -> toField(source, ArrowTypes.field(name, type, nullable), type);
    };
  }

  private static ColumnConversion toField(Field source, Field target, SqlType type) {
    boolean sameExtension = ArrowTypes.extensionOf(source).equals(ArrowTypes.extensionOf(target));
    boolean sameCarrier = sameExtension && source.getType().equals(target.getType());
    if (sameCarrier && isWhole(type)) {
      return new ColumnConversion(target, ColumnConversion::handOver);
    }
    if (source.getType() instanceof ArrowType.Int integer
        && ArrowTypes.extensionOf(source).isEmpty()
        && (integer.getIsSigned() || integer.getBitWidth() < 64)
        && type instanceof FixedType fixed
        && Integers.takes(fixed)) {
      return new ColumnConversion(target, Integers.narrow(fixed));
    }
    return new ColumnConversion(target, (from, into, rows) -> cells(from, into, rows, type));
  }

  /// Whether every value of the carrier is a value of the type, without rounding.
  private static boolean isWhole(SqlType type) {
    return switch (type) {
      case FixedType fixed ->
          switch (fixed) {
            case BIT, TINYINT, SMALLINT, INT, BIGINT, REAL, FLOAT, UNIQUEIDENTIFIER -> true;
            case MONEY, SMALLMONEY, DATE, DATETIME, SMALLDATETIME -> false;
          };
      case DecimalType _ -> true;
      case ClockType clock ->
          clock.digits() == ClockType.DIGITS_MAX && clock.kind() == ClockType.Kind.DATETIMEOFFSET;
      case TextType _, BinaryType _, ForeignType _ -> false;
    };
  }

  private static boolean isText(Field field) {
    return field.getType() instanceof ArrowType.Utf8
        || field.getType() instanceof ArrowType.LargeUtf8;
  }

  private static boolean isBinary(Field field) {
    return field.getType() instanceof ArrowType.Binary
        || field.getType() instanceof ArrowType.LargeBinary;
  }

  /// Whether a time without zone has a unit no finer than the declared digits. Nanoseconds are
  /// finer than any.
  private static boolean holdsExactly(Field source, ClockType type) {
    return switch (source.getType()) {
      case ArrowType.Timestamp stamp ->
          type.kind() == ClockType.Kind.DATETIME2
              && stamp.getTimezone() == null
              && digits(stamp.getUnit()) <= type.digits();
      case ArrowType.Time time ->
          type.kind() == ClockType.Kind.TIME && digits(time.getUnit()) <= type.digits();
      default -> false;
    };
  }

  private static int digits(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 0;
      case MILLISECOND -> 3;
      case MICROSECOND -> 6;
      case NANOSECOND -> 9;
    };
  }

  private static Step checked(Checks.Check check) {
    return (source, target, rows) -> {
      check.check(source, rows);
      handOver(source, target, rows);
    };
  }

  private static void handOver(FieldVector source, FieldVector target, int rows) {
    source.makeTransferPair(target).transfer();
    if (target.getValueCount() != rows) {
      target.setValueCount(rows);
    }
  }

  private static void nulls(FieldVector target, int rows) {
    target.setInitialCapacity(Math.max(rows, 1));
    target.allocateNew();
    target.setValueCount(rows);
  }

  private static void cells(FieldVector source, FieldVector target, int rows, SqlType type) {
    CellReader reader = CellReader.of(source);
    CellWriter writer = CellWriter.of(target);
    target.setInitialCapacity(Math.max(rows, 1));
    target.allocateNew();
    if (target instanceof BaseFixedWidthVector fixed) {
      fixed.setValueCount(rows);
    }
    for (int row = 0; row < rows; row++) {
      Object value = reader.read(row);
      if (value == null) {
        writer.writeNull(row);
        continue;
      }
      try {
        writer.write(row, Casts.cast(value, type));
      } catch (CastException e) {
        throw new CellFailure(row, e);
      }
    }
    target.setValueCount(rows);
  }
}
