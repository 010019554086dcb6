// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls that the JDK has no way to make.
///
/// JUSTIFICATION, for all: descriptors arrive beside a message (`SCM_RIGHTS`) and are plain numbers
/// afterwards; the JDK can neither receive them nor read, watch or close a descriptor by number.
/// SAFETY, for all: the arguments are integers and segments whose size is passed along, the C
/// library keeps none of them after the call, and a wrong descriptor gives EBADF. What is said per
/// call is what goes beyond that.
///
/// Every call returns what the C function does, or the negated errno.
final class Posix {

  static final int EINTR = 4;
  static final int EAGAIN = 11;

  static final int MSG_TRUNC = 0x20;
  static final int MSG_CTRUNC = 0x08;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_CMSG_CLOEXEC = 0x40000000;
  static final int SHUT_RDWR = 2;

  static final int EPOLLIN = 1;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;

  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;
  private static final long FIONREAD = 0x541B;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle RECVMSG =
      function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CREATE1 =
      function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD =
      function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD_WRITE =
      function("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private Posix() {}

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    var all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
  }

  /// Blocks until there is a message.
  ///
  /// SAFETY: `header` is a `msghdr` whose pointers and lengths describe live segments; see {@link
  /// ControlSocket}. May block, so it is called on a platform thread only.
  static long recvmsg(int socket, MemorySegment header, int flags) {
    return call(state -> (long) RECVMSG.invokeExact(state, socket, header, flags));
  }

  static long send(int socket, MemorySegment bytes, int flags) {
    return call(state -> (long) SEND.invokeExact(state, socket, bytes, bytes.byteSize(), flags));
  }

  /// Wakes whoever is blocked on the socket; the descriptor stays open.
  static long shutdown(int socket) {
    return call(state -> (long) (int) SHUTDOWN.invokeExact(state, socket, SHUT_RDWR));
  }

  static long read(int descriptor, MemorySegment into) {
    return call(state -> (long) READ.invokeExact(state, descriptor, into, into.byteSize()));
  }

  /// SAFETY: closing a number twice would close somebody else's; only {@link Descriptor} calls
  /// this, once.
  static void close(int descriptor) {
    long _ = call(state -> (long) (int) CLOSE.invokeExact(state, descriptor));
  }

  static int epollCreate() {
    return (int) call(state -> (long) (int) EPOLL_CREATE1.invokeExact(state, CLOEXEC));
  }

  static int epollControl(int epoll, int operation, int descriptor, MemorySegment event) {
    return (int)
        call(state ->
            (long) (int) EPOLL_CTL.invokeExact(state, epoll, operation, descriptor, event));
  }

  /// Blocks until something is ready.
  ///
  /// SAFETY: `events` has room for `eventsMax` of {@link EpollEvents#BYTES} each. May block, so it
  /// is called on a platform thread only.
  static int epollWait(int epoll, MemorySegment events, int eventsMax) {
    return (int)
        call(state -> (long) (int) EPOLL_WAIT.invokeExact(state, epoll, events, eventsMax, -1));
  }

  static int eventfd() {
    return (int) call(state -> (long) (int) EVENTFD.invokeExact(state, 0, CLOEXEC | NONBLOCK));
  }

  static void eventfdSignal(int eventfd) {
    long _ = call(state -> (long) (int) EVENTFD_WRITE.invokeExact(state, eventfd, 1L));
  }

  /// How many bytes stand in a pipe.
  static int available(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      long result =
          call(state -> (long) (int) IOCTL.invokeExact(state, descriptor, FIONREAD, count));
      return result < 0 ? (int) result : count.get(JAVA_INT, 0);
    }
  }

  private interface Call {
    long invoke(MemorySegment state) throws Throwable;
  }

  private static long call(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      long result = call.invoke(state);
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws no checked exception", e);
    }
  }
}
