// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.sdk.Call;
import io.launchpad.sdk.Executor;
import java.io.IOException;
import org.apache.arrow.vector.ipc.ArrowReader;

/// The identity script in Java, over batches as they are. Runs in satellites.
public final class JavaIdentity implements Executor {
  @Override
  public void execute(Call call) throws IOException {
    try (ArrowReader reader = call.input().reader()) {
      call.output().write(reader);
    }
  }
}
