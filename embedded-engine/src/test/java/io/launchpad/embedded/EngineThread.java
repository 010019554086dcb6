// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

/// Statements carried out by a thread of their own. Closing it waits for their end.
final class EngineThread implements AutoCloseable {

  private final Recorder recorder;
  private final Thread thread;

  EngineThread(EmbeddedEngine engine, String sql, Recorder recorder) {
    this.recorder = recorder;
    thread = Thread.ofPlatform().start(() -> engine.execute(sql, recorder));
  }

  void awaitMessage() {
    while (recorder.messages.isEmpty() && thread.isAlive()) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
