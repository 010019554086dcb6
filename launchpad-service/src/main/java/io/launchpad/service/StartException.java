// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

/// The service cannot start; each line of the message says what keeps it from that, and how to mend
/// it.
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
