// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that drains the output pipes of all satellites.
///
/// Everything about a pipe happens on that thread; others hand it commands. One piece is read per
/// ready pipe and turn, so that a flood on one delays the others by one piece. Whatever a pipe or a
/// command meets costs that pipe or command alone; when the thread itself cannot go on, it says so,
/// since nobody's output is read any more.
final class OutputPump implements AutoCloseable {

  static final int PIECE_BYTES_MAX = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);
  private static final int EVENTS_MAX = 64;
  private static final long WAKE_ID = 0;

  /// Waits for events; [Posix#epollWait] but in tests.
  @FunctionalInterface
  interface Wait {
    int events(int epoll, MemorySegment events, int eventsMax);
  }

  private final Wait wait;
  private final Consumer<String> broken;
  private final Descriptor epoll;
  private final Descriptor wake;
  private final Thread thread;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

  // Of the pump's thread alone.
  private final Set<OutputPipe> open = new HashSet<>();
  private final Map<Long, OutputPipe> watched = new HashMap<>();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment piece = arena.allocate(PIECE_BYTES_MAX);
  private final MemorySegment event = arena.allocate(EpollEvents.BYTES, 8);
  private long lastId = WAKE_ID;
  private boolean closing;

  // Guarded by `wake`.
  private boolean closed;

  /// @param broken hears why the thread has ended, unless it was closed; on that thread
  OutputPump(Consumer<String> broken) {
    this(Posix::epollWait, broken);
  }

  OutputPump(Wait wait, Consumer<String> broken) {
    this.wait = wait;
    this.broken = broken;
    epoll = new Descriptor(checked(Posix.epollCreate(), "epoll_create1"));
    wake = new Descriptor(checked(Posix.eventfd(), "eventfd"));
    EpollEvents.set(event, Posix.EPOLLIN, WAKE_ID);
    int _ =
        checked(
            Posix.epollControl(epoll.number(), Posix.EPOLL_CTL_ADD, wake.number(), event),
            "epoll_ctl");
    thread = Thread.ofPlatform().name("satellite-output").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Owns the two pipes from now on.
  PumpedOutput add(Descriptor stdout, Descriptor stderr, OutputListener listener) {
    var output =
        new PumpedOutput(
            this,
            new OutputPipe(stdout, OutputStreamKind.STDOUT, listener),
            new OutputPipe(stderr, OutputStreamKind.STDERR, listener));
    if (!execute(output::open)) {
      output.end();
    }
    return output;
  }

  /// Runs a command on the pump's thread, soon. False, and never, when the pump has been closed.
  boolean execute(Runnable command) {
    synchronized (wake) {
      if (closed) {
        return false;
      }
      commands.add(command);
      Posix.eventfdSignal(wake.number());
      return true;
    }
  }

  /// Ends the thread, and the pipes as if their writers had closed them. Waits for the thread,
  /// unless it is the caller.
  @Override
  public void close() {
    boolean _ = execute(() -> closing = true);
    boolean interrupted = false;
    while (!Thread.currentThread().equals(thread) && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// On the pump's thread: begins to watch a pipe.
  void watch(OutputPipe pipe) {
    open.add(pipe);
    pipe.id = ++lastId;
    EpollEvents.set(event, Posix.EPOLLIN, pipe.id);
    int added =
        Posix.epollControl(epoll.number(), Posix.EPOLL_CTL_ADD, pipe.descriptor().number(), event);
    if (added < 0) {
      LOG.error("an output pipe cannot be watched: errno {}", -added);
      open.remove(pipe);
      pipe.end();
    } else {
      watched.put(pipe.id, pipe);
    }
  }

  private void run() {
    try {
      pump();
    } catch (Throwable e) {
      LOG.error("the output of satellites is read no more", e);
      // First: the session of each pipe that ends below is to know why.
      broken.accept("a defect while the output of satellites was read: " + e);
    } finally {
      end();
    }
  }

  private void pump() {
    MemorySegment events = arena.allocate(EpollEvents.BYTES * EVENTS_MAX, 8);
    while (!closing) {
      int ready = wait.events(epoll.number(), events, EVENTS_MAX);
      if (ready < 0 && ready != -Posix.EINTR) {
        throw new IllegalStateException("epoll_wait failed with errno " + -ready);
      }
      for (int i = 0; i < ready; i++) {
        long id = EpollEvents.data(events, i);
        OutputPipe pipe = watched.get(id);
        if (id == WAKE_ID) {
          long _ = Posix.read(wake.number(), piece.asSlice(0, Long.BYTES));
          runCommands();
        } else if (pipe != null) {
          drainOrEnd(pipe);
        }
      }
    }
  }

  private void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      try {
        command.run();
      } catch (Throwable e) {
        LOG.error("a command about a satellite's output failed", e);
      }
    }
  }

  private void drainOrEnd(OutputPipe pipe) {
    try {
      drain(pipe);
    } catch (Throwable e) {
      LOG.error("an output pipe could not be read; what follows on it is lost", e);
      end(pipe);
    }
  }

  private void drain(OutputPipe pipe) {
    long length = Posix.read(pipe.descriptor().number(), piece);
    if (length > 0) {
      pipe.deliver(piece.asSlice(0, length).toArray(JAVA_BYTE));
    } else if (length != -Posix.EAGAIN && length != -Posix.EINTR) {
      end(pipe);
    }
  }

  private void end(OutputPipe pipe) {
    if (watched.remove(pipe.id) != null) {
      int _ =
          Posix.epollControl(
              epoll.number(), Posix.EPOLL_CTL_DEL, pipe.descriptor().number(), event);
    }
    open.remove(pipe);
    pipe.end();
  }

  private void end() {
    synchronized (wake) {
      closed = true;
      wake.close();
    }
    // What came before the end is still done; who waits is let go with the pipe.
    runCommands();
    open.forEach(OutputPipe::end);
    epoll.close();
    arena.close();
  }

  private static int checked(int result, String what) {
    if (result < 0) {
      throw new SandboxException(what + " failed with errno " + -result);
    }
    return result;
  }
}
