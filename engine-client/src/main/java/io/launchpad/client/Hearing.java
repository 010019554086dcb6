// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Message;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How an execution's listener hears of it. Told on the event loop, which is never held back.
sealed interface Hearing {

  /// One of these three: queued, started, printed.
  void hear(Message message);

  /// Runs `last` after the listener has heard everything before.
  void end(Runnable last);

  /// Starts a thread, unless nobody listens.
  static Hearing of(String requestId, ExecutionListener listener) {
    return ExecutionListener.NONE.equals(listener)
        ? new Nobody()
        : OnThread.start(requestId, listener);
  }

  /// Nobody listens, so nothing has to be waited for.
  record Nobody() implements Hearing {
    @Override
    public void hear(Message message) {}

    @Override
    public void end(Runnable last) {
      last.run();
    }
  }

  /// A thread that calls the listener, which may be slow. What waits for it is bounded by the
  /// volume of output that launchpad lets a script print.
  final class OnThread implements Hearing {
    private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final ExecutionListener listener;
    private boolean ended;

    private OnThread(ExecutionListener listener) {
      this.listener = listener;
    }

    private static OnThread start(String requestId, ExecutionListener listener) {
      var hearing = new OnThread(listener);
      var _ = Thread.ofVirtual().name("launchpad-listener-" + requestId).start(hearing::run);
      return hearing;
    }

    @Override
    public void hear(Message message) {
      switch (message) {
        case Message.Queued queued -> events.add(() -> listener.queued(queued));
        case Message.Started started -> events.add(() -> listener.started(started));
        case Message.Output output -> events.add(() -> listener.printed(output));
        default -> throw new IllegalArgumentException(message.type() + " is not for listeners");
      }
    }

    @Override
    public void end(Runnable last) {
      events.add(() -> {
        ended = true;
        last.run();
      });
    }

    private void run() {
      while (!ended) {
        try {
          events.take().run();
        } catch (RuntimeException e) {
          LOG.warn("an execution listener failed", e);
        } catch (InterruptedException e) {
          LOG.debug("interrupted; nobody interrupts this thread on purpose", e);
        }
      }
    }
  }
}
