// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

/// The failure of a call, as the runner reports it.
public final class ScriptFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int number;
  private final String traceback;

  /// @param number the error's number in the satellite protocol
  /// @param message what, where and what to do
  /// @param traceback the script's stack, outermost first, or empty
  public ScriptFailedException(int number, String message, String traceback) {
    super(message);
    this.number = number;
    this.traceback = traceback;
  }

  public int number() {
    return number;
  }

  public String text() {
    return String.valueOf(getMessage());
  }

  public String traceback() {
    return traceback;
  }
}
