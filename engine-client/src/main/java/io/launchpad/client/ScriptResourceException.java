// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.ErrorInfo;
import java.io.Serial;

/// A limit or a shortage; later, or with another limit, it may work.
public final class ScriptResourceException extends ScriptException {
  @Serial private static final long serialVersionUID = 1L;

  ScriptResourceException(ErrorInfo error, Throwable... cause) {
    super(error, cause);
  }

  @Override
  ScriptException again() {
    return new ScriptResourceException(error(), this);
  }
}
