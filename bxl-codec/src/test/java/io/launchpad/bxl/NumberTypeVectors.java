// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.TypeVectors.field;
import static io.launchpad.bxl.TypeVectors.value;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.launchpad.bxl.TypeVectors.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Bits, integers, floating point and decimals.
final class NumberTypeVectors {
  private static final long TWO_TO_53 = 1L << 53;

  private NumberTypeVectors() {}

  static void addTo(TypeVectors vectors) {
    vectors.add(
        "sql-bit",
        "bit",
        field("bool"),
        List.of(
            new Value("false", JsonNodeFactory.instance.booleanNode(false)),
            new Value("true", JsonNodeFactory.instance.booleanNode(true))));
    vectors.add("sql-tinyint", "tinyint", field("uint8"), small(0, 255));
    vectors.add(
        "sql-smallint", "smallint", field("int16"), small(Short.MIN_VALUE, Short.MAX_VALUE));
    vectors.add("sql-int", "int", field("int32"), small(Integer.MIN_VALUE, Integer.MAX_VALUE));
    vectors.add("sql-bigint", "bigint", field("int64"), large());
    vectors.add("sql-real", "real", field("float32"), singles());
    vectors.add("sql-float", "float", field("float64"), doubles());
    int[][] decimals = {
      {1, 0}, {9, 2}, {18, 0}, {19, 4}, {28, 10}, {38, 0}, {38, 10}, {38, 37}, {38, 38}
    };
    for (int[] decimal : decimals) {
      decimal(vectors, 128, decimal[0], decimal[1]);
    }
    int[][] wide = {{39, 0}, {76, 0}, {76, 38}, {76, 76}};
    for (int[] decimal : wide) {
      decimal(vectors, 256, decimal[0], decimal[1]);
    }
    vectors.add("sql-money", "money", field("decimal128(19,4)"), money(Long.MAX_VALUE));
    vectors.add(
        "sql-smallmoney", "smallmoney", field("decimal128(10,4)"), money(Integer.MAX_VALUE));
    BigInteger huge = BigInteger.ONE.shiftLeft(127);
    vectors.add(
        "sql-hugeint",
        "hugeint",
        field("decimal256(39,0)"),
        List.of(
            value("minimum", huge.negate().toString()),
            value("maximum", huge.subtract(BigInteger.ONE).toString()),
            value("zero", "0"),
            value("minus one", "-1"),
            value("2^63", BigInteger.ONE.shiftLeft(63).toString()),
            value("10^38", BigInteger.TEN.pow(38).toString())));
  }

  private static List<Value> small(long minimum, long maximum) {
    List<Value> values = new ArrayList<>();
    values.add(value("minimum", minimum));
    values.add(value("minimum + 1", minimum + 1));
    values.add(value("maximum", maximum));
    values.add(value("zero", 0));
    values.add(value("one", 1));
    if (minimum < 0) {
      values.add(value("minus one", -1));
    }
    return values;
  }

  private static List<Value> large() {
    return List.of(
        large("minimum", Long.MIN_VALUE),
        large("minimum + 1", Long.MIN_VALUE + 1),
        large("maximum", Long.MAX_VALUE),
        large("zero", 0),
        large("minus one", -1),
        large("2^53 - 1", TWO_TO_53 - 1),
        large("2^53", TWO_TO_53),
        large("2^53 + 1", TWO_TO_53 + 1),
        large("-(2^53 + 1)", -TWO_TO_53 - 1),
        large("-2^31", Integer.MIN_VALUE),
        large("2^31", 1L << 31));
  }

  private static Value large(String label, long number) {
    return value(label, Long.toString(number));
  }

  private static List<Value> singles() {
    return floating(
        Float.MIN_VALUE, Float.MIN_NORMAL, Math.nextDown(Float.MIN_NORMAL), Float.MAX_VALUE, 0.1f);
  }

  private static List<Value> doubles() {
    List<Value> values =
        new ArrayList<>(
            floating(
                Double.MIN_VALUE,
                Double.MIN_NORMAL,
                Math.nextDown(Double.MIN_NORMAL),
                Double.MAX_VALUE,
                0.1));
    values.add(value("2^53 + 2", Double.toString(TWO_TO_53 + 2.0)));
    values.add(value("1/3", Double.toString(1.0 / 3)));
    return values;
  }

  private static List<Value> floating(
      double smallest, double normal, double subnormal, double largest, double tenth) {
    return List.of(
        value("zero", "0.0"),
        value("negative zero", "-0.0"),
        value("smallest", Double.toString(smallest)),
        value("largest subnormal", Double.toString(subnormal)),
        value("smallest normal", Double.toString(normal)),
        value("largest", Double.toString(largest)),
        value("least", Double.toString(-largest)),
        value("one tenth", Double.toString(tenth)),
        value("NaN", "NaN"),
        value("infinity", "Infinity"),
        value("negative infinity", "-Infinity"));
  }

  private static void decimal(TypeVectors vectors, int bits, int precision, int scale) {
    BigDecimal largest =
        new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale);
    BigDecimal smallest = new BigDecimal(BigInteger.ONE, scale);
    vectors.add(
        "sql-decimal-%d-%d".formatted(precision, scale),
        "decimal(%d,%d)".formatted(precision, scale),
        field("decimal%d(%d,%d)".formatted(bits, precision, scale)),
        decimals(largest.negate(), largest, smallest));
  }

  private static List<Value> money(long largest) {
    BigDecimal smallest = new BigDecimal(BigInteger.ONE, 4);
    BigDecimal maximum = new BigDecimal(BigInteger.valueOf(largest), 4);
    return decimals(maximum.negate().subtract(smallest), maximum, smallest);
  }

  private static List<Value> decimals(BigDecimal minimum, BigDecimal maximum, BigDecimal smallest) {
    return List.of(
        value("minimum", minimum.toPlainString()),
        value("maximum", maximum.toPlainString()),
        value("zero", BigDecimal.ZERO.setScale(smallest.scale()).toPlainString()),
        value("smallest", smallest.toPlainString()),
        value("smallest negative", smallest.negate().toPlainString()));
  }
}
