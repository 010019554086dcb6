// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.SatelliteOutput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The output of one satellite, as the pump drains it. Its fields are the pump thread's.
final class PumpedOutput implements SatelliteOutput {

  private final OutputPump pump;
  private final OutputPipe stdout;
  private final OutputPipe stderr;

  PumpedOutput(OutputPump pump, OutputPipe stdout, OutputPipe stderr) {
    this.pump = pump;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /// On the pump's thread.
  void open() {
    pump.watch(stdout);
    pump.watch(stderr);
  }

  /// Instead of {@link #open}, when there is no such thread any more.
  void end() {
    stdout.end();
    stderr.end();
  }

  @Override
  public CompletionStage<Void> drained() {
    var done = new CompletableFuture<Void>();
    boolean accepted =
        pump.execute(() -> {
          var _ =
              CompletableFuture.allOf(stdout.drained(), stderr.drained())
                  .thenRun(() -> done.complete(null));
        });
    if (!accepted) {
      done.complete(null);
    }
    return done;
  }

  @Override
  public byte[] tail(OutputStreamKind stream) {
    return pipe(stream).tail();
  }

  private OutputPipe pipe(OutputStreamKind stream) {
    return switch (stream) {
      case STDOUT -> stdout;
      case STDERR -> stderr;
    };
  }
}
