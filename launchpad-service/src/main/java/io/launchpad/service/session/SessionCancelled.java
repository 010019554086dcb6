// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

/// Ends a session that has no satellite yet.
final class SessionCancelled extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient CancelCause reason;

  SessionCancelled(CancelCause reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  CancelCause reason() {
    return reason;
  }
}
