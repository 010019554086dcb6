// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// Linux signal numbers by name.
public final class Signals {

  public static final int SIGINT = 2;
  public static final int SIGABRT = 6;
  public static final int SIGKILL = 9;
  public static final int SIGSEGV = 11;
  public static final int SIGTERM = 15;

  private static final String[] NAMES = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };

  private Signals() {}

  /// `SIGSEGV` for 11; `signal 40` for one without a name.
  public static String name(int signal) {
    return signal > 0 && signal < NAMES.length ? "SIG" + NAMES[signal] : "signal " + signal;
  }
}
