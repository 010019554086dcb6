// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.launchpad.bxl.RandomStream;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// A language in which every type is tried, and the least scripts of it.
///
/// @param name as `@language`
/// @param identity gives the main input back as the main output
/// @param copy gives the parameter `a` back as the parameter `b`
/// @param refused the Arrow types that it refuses, as docs/types.md says
/// @param reshaped the Arrow types of columns that come back as another type of the same values
///   unless they are declared
/// @param mayRefuse whether a table of no such type, in the form of `bxl-codec/vectors`, holds a
///   value that it refuses, as docs/types.md says
record ScriptLanguage(
    String name,
    String identity,
    String copy,
    Set<String> refused,
    Set<String> reshaped,
    Predicate<JsonNode> mayRefuse) {

  static final ScriptLanguage PYTHON =
      new ScriptLanguage(
          "Python",
          "OutputDataSet = InputDataSet",
          "b = a",
          Set.of("interval(year_month)", "interval(day_time)", RandomStream.NESTED_DICTIONARIES),
          Set.of("time32(s)", "time32(ms)", "launchpad.time"),
          ScriptLanguage::isBeyondPython);

  static final ScriptLanguage R =
      new ScriptLanguage(
          "R",
          "OutputDataSet <- InputDataSet",
          "b <- a",
          Set.of(),
          Set.of(
              // With -2^31, and with 2^63 and more, R has them in wider types.
              "int32",
              "uint32",
              "uint64",
              "time32(s)",
              "time32(ms)",
              "time64(ns)",
              "launchpad.time",
              "timestamp(ns,UTC)",
              "launchpad.datetime2",
              "duration(ms)",
              "interval(year_month)",
              "interval(day_time)",
              "arrow.uuid"),
          table -> false);

  /// A virtual machine serves one call, so that many calls take long.
  static final ScriptLanguage JAVA =
      new ScriptLanguage(
          "Java",
          JavaRuntime.main(
              """
              try (var reader = call.input().reader()) {
                call.output().write(reader);
              }
              """),
          JavaRuntime.main("call.parameters().set(\"b\", call.parameters().get(\"a\"));"),
          Set.of(),
          Set.of(),
          table -> false);

  /// All that are installed.
  static List<ScriptLanguage> all() {
    return List.of(PYTHON, R, JAVA);
  }

  /// Those in which a test may make a call for each of its cases. [JavaRandomRoundTripTest] and
  /// [JavaSqlTypesTest] try the same in Java, many cases in a call.
  static List<ScriptLanguage> ofManyCalls() {
    return List.of(PYTHON, R);
  }

  /// A service with those of many calls.
  static Settings settings(int parked) {
    return Settings.NONE
        .with("runtime.python.parked-min", parked)
        .and(Settings.ofR().with("runtime.r.parked-min", parked));
  }

  /// Days outside Python's years, and the count that pandas reads as NaT.
  private static boolean isBeyondPython(JsonNode table) {
    for (int column = 0; column < table.get("fields").size(); column++) {
      String type = table.get("fields").get(column).get("type").asText();
      for (JsonNode batch : table.get("batches")) {
        for (JsonNode value : batch.get("columns").get(column)) {
          boolean day = type.equals("date32") && value.isNumber();
          boolean count = type.startsWith("timestamp") || type.startsWith("duration");
          if ((day && (value.asInt() < -719_162 || value.asInt() > 2_932_896))
              || (count && value.asText().equals("-9223372036854775808"))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return name;
  }
}
