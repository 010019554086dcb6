// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.ErrorInfo;
import java.io.Serial;

/// The execution was cancelled by the client.
public final class ScriptCancelledException extends ScriptException {
  @Serial private static final long serialVersionUID = 1L;

  ScriptCancelledException(ErrorInfo error, Throwable... cause) {
    super(error, cause);
  }

  @Override
  ScriptException again() {
    return new ScriptCancelledException(error(), this);
  }
}
