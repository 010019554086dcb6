// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.launchpad.protocol.NetworkLoops;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.apache.arrow.memory.RootAllocator;

/// What satellites do, for the cache of classes that they are started with: sessions of a class and
/// of source code.
final class Training {
  private static final int ROUNDS = 10;

  /// Uses what scripts use most, so that its classes are in the cache.
  private static final String SOURCE =
      """
      import io.launchpad.sdk.*;
      import java.util.*;
      import java.util.stream.*;

      public class Trained implements Executor {
        record Pair(long id, String text) {}

        @Override
        public void execute(Call call) throws Exception {
          List<Pair> pairs = new ArrayList<>();
          for (Row row : call.input().rows()) {
            pairs.add(new Pair(row.getLong("i"), row.getString("s")));
          }
          Map<Long, List<Pair>> groups =
              pairs.stream().collect(Collectors.groupingBy(Pair::id, TreeMap::new, Collectors.toList()));
          System.out.printf("%d of %s%n", pairs.size(), groups.keySet());
          try (RowWriter out = call.output().rows(Columns.int64("id"), Columns.text("text"))) {
            for (Pair pair : pairs) {
              out.add(pair.id(), pair.text());
            }
          }
        }
      }
      """;

  private static final String SHORT_SOURCE =
      """
      import io.launchpad.sdk.*;

      void main() throws Exception {
        var table = Call.current().input().table();
        Call.current().output().columns()
            .add("id", table.column("i").longs())
            .add("text", table.column("s").strings())
            .write();
      }
      """;

  private Training() {}

  static void run() throws IOException, InterruptedException, ExecutionException {
    try (NetworkLoops loops = NetworkLoops.start("channel", 1);
        var allocator = new RootAllocator()) {
      for (int round = 0; round < ROUNDS; round++) {
        WarmUp.play(loops, allocator);
      }
      for (int round = 0; round < ROUNDS / 4; round++) {
        WarmUp.play(loops, allocator, SOURCE);
        WarmUp.play(loops, allocator, SHORT_SOURCE);
      }
    }
  }
}
