// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorInfo;

/// Ends a session with this error.
final class SessionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  SessionFailure(ErrorInfo error) {
    super(error.code() + ": " + error.message(), null, false, false);
    this.error = error;
  }

  ErrorInfo error() {
    return error;
  }
}
