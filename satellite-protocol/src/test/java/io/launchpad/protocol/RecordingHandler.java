// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// A handler that keeps what it is told, for tests to wait for.
final class RecordingHandler implements ConnectionHandler {
  final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  final CompletableFuture<ProtocolException> closed = new CompletableFuture<>();
  private volatile BiConsumer<Connection, Message> onLoop = (_, _) -> {};

  /// Also does this on the event loop, where streams must be opened.
  RecordingHandler onLoop(BiConsumer<Connection, Message> action) {
    onLoop = action;
    return this;
  }

  @Override
  public void message(Connection connection, Message message) {
    onLoop.accept(connection, message);
    messages.add(message);
  }

  @Override
  public void closed(Connection connection, ProtocolException cause) {
    closed.complete(cause);
  }

  <T extends Message> T next(Class<T> type) throws InterruptedException {
    Message message = messages.poll(10, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no " + type.getSimpleName() + " came");
    }
    return type.cast(message);
  }

  ProtocolException awaitClosed() throws Exception {
    return closed.get(10, TimeUnit.SECONDS);
  }
}
