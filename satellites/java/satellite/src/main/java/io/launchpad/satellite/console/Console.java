// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Message.Output;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// `System.out` and `System.err` as numbered messages, in the order they were printed.
///
/// One message is under way at a time. What is printed meanwhile waits together for the next one,
/// so that single lines are live and floods are few large messages; a script that prints more than
/// fits is held back. Lines of the two streams keep their order.
public final class Console {
  /// What may wait for the message under way.
  private static final int WAITING_MAX = 64 << 10;

  /// How long the end waits for a peer that does not read.
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final Function<Output, CompletionStage<@Nullable Void>> sender;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition sent = lock.newCondition();
  private final Pending pending = new Pending();
  private final Tail out = new Tail();
  private final Tail err = new Tail();
  private final ConsoleStream outStream = new ConsoleStream(this, OutputChannel.STDOUT);
  private final ConsoleStream errStream = new ConsoleStream(this, OutputChannel.STDERR);
  private long bytesLeft = Long.MAX_VALUE;
  private long number;
  private boolean underWay;
  private boolean closed;

  /// @param sender sends a message; the stage completes when the socket has taken it
  public Console(Function<Output, CompletionStage<@Nullable Void>> sender) {
    this.sender = sender;
  }

  /// Takes the place of the process's two streams.
  public void install() {
    System.setOut(new PrintStream(outStream, false, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errStream, false, StandardCharsets.UTF_8));
  }

  /// Bounds what is printed from now on, both streams together; 0 is no bound.
  public void limit(long bytes) {
    lock.lock();
    try {
      bytesLeft = bytes == 0 ? Long.MAX_VALUE : bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Takes text that was printed. Nobody's interrupt is lost in here.
  void print(OutputChannel channel, String text) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      int length = text.getBytes(StandardCharsets.UTF_8).length;
      tail(channel).add(text);
      String kept = text;
      if (length > bytesLeft) {
        kept = Utf8Cut.first(text, (int) bytesLeft);
        int keptLength = kept.getBytes(StandardCharsets.UTF_8).length;
        pending.drop(channel, length - keptLength);
        length = keptLength;
        bytesLeft = length; // what follows is dropped too, even where it would fit
      }
      bytesLeft -= length;
      while (pending.bytes() + length > WAITING_MAX && underWay && !closed) {
        sent.awaitUninterruptibly();
      }
      pending.add(channel, kept, length);
      sendNext();
    } finally {
      lock.unlock();
    }
  }

  /// Sends what waits, if nothing is under way. To be called with the lock held.
  private void sendNext() {
    if (underWay) {
      return;
    }
    Pending.Segment next = pending.take(Limits.OUTPUT_TEXT_BYTES);
    if (next == null) {
      sent.signalAll();
      return;
    }
    underWay = true;
    var message =
        new Output(number++, next.channel(), OutputSource.INTERPRETER, next.text(), next.dropped());
    var _ = sender.apply(message).whenComplete((_, _) -> written());
  }

  private void written() {
    lock.lock();
    try {
      underWay = false;
      sent.signalAll();
      sendNext();
    } finally {
      lock.unlock();
    }
  }

  /// Sends all that was printed, lines without an end too, and takes nothing more.
  public void close() {
    outStream.flush();
    errStream.flush();
    lock.lock();
    try {
      pending.reportDrops();
      sendNext();
      long left = CLOSE_TIME.toNanos();
      boolean interrupted = false;
      while ((underWay || !pending.isEmpty()) && left > 0) {
        try {
          left = sent.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      closed = true;
      sent.signalAll();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private Tail tail(OutputChannel channel) {
    return switch (channel) {
      case STDOUT -> out;
      case STDERR -> err;
    };
  }

  /// The last of what was printed.
  public Bytes tailOf(OutputChannel channel) {
    lock.lock();
    try {
      return tail(channel).bytes();
    } finally {
      lock.unlock();
    }
  }
}
