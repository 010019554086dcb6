// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.ErrorInfo;
import java.io.Serial;

/// launchpad, the satellite or the connection failed.
public final class ScriptInternalException extends ScriptException {
  @Serial private static final long serialVersionUID = 1L;

  ScriptInternalException(ErrorInfo error, Throwable... cause) {
    super(error, cause);
  }

  @Override
  ScriptException again() {
    return new ScriptInternalException(error(), this);
  }
}
