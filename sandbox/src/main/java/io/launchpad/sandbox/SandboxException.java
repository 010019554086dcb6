// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// The sandbox could not do what it was asked; the message says what to do about it where that is
/// known.
public final class SandboxException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
