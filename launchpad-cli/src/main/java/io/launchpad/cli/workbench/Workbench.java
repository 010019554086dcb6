// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.workbench;

import io.launchpad.cli.service.PrivateService;
import io.launchpad.client.ClientConfig;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.script.LaunchpadRunner;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/// An embedded engine with a launchpad behind it: the one the options name, or a private one that
/// lives as long as this.
public final class Workbench implements AutoCloseable {
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final BufferAllocator allocator;
  private final EmbeddedEngine engine;

  /// Opens the engine; without a named launchpad it starts one, which takes about a second.
  ///
  /// @param database the DuckDB file; null for a database in memory
  /// @throws IOException when the launchpad or the database cannot be had
  public static Workbench open(ConnectOptions connect, @Nullable Path database) throws IOException {
    return new Workbench(connect, database);
  }

  private Workbench(ConnectOptions connect, @Nullable Path database) throws IOException {
    try {
      Optional<ClientConfig> named = connect.config();
      ClientConfig config = named.isPresent() ? named.get() : privateService();
      allocator = own(new RootAllocator());
      LaunchpadClient client =
          own(LaunchpadClient.open(config.withSoftware("launchpad-cli"), allocator));
      EngineConfig settings =
          database == null ? EngineConfig.inMemory() : EngineConfig.file(database);
      engine =
          own(
              EmbeddedEngine.open(
                  settings,
                  allocator,
                  new LaunchpadRunner(client, allocator, System.getProperty("user.name"))));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private ClientConfig privateService() throws IOException {
    Installation installation = Installation.ofThisProcess();
    PrivateService service =
        own(PrivateService.start(installation.home(), installation.runtimes()));
    return ClientConfig.of(new Transport.Unix(service.socket()));
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  public EmbeddedEngine engine() {
    return engine;
  }

  /// Memory for what shows the engine's results.
  public BufferAllocator allocator() {
    return allocator;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("could not end cleanly: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
