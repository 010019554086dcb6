// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.error.SqlError;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;

/// An engine in memory over a fake runner, and an allocator that must be empty at the end.
final class EngineFixture implements AutoCloseable {

  final RootAllocator allocator = new RootAllocator();
  final FakeRunner runner = new FakeRunner(FakeRunner.identity(allocator));
  final EmbeddedEngine engine;

  EngineFixture() {
    this(new EngineConfig(Optional.empty(), 1, 1, Optional.empty()));
  }

  EngineFixture(EngineConfig config) {
    engine = EmbeddedEngine.open(config, allocator, runner);
  }

  Recorder execute(String sql) {
    var recorder = new Recorder();
    boolean succeeded = engine.execute(sql, recorder);
    if (succeeded != recorder.errors.isEmpty()) {
      throw new AssertionError("success " + succeeded + " with " + recorder.errors);
    }
    return recorder;
  }

  /// Must succeed.
  Recorder run(String sql) {
    Recorder recorder = execute(sql);
    if (!recorder.errors.isEmpty()) {
      throw new AssertionError(recorder.errors.toString(), recorder.error().cause());
    }
    return recorder;
  }

  /// Must fail, with one error.
  SqlError fail(String sql) {
    Recorder recorder = execute(sql);
    if (recorder.errors.size() != 1) {
      throw new AssertionError("errors: " + recorder.errors);
    }
    return recorder.error();
  }

  @Override
  public void close() {
    engine.close();
    allocator.close();
  }
}
