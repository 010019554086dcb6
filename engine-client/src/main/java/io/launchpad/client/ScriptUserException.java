// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.ErrorInfo;
import java.io.Serial;

/// The script, its data or the request is wrong: the caller can mend it.
public final class ScriptUserException extends ScriptException {
  @Serial private static final long serialVersionUID = 1L;

  ScriptUserException(ErrorInfo error, Throwable... cause) {
    super(error, cause);
  }

  @Override
  ScriptException again() {
    return new ScriptUserException(error(), this);
  }
}
