// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk.spi;

import io.launchpad.sdk.Call;
import io.launchpad.sdk.Executor;
import io.launchpad.sdk.Row;
import io.launchpad.sdk.Table;
import java.io.IOException;
import org.apache.arrow.vector.types.pojo.Field;

/// The script that satellites run for themselves before they are parked: gives back its input, once
/// it has looked at it in each of the usual ways.
public final class WarmUpScript implements Executor {
  public WarmUpScript() {}

  @Override
  public void execute(Call call) throws IOException {
    Table table = call.input().table();
    System.out.printf("warm: %d rows%n", table.rowCount());
    long sum = 0;
    for (Row row : table.rows()) {
      sum += row.getLong("i");
      if (!row.isNull("d")) {
        sum += String.valueOf(row.getDecimal("d")).length();
      }
    }
    try {
      throw new IllegalStateException("warm: " + sum);
    } catch (IllegalStateException e) {
      sum += e.getStackTrace().length;
    }
    try (var rows = call.output().rows(call.input().schema().getFields().toArray(new Field[0]))) {
      for (Row row : table.rows()) {
        rows.add(row.get(0), row.get(1), row.get(2), row.get(3));
      }
    }
  }
}
