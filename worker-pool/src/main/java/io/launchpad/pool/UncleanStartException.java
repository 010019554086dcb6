// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A start that failed and may have left processes or files behind under its account.
public final class UncleanStartException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  public UncleanStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
