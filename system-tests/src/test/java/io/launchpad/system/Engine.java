// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.client.ClientConfig;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.protocol.Transport;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/// A SQL engine as launchpad sees it: the engine's client, whose memory must be free at the end.
final class Engine implements AutoCloseable {
  private final BufferAllocator allocator = new RootAllocator();
  private final LaunchpadClient client;

  private Engine(ClientConfig config) {
    client = LaunchpadClient.open(config, allocator);
  }

  static Engine of(Transport transport) {
    return new Engine(ClientConfig.of(transport));
  }

  static Engine with(ClientConfig config) {
    return new Engine(config);
  }

  BufferAllocator allocator() {
    return allocator;
  }

  LaunchpadClient client() {
    return client;
  }

  static ScriptRequestBuilder request(String script) {
    return ScriptRequest.builder("alice", "Python", script);
  }

  Call start(ScriptRequest request) throws ScriptException {
    return start(request, List.of(), null);
  }

  Call start(ScriptRequest request, List<ScriptInput> inputs, @Nullable VectorSchemaRoot parameters)
      throws ScriptException {
    var events = new Events();
    return new Call(client.execute(request, inputs, parameters, events), events);
  }

  /// Runs a script to its end, whatever that is.
  Outcome run(String script) {
    return run(request(script).build());
  }

  Outcome run(ScriptRequest request, ScriptInput... inputs) {
    try (var call = start(request, List.of(inputs), null)) {
      return call.finish();
    } catch (ScriptException e) {
      return new Outcome.Failure(e, "");
    }
  }

  @Override
  public void close() {
    client.close();
    assertEquals(0, allocator.getAllocatedMemory(), "memory left at the engine");
    allocator.close();
  }
}
