// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.launchpad.sdk.Call;
import io.launchpad.sdk.Executor;
import java.io.IOException;
import org.apache.arrow.vector.ipc.ArrowReader;

/// The script that satellites run for themselves as scripts of users are run: its class is loaded
/// from a jar, by a loader of its own. Gives back its input as Arrow batches, and its parameter.
public final class WarmUpPassage implements Executor {
  /// The name of its parameter.
  static final String PARAMETER = "p";

  public WarmUpPassage() {}

  @Override
  public void execute(Call call) throws IOException {
    System.out.println("warm");
    try (ArrowReader reader = call.input().reader()) {
      call.output().write(reader);
    }
    call.parameters().set(PARAMETER, call.parameters().getLong(PARAMETER) + 1);
  }
}
