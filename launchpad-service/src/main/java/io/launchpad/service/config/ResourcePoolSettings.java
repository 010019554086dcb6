// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.ArrayList;
import java.util.List;

/// One resource pool: named limits for the sessions that are classified into it. `default` always
/// exists.
public record ResourcePoolSettings(String name, int sessionsMax) {
  /// The pool of a request that names none.
  public static final String STANDARD = "default";

  static ResourcePoolSettings read(ConfigReader in, String name) {
    String prefix = "resource-pool." + name + ".";
    return new ResourcePoolSettings(name, in.integer(prefix + "sessions-max", 10_000, 1, 10_000));
  }

  static List<ResourcePoolSettings> readAll(ConfigReader in) {
    var names = in.names("resource-pool");
    names.add(STANDARD);
    var pools = new ArrayList<ResourcePoolSettings>();
    for (String name : names) {
      pools.add(read(in, name));
    }
    return List.copyOf(pools);
  }
}
