// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.arrow;

import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/// The Arrow field that carries a [SqlType], and the SQL type an Arrow field is seen as.
public final class ArrowTypes {

  static final String EXTENSION_NAME = "ARROW:extension:name";
  static final String SQL_TYPE = "launchpad:sql_type";
  public static final String DATETIMEOFFSET = "launchpad.datetimeoffset";
  public static final String DATETIME2 = "launchpad.datetime2";
  public static final String TIME = "launchpad.time";
  static final String UUID = "arrow.uuid";
  static final String JSON = "arrow.json";
  static final String XML = "launchpad.xml";
  private static final String COLLATION = "launchpad:collation";

  static final ArrowType BOOL = ArrowType.Bool.INSTANCE;
  static final ArrowType INT64 = new ArrowType.Int(64, true);

  private static final List<Field> OFFSET_CHILDREN =
      List.of(
          new Field("ticks", FieldType.notNullable(INT64), null),
          new Field("offset_minutes", FieldType.notNullable(new ArrowType.Int(16, true)), null));

  private ArrowTypes() {}

  /// The field for a column or parameter of a declared type.
  public static Field field(String name, SqlType type, boolean nullable) {
    return switch (type) {
      case FixedType uuid when uuid == FixedType.UNIQUEIDENTIFIER ->
          extension(name, type, nullable, UUID, new ArrowType.FixedSizeBinary(16), List.of());
      case ClockType(ClockType.Kind kind, int _) when kind == ClockType.Kind.DATETIMEOFFSET ->
          extension(
              name, type, nullable, DATETIMEOFFSET, ArrowType.Struct.INSTANCE, OFFSET_CHILDREN);
      default -> field(name, type, nullable, carrier(type));
    };
  }

  /// The same field, saying a text's collation.
  public static Field collated(Field field, String collation) {
    return with(field, COLLATION, collation);
  }

  /// The same field, saying what the engine calls its type.
  public static Field named(Field field, String sqlType) {
    return with(field, SQL_TYPE, sqlType);
  }

  private static Field with(Field field, String key, String value) {
    var metadata = new HashMap<>(field.getMetadata());
    metadata.put(key, value);
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), field.getType(), field.getDictionary(), metadata),
        field.getChildren());
  }

  /// The same with another Arrow type that can carry it, such as `large_utf8` for text.
  public static Field field(String name, SqlType type, boolean nullable, ArrowType carrier) {
    if (type instanceof TextType text && text.kind().isDocument()) {
      String extension = text.equals(TextType.JSON) ? JSON : XML;
      return extension(name, type, nullable, extension, carrier, List.of());
    }
    return new Field(
        name, new FieldType(nullable, carrier, null, Map.of(SQL_TYPE, type.sql())), null);
  }

  /// A `datetime2` as ticks, for values nanoseconds do not reach.
  public static Field datetime2InTicks(String name, SqlType type) {
    return extension(name, type, true, DATETIME2, INT64, List.of());
  }

  private static Field extension(
      String name,
      SqlType type,
      boolean nullable,
      String extension,
      ArrowType storage,
      List<Field> children) {
    Map<String, String> metadata =
        Map.of(EXTENSION_NAME, extension, "ARROW:extension:metadata", "", SQL_TYPE, type.sql());
    return new Field(name, new FieldType(nullable, storage, null, metadata), children);
  }

  public static Optional<String> extensionOf(Field field) {
    return Optional.ofNullable(field.getMetadata().get(EXTENSION_NAME));
  }

  private static ArrowType carrier(SqlType type) {
    return switch (type) {
      case FixedType fixed -> carrier(fixed);
      case DecimalType(int precision, int scale) -> new ArrowType.Decimal(precision, scale, 128);
      case ClockType clock -> carrier(clock);
      case TextType _ -> ArrowType.Utf8.INSTANCE;
      case BinaryType _ -> ArrowType.Binary.INSTANCE;
      case ForeignType foreign -> throw foreign.unusable();
    };
  }

  private static ArrowType carrier(FixedType type) {
    return switch (type) {
      case BIT -> BOOL;
      case TINYINT -> new ArrowType.Int(8, false);
      case SMALLINT -> new ArrowType.Int(16, true);
      case INT -> new ArrowType.Int(32, true);
      case BIGINT -> INT64;
      case MONEY -> new ArrowType.Decimal(19, 4, 128);
      case SMALLMONEY -> new ArrowType.Decimal(10, 4, 128);
      case REAL -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case DATETIME, SMALLDATETIME -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
      case UNIQUEIDENTIFIER -> new ArrowType.FixedSizeBinary(16);
    };
  }

  private static ArrowType carrier(ClockType type) {
    TimeUnit unit = type.finerThanMicroseconds() ? TimeUnit.NANOSECOND : TimeUnit.MICROSECOND;
    return switch (type.kind()) {
      case TIME -> new ArrowType.Time(unit, 64);
      case DATETIME2 -> new ArrowType.Timestamp(unit, null);
      case DATETIMEOFFSET -> ArrowType.Struct.INSTANCE;
    };
  }

  /// The SQL type of a column as a script or DuckDB sent it. Types SQL Server does not have are
  /// foreign.
  public static SqlType sqlType(Field field) {
    SqlType found =
        extensionOf(field)
            .flatMap(ArrowTypes::sqlTypeOfExtension)
            .orElseGet(() -> sqlType(field.getType()));
    return Optional.ofNullable(field.getMetadata().get(SQL_TYPE))
        .flatMap(SqlTypeParser::tryParse)
        .filter(said -> isCarriedBy(said, field, found))
        .orElse(found);
  }

  /// Whether a field can be of the type its metadata says: a script may say anything.
  private static boolean isCarriedBy(SqlType type, Field field, SqlType found) {
    return switch (type) {
      case ForeignType _ -> false;
      case TextType _ -> found instanceof TextType;
      case BinaryType _ -> found instanceof BinaryType;
      case ClockType(ClockType.Kind kind, int _) ->
          found instanceof ClockType clock && clock.kind() == kind;
      case FixedType _, DecimalType _ ->
          field(field.getName(), type, true).getType().equals(field.getType());
    };
  }

  private static Optional<SqlType> sqlTypeOfExtension(String name) {
    return switch (name) {
      case UUID -> Optional.of(FixedType.UNIQUEIDENTIFIER);
      case JSON -> Optional.of(TextType.JSON);
      case XML -> Optional.of(TextType.XML);
      case DATETIME2 -> Optional.of(new ClockType(ClockType.Kind.DATETIME2, 7));
      case DATETIMEOFFSET -> Optional.of(new ClockType(ClockType.Kind.DATETIMEOFFSET, 7));
      case TIME -> Optional.of(new ClockType(ClockType.Kind.TIME, 7));
      default -> Optional.empty();
    };
  }

  public static SqlType sqlType(ArrowType type) {
    return switch (type) {
      case ArrowType.Null _, ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Utf8View _ ->
          TextType.NVARCHAR_MAX;
      case ArrowType.Binary _,
          ArrowType.LargeBinary _,
          ArrowType.BinaryView _,
          ArrowType.FixedSizeBinary _ ->
          BinaryType.VARBINARY_MAX;
      case ArrowType.Bool _ -> FixedType.BIT;
      case ArrowType.Int integer -> integer(integer);
      case ArrowType.FloatingPoint real ->
          real.getPrecision() == FloatingPointPrecision.DOUBLE ? FixedType.FLOAT : FixedType.REAL;
      case ArrowType.Decimal decimal when decimal.getPrecision() <= DecimalType.PRECISION_MAX ->
          new DecimalType(decimal.getPrecision(), decimal.getScale());
      case ArrowType.Date _ -> FixedType.DATE;
      case ArrowType.Time time -> new ClockType(ClockType.Kind.TIME, digits(time.getUnit()));
      case ArrowType.Timestamp stamp ->
          new ClockType(
              stamp.getTimezone() == null
                  ? ClockType.Kind.DATETIME2
                  : ClockType.Kind.DATETIMEOFFSET,
              digits(stamp.getUnit()));
      default -> new ForeignType(type.toString());
    };
  }

  private static SqlType integer(ArrowType.Int type) {
    return switch (type.getBitWidth()) {
      case 8 -> type.getIsSigned() ? FixedType.SMALLINT : FixedType.TINYINT;
      case 16 -> type.getIsSigned() ? FixedType.SMALLINT : FixedType.INT;
      case 32 -> type.getIsSigned() ? FixedType.INT : FixedType.BIGINT;
      default -> type.getIsSigned() ? FixedType.BIGINT : new DecimalType(20, 0);
    };
  }

  private static int digits(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 0;
      case MILLISECOND -> 3;
      case MICROSECOND -> 6;
      case NANOSECOND -> 7;
    };
  }

  public static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1L;
      case MILLISECOND -> 1_000L;
      case MICROSECOND -> 1_000_000L;
      case NANOSECOND -> 1_000_000_000L;
    };
  }
}
