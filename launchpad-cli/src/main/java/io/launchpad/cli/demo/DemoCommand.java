// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.demo;

import io.launchpad.cli.demo.DemoStep.Ending;
import io.launchpad.cli.workbench.ConnectOptions;
import io.launchpad.cli.workbench.Workbench;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows external scripts at work on the flights that left New York in 2013.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Shows external scripts at work on real data: 336,776 flights, and Fisher's irises.")
public final class DemoCommand implements Callable<Integer> {
  private static final String ALL_FLIGHTS =
      "SELECT count(*) FROM flights WHERE arr_delay IS NOT NULL";
  private static final List<DemoStep> STEPS =
      List.of(
          new DemoStep("Load the data", "0-load.sql", "", Ending.SUCCESS),
          new DemoStep(
              "Summarise by carrier, in pandas", "1-summary.sql", ALL_FLIGHTS, Ending.SUCCESS),
          new DemoStep(
              "Train a model and store it in a table", "2-train.sql", ALL_FLIGHTS, Ending.SUCCESS),
          new DemoStep(
              "Score all flights with the stored model, streamed",
              "3-score.sql",
              "SELECT count(*) FROM flights WHERE dep_delay IS NOT NULL",
              Ending.SUCCESS),
          new DemoStep(
              "Draw a histogram and keep the picture",
              "4-picture.sql",
              ALL_FLIGHTS,
              Ending.SUCCESS),
          new DemoStep("A script that fails says where", "5-failure.sql", "", Ending.SCRIPT_ERROR),
          new DemoStep(
              "A script that does not end is cancelled", "6-cancelled.sql", "", Ending.CANCELLED),
          new DemoStep("The same summary in R", "7-summary-r.sql", ALL_FLIGHTS, Ending.SUCCESS),
          new DemoStep(
              "The same summary in Java", "8-summary-java.sql", ALL_FLIGHTS, Ending.SUCCESS));

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:LAUNCHPAD_DEMO_DATA}",
      description = "where flights.parquet and iris.parquet are")
  private @Nullable Path data;

  @Option(
      names = "--pictures",
      paramLabel = "FOLDER",
      defaultValue = "demo-pictures",
      description = "where the histogram is saved (default: ${DEFAULT-VALUE})")
  private Path pictures = Path.of("demo-pictures");

  @Mixin private final ConnectOptions connect = new ConnectOptions();

  public DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    if (data == null) {
      throw new IOException(
          "the demo needs its data: --data FOLDER, or start it by ./launchpad demo");
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    out.println("Starting a private launchpad service.");
    try (Workbench bench = Workbench.open(connect, null)) {
      DemoRun run = new DemoRun(bench, data, pictures, out);
      for (DemoStep step : STEPS) {
        if (!run.run(step)) {
          return 1;
        }
      }
    }
    out.println(
        """
        That was all of it: SQL in, a fresh process for every script, results and errors out.

        Type next:
          ./launchpad sql -e "EXEC sp_execute_external_script @language = N'Python', @script = N'print(6 * 7)'"
          ./launchpad sql                     statements of your own, interactively
          ./launchpad sql FILE --format csv   statements from a file, results for a program
        """);
    return 0;
  }
}
