// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flatbuf.DictionaryKind;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The reading of a schema message: check 4 of FORMAT.md section 7.
///
/// Extension types stay their storage type with the metadata that names them, whatever is
/// registered in this process.
final class SchemaParser {
  private static final int PATH_NAME_MAX = 128;

  private final long frame;
  private final BxlLimits limits;
  private final Map<Long, ColumnPlan> dictionaries = new HashMap<>();
  private int fields;

  /// What a schema message says.
  ///
  /// @param schema as it stands in the message: dictionary-encoded fields with their value type
  /// @param columns the top-level fields
  /// @param dictionaries the values of each dictionary the schema names
  record Parsed(Schema schema, List<ColumnPlan> columns, Map<Long, ColumnPlan> dictionaries) {
    static final Parsed NOTHING = new Parsed(new Schema(List.of()), List.of(), Map.of());

    /// The same with every column that `allowed` does not allow nulls as not nullable.
    Parsed withNullability(List<Boolean> allowed) {
      List<ColumnPlan> narrowed = new ArrayList<>();
      Map<Long, ColumnPlan> values = new HashMap<>(dictionaries);
      for (int i = 0; i < columns.size(); i++) {
        ColumnPlan column = columns.get(i);
        boolean nullable = column.nullable() && allowed.get(i);
        narrowed.add(column.withNullable(nullable));
        if (column.type() instanceof ColumnType.Index index && !nullable) {
          values.computeIfPresent(index.id(), (_, plan) -> plan.withNullable(false));
        }
      }
      return new Parsed(schema, List.copyOf(narrowed), Map.copyOf(values));
    }
  }

  private SchemaParser(long frame, BxlLimits limits) {
    this.frame = frame;
    this.limits = limits;
  }

  static Parsed parse(Flatbuffer flatbuffer, Flatbuffer.Table schema, BxlLimits limits)
      throws BxlException {
    return new SchemaParser(flatbuffer.frame(), limits).parse(flatbuffer, schema);
  }

  private Parsed parse(Flatbuffer flatbuffer, Flatbuffer.Table schema) throws BxlException {
    int endianness = schema.getShort(0, Endianness.Little);
    if (endianness == Endianness.Big) {
      throw BxlException.in(BxlError.UNSUPPORTED, frame, "big-endian data");
    }
    if (endianness != Endianness.Little) {
      throw schema.bad("unknown endianness " + endianness);
    }
    Flatbuffer.Vector roots = schema.vector(1, 4, 4);
    Map<String, String> metadata = keyValues(flatbuffer, schema.vector(2, 4, 4));
    schema.vector(3, 8, 8);
    List<ColumnPlan> columns = new ArrayList<>();
    for (int i = 0; i < roots.length(); i++) {
      columns.add(field(flatbuffer, flatbuffer.tableAt(roots, i), "", 1, false));
    }
    List<Field> parsed = columns.stream().map(ColumnPlan::field).toList();
    return new Parsed(new Schema(parsed, metadata), List.copyOf(columns), Map.copyOf(dictionaries));
  }

  private ColumnPlan field(
      Flatbuffer flatbuffer, Flatbuffer.Table table, String parent, int depth, boolean inDictionary)
      throws BxlException {
    String named = table.string(0);
    String name = named == null ? "" : named;
    String path = depth == 1 ? shortened(name) : parent + "." + shortened(name);
    requireWithin("columns", ++fields, limits.columns(), path);
    requireWithin("nesting depth", depth, limits.nestingDepth(), path);
    ArrowType type =
        new TypeParser(path, frame)
            .parse(table.getByte(2, 0), table.requiredTable(3, "the type of a field"));
    DictionaryEncoding encoding = dictionary(table, path);
    if (encoding != null && inDictionary) {
      throw BxlException.inColumn(
          BxlError.UNSUPPORTED, frame, path, "a dictionary inside a dictionary");
    }
    Flatbuffer.Vector below = table.vector(5, 4, 4);
    List<ColumnPlan> children = new ArrayList<>();
    for (int i = 0; i < below.length(); i++) {
      children.add(
          field(
              flatbuffer,
              flatbuffer.tableAt(below, i),
              path,
              depth + 1,
              inDictionary || encoding != null));
    }
    Map<String, String> metadata = keyValues(flatbuffer, table.vector(6, 4, 4));
    requireChildren(type, children, path);
    ExtensionStorage.require(metadata, type, children, frame, path);
    boolean nullable = table.getBoolean(1);
    Field field =
        new Field(
            name,
            new FieldType(nullable, type, encoding, metadata),
            children.stream().map(ColumnPlan::field).toList());
    ColumnType layout = ColumnType.of(type);
    if (layout == null) {
      throw BxlException.inColumn(BxlError.UNSUPPORTED, frame, path, "type " + type);
    }
    ColumnPlan values = new ColumnPlan(path, field, layout, nullable, List.copyOf(children));
    return encoding == null ? values : encoded(values, encoding);
  }

  /// A name as paths have it. Every field below repeats it: a few megabytes of metadata must not
  /// become gigabytes of paths.
  private static String shortened(String name) {
    return name.length() <= PATH_NAME_MAX ? name : name.substring(0, PATH_NAME_MAX) + "…";
  }

  private ColumnPlan encoded(ColumnPlan values, DictionaryEncoding encoding) throws BxlException {
    long id = encoding.getId();
    ColumnPlan known = dictionaries.get(id);
    if (known != null && !FieldTypes.same(known.field(), values.field())) {
      throw BxlException.inColumn(
          BxlError.BAD_SCHEMA,
          frame,
          values.path(),
          "dictionary " + id + " has another type in column \"" + known.path() + '"');
    }
    // A null entry is a null in every column that refers to it.
    dictionaries.put(
        id, known == null ? values : known.withNullable(known.nullable() && values.nullable()));
    ArrowType.Int index = encoding.getIndexType();
    return new ColumnPlan(
        values.path(),
        values.field(),
        new ColumnType.Index(index.getBitWidth() / 8, index.getIsSigned(), id),
        values.nullable(),
        List.of());
  }

  private @Nullable DictionaryEncoding dictionary(Flatbuffer.Table field, String path)
      throws BxlException {
    Flatbuffer.Table table = field.table(4);
    if (table == null) {
      return null;
    }
    Flatbuffer.Table indexTable = table.table(1);
    ArrowType.Int index =
        indexTable == null
            ? new ArrowType.Int(32, true)
            : new TypeParser(path, frame).integer(indexTable);
    if (table.getShort(3, DictionaryKind.DenseArray) != DictionaryKind.DenseArray) {
      throw BxlException.inColumn(BxlError.UNSUPPORTED, frame, path, "the kind of dictionary");
    }
    return new DictionaryEncoding(table.getLong(0, 0), table.getBoolean(2), index);
  }

  static Map<String, String> keyValues(Flatbuffer flatbuffer, Flatbuffer.Vector pairs)
      throws BxlException {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length(); i++) {
      Flatbuffer.Table pair = flatbuffer.tableAt(pairs, i);
      String key = pair.string(0);
      String value = pair.string(1);
      map.put(key == null ? "" : key, value == null ? "" : value);
    }
    return map;
  }

  private void requireChildren(ArrowType type, List<ColumnPlan> children, String path)
      throws BxlException {
    switch (type) {
      case ArrowType.List _, ArrowType.LargeList _, ArrowType.FixedSizeList _ ->
          require(children.size() == 1, path, "a list has one child");
      case ArrowType.Map _ -> requireMap(children, path);
      case ArrowType.Struct _ -> requireDistinct(children, path);
      default -> require(children.isEmpty(), path, "type " + type + " has no children");
    }
  }

  private void requireMap(List<ColumnPlan> children, String path) throws BxlException {
    require(children.size() == 1, path, "a map has one child");
    ColumnPlan entries = children.getFirst();
    require(
        entries.type() instanceof ColumnType.Struct && entries.children().size() == 2,
        path,
        "the child of a map is a struct of key and value");
    require(
        !entries.nullable() && !entries.children().getFirst().nullable(),
        path,
        "neither the entries nor the keys of a map are nullable");
  }

  private void requireDistinct(List<ColumnPlan> children, String path) throws BxlException {
    Set<String> names = new HashSet<>();
    for (ColumnPlan child : children) {
      String name = child.field().getName();
      require(names.add(name), path, "two fields of the struct are called \"" + name + '"');
    }
  }

  private void require(boolean holds, String path, String sentence) throws BxlException {
    if (!holds) {
      throw BxlException.inColumn(BxlError.BAD_SCHEMA, frame, path, sentence);
    }
  }

  private void requireWithin(String limit, int found, int max, String path) throws BxlException {
    if (found > max) {
      throw BxlException.inColumn(
          BxlError.LIMIT_EXCEEDED, frame, path, "more than the limit " + limit + " of " + max);
    }
  }
}
