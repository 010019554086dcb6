// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

/// What a cancel does: it interrupts the script's thread, once, while there is a session.
///
/// One that overtakes its `EXECUTE` is kept for it; one that comes after the script's end changes
/// nothing.
public final class Interrupts {
  private final Thread thread;
  private boolean armed;
  private boolean requested;
  private boolean over;

  /// @param thread who executes the script
  public Interrupts(Thread thread) {
    this.thread = thread;
  }

  /// Asks for the end of the session.
  public synchronized void request() {
    if (over) {
      return;
    }
    requested = true;
    if (armed) {
      thread.interrupt();
    }
  }

  /// There is a session that an interrupt can end.
  public synchronized void arm() {
    armed = true;
    if (requested) {
      thread.interrupt();
    }
  }

  /// The script has ended. What follows is not interrupted any more.
  ///
  /// @return whether the end of the session was asked for before
  public synchronized boolean disarm() {
    over = true;
    armed = false;
    boolean _ = Thread.interrupted();
    return requested;
  }

  public synchronized boolean isRequested() {
    return requested;
  }
}
