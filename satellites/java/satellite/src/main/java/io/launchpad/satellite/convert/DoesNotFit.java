// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import java.io.Serial;

/// A value that its column's type cannot hold; the message says why, when there is more to say.
public final class DoesNotFit extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  DoesNotFit(String why) {
    super(why, null, false, false);
  }

  /// The reason, behind a comma, or nothing.
  public String reason() {
    String why = getMessage();
    return why == null || why.isEmpty() ? "" : ", " + why;
  }
}
