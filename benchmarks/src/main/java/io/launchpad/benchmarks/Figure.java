// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// One measured number: the median of some rounds, and their range.
record Figure(String name, String unit, double median, double low, double high, int rounds) {

  static Figure ofRounds(String name, String unit, double[] rounds) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    return new Figure(
        name, unit, percentile(sorted, 50), sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  static Figure single(String name, String unit, double value) {
    return ofRounds(name, unit, new double[] {value});
  }

  /// Median, 95th and 99th percentile of many values.
  static List<Figure> percentiles(String name, String unit, double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return IntStream.of(50, 95, 99)
        .mapToObj(percent ->
            new Figure(
                name + ", p" + percent,
                unit,
                percentile(sorted, percent),
                sorted[0],
                sorted[sorted.length - 1],
                sorted.length))
        .toList();
  }

  /// The nearest-rank percentile of sorted values.
  static double percentile(double[] sorted, double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  static String header() {
    return line("figure", "median", "lowest", "highest", "rounds", "unit");
  }

  String line() {
    return line(name, number(median), number(low), number(high), Integer.toString(rounds), unit);
  }

  private static String line(
      String name, String median, String low, String high, String rounds, String unit) {
    return "%-44s %10s %10s %10s %7s  %s".formatted(name, median, low, high, rounds, unit);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\": \"%s\", \"unit\": \"%s\", \"median\": %.4f, \"low\": %.4f, \"high\": %.4f, \"rounds\": %d}",
        name,
        unit,
        median,
        low,
        high,
        rounds);
  }
}
