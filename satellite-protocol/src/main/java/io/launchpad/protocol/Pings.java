// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The pings of a connection that have not been answered. On the event loop.
final class Pings {
  private final Map<Bytes, CompletableFuture<@Nullable Void>> waiting = new HashMap<>();
  private long number;

  /// One more; its answer completes the future.
  Message.Ping next(CompletableFuture<@Nullable Void> answered) {
    Bytes payload = Bytes.utf8(Long.toString(number++));
    waiting.put(payload, answered);
    return new Message.Ping(payload);
  }

  /// An answer that nobody waits for is none.
  void answered(Bytes payload) {
    CompletableFuture<@Nullable Void> ping = waiting.remove(payload);
    if (ping != null) {
      ping.complete(null);
    }
  }

  void fail(ProtocolException cause) {
    waiting.values().forEach(ping -> ping.completeExceptionally(cause));
    waiting.clear();
  }
}
