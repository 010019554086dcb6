// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// SIGINT, which launchpad sends to cancel a session.
///
/// `sun.misc.Signal` is supported (module jdk.unsupported) and the only way to hear a signal; it is
/// called by reflection because javac warns of its name and cannot be told not to.
final class InterruptSignal {
  private InterruptSignal() {}

  /// Runs a task on a thread of the virtual machine's for each SIGINT from now on.
  static void handle(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(task);
      Object handling =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      Object _ =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance("INT"), handling);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("SIGINT cannot be handled", e);
    }
  }
}
