// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.SatelliteOutput;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The output of one satellite, as the pump drains it. Its fields are the pump thread's.
final class PumpedOutput implements SatelliteOutput {

  private final OutputPump pump;
  private final OutputPipe stdout;
  private final OutputPipe stderr;
  private final Set<OutputStreamKind> paused = EnumSet.noneOf(OutputStreamKind.class);

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
  public void pause(OutputStreamKind stream) {
    boolean _ =
        pump.execute(() -> {
          OutputPipe pipe = pipe(stream);
          if (!pipe.isEnded() && paused.add(stream)) {
            pump.unwatch(pipe);
          }
        });
  }

  @Override
  public void resume(OutputStreamKind stream) {
    boolean _ = pump.execute(() -> resumeNow(stream));
  }

  /// Nobody reads a satellite's output slowly after its end: lets what is left pass.
  void resumeAll() {
    boolean _ =
        pump.execute(() -> {
          resumeNow(OutputStreamKind.STDOUT);
          resumeNow(OutputStreamKind.STDERR);
        });
  }

  private void resumeNow(OutputStreamKind stream) {
    OutputPipe pipe = pipe(stream);
    if (paused.remove(stream) && !pipe.isEnded()) {
      pump.watch(pipe);
    }
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
