// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever fails in it costs what failed alone. Event counters stand for pipes: one that is
/// signalled has 8 bytes to read.
@Timeout(60)
final class OutputPumpTest {
  private final CompletableFuture<String> broken = new CompletableFuture<>();

  private static final class Heard implements OutputListener {
    final BlockingQueue<Integer> pieces = new LinkedBlockingQueue<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean failing;

    Heard(boolean failing) {
      this.failing = new AtomicBoolean(failing);
    }

    @Override
    public void written(OutputStreamKind stream, byte[] bytes) {
      if (failing.getAndSet(false)) {
        throw new AssertionError("not foreseen");
      }
      pieces.add(bytes.length);
    }

    @Override
    public void closed(OutputStreamKind stream) {
      closed.complete(null);
    }
  }

  private static int open(OutputPump pump, OutputListener listener) {
    var stdout = new Descriptor(Posix.eventfd());
    int number = stdout.number();
    PumpedOutput _ = pump.add(stdout, new Descriptor(Posix.eventfd()), listener);
    return number;
  }

  private static int piece(Heard heard) throws InterruptedException {
    Integer bytes = heard.pieces.poll(30, TimeUnit.SECONDS);
    assertTrue(bytes != null, "nothing came");
    return bytes;
  }

  @Test
  void errorOfAListener_stopsNobodysOutput() throws Exception {
    try (var pump = new OutputPump(broken::complete)) {
      pump.start();
      var failing = new Heard(true);
      var other = new Heard(false);
      int first = open(pump, failing);
      int second = open(pump, other);
      Posix.eventfdSignal(first);
      Posix.eventfdSignal(second);
      assertEquals(8, piece(other));
      // Until the piece at fault has been read, a second signal adds to it.
      var next = new CompletableFuture<Void>();
      while (failing.pieces.isEmpty()) {
        Posix.eventfdSignal(first);
        Thread.onSpinWait();
      }
      boolean _ = pump.execute(() -> next.complete(null));
      next.get(30, TimeUnit.SECONDS);
    }
    assertTrue(!broken.isDone());
  }

  @Test
  void errorOfACommand_stopsNothing() throws Exception {
    try (var pump = new OutputPump(broken::complete)) {
      pump.start();
      boolean _ =
          pump.execute(() -> {
            throw new AssertionError("not foreseen");
          });
      var heard = new Heard(false);
      Posix.eventfdSignal(open(pump, heard));
      assertEquals(8, piece(heard));
    }
    assertTrue(!broken.isDone());
  }

  @Test
  void endOfTheThread_isTold() throws Exception {
    var failing = new AtomicBoolean();
    OutputPump.Wait wait =
        (int epoll, MemorySegment events, int max) -> {
          if (failing.get()) {
            throw new OutOfMemoryError("for want of memory");
          }
          return Posix.epollWait(epoll, events, max);
        };
    try (var pump = new OutputPump(wait, broken::complete)) {
      pump.start();
      var heard = new Heard(false);
      int _ = open(pump, heard);
      boolean _ = pump.execute(() -> failing.set(true));
      assertTrue(broken.get(30, TimeUnit.SECONDS).contains("for want of memory"));
      heard.closed.get(30, TimeUnit.SECONDS);
      while (pump.execute(() -> {})) {
        Thread.onSpinWait();
      }
    }
  }
}
