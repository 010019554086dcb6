// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Message;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that calls an execution's listener, so that a slow listener holds nobody else back.
/// What waits for it is bounded by the volume of output that launchpad lets a script print.
final class ListenerThread {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerThread.class);

  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final ExecutionListener listener;
  private boolean ended;

  private ListenerThread(ExecutionListener listener) {
    this.listener = listener;
  }

  static ListenerThread start(String requestId, ExecutionListener listener) {
    var thread = new ListenerThread(listener);
    var _ = Thread.ofVirtual().name("launchpad-listener-" + requestId).start(thread::run);
    return thread;
  }

  void hear(Message message) {
    switch (message) {
      case Message.Queued queued -> events.add(() -> listener.queued(queued));
      case Message.Started started -> events.add(() -> listener.started(started));
      case Message.Output output -> events.add(() -> listener.printed(output));
      default -> throw new IllegalArgumentException(message.type() + " is not for listeners");
    }
  }

  /// Runs `last` after everything that was heard before, then ends the thread.
  void end(Runnable last) {
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
