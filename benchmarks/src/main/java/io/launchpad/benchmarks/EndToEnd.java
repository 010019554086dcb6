// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/// Measures whole calls against the built distribution and prints one table.
///
/// `EndToEnd [--rounds N] [--json FILE] [NAME…]`; without a name all are run, each against a
/// service of its own.
public final class EndToEnd {
  private static final int ROUNDS = 9;

  private EndToEnd() {}

  /// What is done with a service of its own.
  private interface Measurement {
    List<Figure> take(ServiceProcess service, BufferAllocator allocator) throws Exception;
  }

  /// @param settings of the service, beside the usual ones
  private record Benchmark(String name, List<String> settings, Measurement measurement) {
    Benchmark(String name, Measurement measurement) {
      this(name, List.of(), measurement);
    }
  }

  /// What the command line asks for.
  private record Options(int rounds, Path json, List<String> names) {
    static Options parse(String[] arguments) {
      int rounds = ROUNDS;
      Path json = Path.of("");
      List<String> names = new ArrayList<>();
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
          case "--json" -> json = Path.of(arguments[++i]);
          default -> names.add(arguments[i]);
        }
      }
      return new Options(rounds, json, names);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Options options = Options.parse(arguments);
    List<Figure> figures = new ArrayList<>();
    System.out.println(Figure.header());
    try (var allocator = new RootAllocator()) {
      for (Benchmark benchmark : chosen(options)) {
        try (var service = ServiceProcess.start(benchmark.settings())) {
          for (Figure figure : benchmark.measurement().take(service, allocator)) {
            System.out.println(figure.line());
            figures.add(figure);
          }
        }
      }
    }
    System.out.println("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    write(figures, options.json());
  }

  private static List<Benchmark> chosen(Options options) {
    var streams = new Streams(options.rounds());
    var embedded = new Embedded(options.rounds());
    List<Benchmark> all =
        List.of(
            new Benchmark("arrow", streams::arrow),
            new Benchmark("pandas", streams::pandas),
            new Benchmark("wide", streams::wide),
            new Benchmark("embedded", embedded::insertExec),
            new Benchmark("first-line", FirstLine::take),
            new Benchmark("no-frame", new Calls(Workload.NOTHING)::one),
            new Benchmark("one-row-arrow", new Calls(Workload.ARROW)::one),
            new Benchmark("one-row", new Calls(Workload.PANDAS)::one),
            new Benchmark("clients-arrow", new Calls(Workload.ARROW)::many),
            new Benchmark("clients", new Calls(Workload.PANDAS)::many),
            new Benchmark("cold", Calls.NONE_PARKED, new Calls(Workload.PANDAS)::cold),
            new Benchmark("refill", Refill::take),
            new Benchmark("parked", ParkedMemory.PYTHON.ofOne(), ParkedMemory.PYTHON::take),
            new Benchmark("java", JavaCalls.SETTINGS, JavaCalls.ofClass()::parked),
            new Benchmark("java-source", JavaCalls.SETTINGS, JavaCalls.ofSource()::parked),
            new Benchmark("java-cold", JavaCalls.NONE_PARKED, JavaCalls.ofClass()::cold),
            new Benchmark("java-clients", JavaCalls.SETTINGS, JavaCalls.ofClass()::many),
            new Benchmark("java-parked", ParkedMemory.JAVA.ofOne(), ParkedMemory.JAVA::take),
            new Benchmark("r", ServiceProcess.withR(), streams::r),
            new Benchmark("r-texts", ServiceProcess.withR(), streams::rTexts),
            new Benchmark("r-wide", ServiceProcess.withR(), streams::rWide),
            new Benchmark("r-one-row", ServiceProcess.withR(), new Calls(Workload.R)::one),
            new Benchmark("r-clients", ServiceProcess.withR(), new Calls(Workload.R)::many),
            new Benchmark("memory", streams::memory));
    List<String> names = all.stream().map(Benchmark::name).toList();
    if (!names.containsAll(options.names())) {
      throw new IllegalArgumentException("the benchmarks are " + names);
    }
    return all.stream()
        .filter(one -> options.names().isEmpty() || options.names().contains(one.name()))
        .toList();
  }

  private static void write(List<Figure> figures, Path file) throws IOException {
    if (!file.toString().isEmpty()) {
      String lines = figures.stream().map(Figure::json).collect(Collectors.joining(",\n  "));
      Files.writeString(file, "[\n  " + lines + "\n]\n");
    }
  }
}
