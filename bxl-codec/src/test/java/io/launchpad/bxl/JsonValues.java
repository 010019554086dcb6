// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
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
import org.apache.arrow.vector.NullVector;
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
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;

/// Values as the vectors' JSON files spell them, see `vectors/README.md`, in and out of Arrow
/// vectors.
///
/// @param dictionaries the values of each dictionary, in the order of their indices
record JsonValues(Map<Long, List<JsonNode>> dictionaries) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final HexFormat HEX = HexFormat.of();

  /// Fills a whole vector.
  void writeAll(FieldVector vector, List<JsonNode> values) {
    vector.setInitialCapacity(Math.max(1, values.size()));
    vector.allocateNew();
    for (int i = 0; i < values.size(); i++) {
      write(vector, i, values.get(i));
    }
    vector.setValueCount(values.size());
  }

  void write(FieldVector vector, int index, JsonNode value) {
    if (value.isNull()) {
      if (!(vector instanceof NullVector)) {
        vector.setNull(index);
      }
      return;
    }
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding != null) {
      int entry = dictionaries.getOrDefault(encoding.getId(), List.of()).indexOf(value);
      if (entry < 0) {
        throw new IllegalArgumentException(value + " is in no dictionary");
      }
      writeFlat(vector, index, JSON.numberNode(entry));
    } else {
      writeNested(vector, index, value);
    }
  }

  private void writeNested(FieldVector vector, int index, JsonNode value) {
    switch (vector) {
      case MapVector map -> {
        StructVector entries = (StructVector) map.getDataVector();
        int at = map.startNewValue(index);
        for (JsonNode pair : value) {
          entries.setIndexDefined(at);
          write(entries.getChildrenFromFields().get(0), at, pair.get(0));
          write(entries.getChildrenFromFields().get(1), at, pair.get(1));
          at++;
        }
        map.endValue(index, value.size());
      }
      case ListVector list -> {
        int at = list.startNewValue(index);
        for (JsonNode item : value) {
          write(list.getDataVector(), at++, item);
        }
        list.endValue(index, value.size());
      }
      case LargeListVector list -> {
        long at = list.startNewValue(index);
        for (JsonNode item : value) {
          write(list.getDataVector(), (int) at++, item);
        }
        list.endValue(index, value.size());
      }
      case FixedSizeListVector list -> {
        int at = list.startNewValue(index);
        for (JsonNode item : value) {
          write(list.getDataVector(), at++, item);
        }
      }
      case StructVector struct -> {
        struct.setIndexDefined(index);
        for (FieldVector child : struct.getChildrenFromFields()) {
          write(child, index, value.get(child.getName()));
        }
      }
      default -> writeFlat(vector, index, value);
    }
  }

  private static void writeFlat(FieldVector vector, int index, JsonNode value) {
    switch (vector) {
      case BitVector bits -> bits.setSafe(index, value.asBoolean() ? 1 : 0);
      case TinyIntVector numbers -> numbers.setSafe(index, value.asInt());
      case SmallIntVector numbers -> numbers.setSafe(index, value.asInt());
      case IntVector numbers -> numbers.setSafe(index, value.asInt());
      case BigIntVector numbers -> numbers.setSafe(index, value.asLong());
      case UInt1Vector numbers -> numbers.setSafe(index, value.asInt());
      case UInt2Vector numbers -> numbers.setSafe(index, value.asInt());
      case UInt4Vector numbers -> numbers.setSafe(index, (int) value.asLong());
      case UInt8Vector numbers -> numbers.setSafe(index, Long.parseUnsignedLong(value.asText()));
      case Float4Vector numbers -> numbers.setSafe(index, Float.parseFloat(value.asText()));
      case Float8Vector numbers -> numbers.setSafe(index, Double.parseDouble(value.asText()));
      case DecimalVector numbers -> numbers.setSafe(index, new BigDecimal(value.asText()));
      case Decimal256Vector numbers -> numbers.setSafe(index, new BigDecimal(value.asText()));
      case DateDayVector days -> days.setSafe(index, value.asInt());
      case TimeSecVector times -> times.setSafe(index, value.asInt());
      case TimeMilliVector times -> times.setSafe(index, value.asInt());
      case TimeMicroVector times -> times.setSafe(index, value.asLong());
      case TimeNanoVector times -> times.setSafe(index, value.asLong());
      case TimeStampVector times -> times.setSafe(index, value.asLong());
      case DurationVector durations -> durations.setSafe(index, value.asLong());
      case IntervalYearVector months -> months.setSafe(index, value.asInt());
      case IntervalDayVector days ->
          days.setSafe(index, value.get(0).asInt(), value.get(1).asInt());
      case IntervalMonthDayNanoVector spans ->
          spans.setSafe(index, value.get(0).asInt(), value.get(1).asInt(), value.get(2).asLong());
      default -> writeBytes(vector, index, value.asText());
    }
  }

  private static void writeBytes(FieldVector vector, int index, String text) {
    switch (vector) {
      case VarCharVector texts -> texts.setSafe(index, text.getBytes(StandardCharsets.UTF_8));
      case LargeVarCharVector texts -> texts.setSafe(index, text.getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector bytes -> bytes.setSafe(index, HEX.parseHex(text));
      case LargeVarBinaryVector bytes -> bytes.setSafe(index, HEX.parseHex(text));
      case FixedSizeBinaryVector bytes -> bytes.setSafe(index, HEX.parseHex(text));
      default -> throw new IllegalArgumentException("no way to write " + vector.getField());
    }
  }

  /// The value at `index`, dictionary-encoded ones looked up in `provider`.
  static JsonNode read(FieldVector vector, int index, Map<Long, Dictionary> provider) {
    if (vector.isNull(index)) {
      return JSON.nullNode();
    }
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding == null) {
      return readNested(vector, index, provider);
    }
    Dictionary dictionary = provider.get(encoding.getId());
    if (dictionary == null) {
      throw new IllegalArgumentException("no dictionary " + encoding.getId());
    }
    return read(dictionary.getVector(), readFlat(vector, index).asInt(), provider);
  }

  private static JsonNode readNested(
      FieldVector vector, int index, Map<Long, Dictionary> provider) {
    return switch (vector) {
      case MapVector map -> {
        StructVector entries = (StructVector) map.getDataVector();
        ArrayNode pairs = JSON.arrayNode();
        for (int i = map.getElementStartIndex(index); i < map.getElementEndIndex(index); i++) {
          pairs
              .addArray()
              .add(read(entries.getChildrenFromFields().get(0), i, provider))
              .add(read(entries.getChildrenFromFields().get(1), i, provider));
        }
        yield pairs;
      }
      case ListVector list ->
          items(
              list.getDataVector(),
              list.getElementStartIndex(index),
              list.getElementEndIndex(index),
              provider);
      case LargeListVector list ->
          items(
              list.getDataVector(),
              (int) list.getElementStartIndex(index),
              (int) list.getElementEndIndex(index),
              provider);
      case FixedSizeListVector list ->
          items(
              list.getDataVector(),
              index * list.getListSize(),
              (index + 1) * list.getListSize(),
              provider);
      case StructVector struct -> {
        ObjectNode object = JSON.objectNode();
        for (FieldVector child : struct.getChildrenFromFields()) {
          object.set(child.getName(), read(child, index, provider));
        }
        yield object;
      }
      default -> readFlat(vector, index);
    };
  }

  private static ArrayNode items(
      FieldVector items, int from, int to, Map<Long, Dictionary> provider) {
    ArrayNode array = JSON.arrayNode();
    for (int i = from; i < to; i++) {
      array.add(read(items, i, provider));
    }
    return array;
  }

  private static JsonNode readFlat(FieldVector vector, int index) {
    return switch (vector) {
      case BitVector bits -> JSON.booleanNode(bits.get(index) != 0);
      case TinyIntVector numbers -> JSON.numberNode((int) numbers.get(index));
      case SmallIntVector numbers -> JSON.numberNode((int) numbers.get(index));
      case IntVector numbers -> JSON.numberNode(numbers.get(index));
      case BigIntVector numbers -> text(numbers.get(index));
      case UInt1Vector numbers -> JSON.numberNode(numbers.get(index) & 0xFF);
      case UInt2Vector numbers -> JSON.numberNode((int) numbers.get(index));
      case UInt4Vector numbers -> JSON.numberNode(Integer.toUnsignedLong(numbers.get(index)));
      case UInt8Vector numbers -> JSON.textNode(Long.toUnsignedString(numbers.get(index)));
      case Float4Vector numbers -> JSON.textNode(Double.toString(numbers.get(index)));
      case Float8Vector numbers -> JSON.textNode(Double.toString(numbers.get(index)));
      case DecimalVector numbers -> JSON.textNode(numbers.getObject(index).toPlainString());
      case Decimal256Vector numbers -> JSON.textNode(numbers.getObject(index).toPlainString());
      case DateDayVector days -> JSON.numberNode(days.get(index));
      case TimeSecVector times -> JSON.numberNode(times.get(index));
      case TimeMilliVector times -> JSON.numberNode(times.get(index));
      case TimeMicroVector times -> text(times.get(index));
      case TimeNanoVector times -> text(times.get(index));
      case TimeStampVector times -> text(times.get(index));
      case DurationVector durations -> text(DurationVector.get(durations.getDataBuffer(), index));
      case IntervalYearVector months -> JSON.numberNode(months.get(index));
      case IntervalDayVector days ->
          JSON.arrayNode()
              .add(IntervalDayVector.getDays(days.getDataBuffer(), index))
              .add(IntervalDayVector.getMilliseconds(days.getDataBuffer(), index));
      case IntervalMonthDayNanoVector spans ->
          JSON.arrayNode()
              .add(IntervalMonthDayNanoVector.getMonths(spans.getDataBuffer(), index))
              .add(IntervalMonthDayNanoVector.getDays(spans.getDataBuffer(), index))
              .add(text(IntervalMonthDayNanoVector.getNanoseconds(spans.getDataBuffer(), index)));
      case VarCharVector texts -> utf8(texts.get(index));
      case LargeVarCharVector texts -> utf8(texts.get(index));
      case VarBinaryVector bytes -> JSON.textNode(HEX.formatHex(bytes.get(index)));
      case LargeVarBinaryVector bytes -> JSON.textNode(HEX.formatHex(bytes.get(index)));
      case FixedSizeBinaryVector bytes -> JSON.textNode(HEX.formatHex(bytes.get(index)));
      default -> throw new IllegalArgumentException("no way to read " + vector.getField());
    };
  }

  private static JsonNode text(long value) {
    return JSON.textNode(Long.toString(value));
  }

  private static JsonNode utf8(byte[] bytes) {
    return JSON.textNode(new String(bytes, StandardCharsets.UTF_8));
  }
}
