// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.SatelliteOutput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One output pipe: what was delivered of it, its last bytes, and who waits for how much.
///
/// All but {@link #tail} on the pump's thread.
final class OutputPipe {

  private static final Logger LOG = LoggerFactory.getLogger(OutputPipe.class);

  private record Waiter(long deliveredAtLeast, CompletableFuture<Void> done) {}

  private final Descriptor descriptor;
  private final OutputStreamKind kind;
  private final OutputListener listener;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private long delivered;
  private boolean ended;

  /// Under which the pump watches it.
  long id;

  // A ring; guarded by itself.
  private final byte[] tail = new byte[SatelliteOutput.TAIL_BYTES_MAX];
  private long tailBytes;

  OutputPipe(Descriptor descriptor, OutputStreamKind kind, OutputListener listener) {
    this.descriptor = descriptor;
    this.kind = kind;
    this.listener = listener;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  OutputStreamKind kind() {
    return kind;
  }

  void deliver(byte[] bytes) {
    delivered += bytes.length;
    keepTail(bytes);
    call(() -> listener.written(kind, bytes));
    while (!waiters.isEmpty() && waiters.getFirst().deliveredAtLeast <= delivered) {
      waiters.removeFirst().done.complete(null);
    }
  }

  /// Nothing follows: closes it and lets everybody go who waits.
  void end() {
    if (!ended) {
      ended = true;
      descriptor.close();
      call(() -> listener.closed(kind));
      waiters.forEach(waiter -> waiter.done.complete(null));
      waiters.clear();
    }
  }

  /// Completes when what stands in the pipe now has been delivered.
  CompletableFuture<Void> drained() {
    var done = new CompletableFuture<Void>();
    int available = ended ? 0 : Posix.available(descriptor.number());
    if (available <= 0) {
      done.complete(null);
    } else {
      waiters.addLast(new Waiter(delivered + available, done));
    }
    return done;
  }

  byte[] tail() {
    synchronized (tail) {
      int kept = (int) Math.min(tailBytes, tail.length);
      byte[] copy = new byte[kept];
      for (int i = 0; i < kept; i++) {
        copy[i] = tail[(int) ((tailBytes - kept + i) % tail.length)];
      }
      return copy;
    }
  }

  private void keepTail(byte[] bytes) {
    synchronized (tail) {
      int first = Math.max(0, bytes.length - tail.length);
      tailBytes += first;
      for (int i = first; i < bytes.length; i++) {
        tail[(int) (tailBytes++ % tail.length)] = bytes[i];
      }
    }
  }

  /// A listener at fault must not stop everybody's output.
  private void call(Runnable listenerCall) {
    try {
      listenerCall.run();
    } catch (RuntimeException | Error e) {
      LOG.error("an output listener failed", e);
    }
  }
}
