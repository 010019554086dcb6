// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The conditions under which the service can take requests.
///
/// A check answers empty when its condition holds, else a sentence that says what is missing.
public final class Health {
  private final Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();

  public synchronized void add(String name, Supplier<Optional<String>> check) {
    checks.put(name, check);
  }

  /// Why the service is not ready, one line a reason; empty when it is.
  public synchronized List<String> reasons() {
    var reasons = new ArrayList<String>();
    checks.forEach(
        (name, check) -> check.get().ifPresent(reason -> reasons.add(name + ": " + reason)));
    return reasons;
  }
}
