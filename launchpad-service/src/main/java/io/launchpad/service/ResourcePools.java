// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.sandbox.ResourcePool;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.Sandbox;
import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.launcher.PoolLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the configured resource pools at the broker, or fails closed.
final class ResourcePools {
  private static final Logger LOG = LoggerFactory.getLogger(ResourcePools.class);

  private ResourcePools() {}

  /// The pools by name, once their limits hold.
  static Map<String, LimitedPool> make(Sandbox sandbox, ServiceConfig config) {
    var limits =
        PoolLimits.of(sandbox.facts().limiting(), config.sandbox(), config.resourcePools());
    if (!limits.refused().isEmpty()) {
      throw new StartException(
          "limits that this machine cannot keep: %s (%s); %s"
              .formatted(String.join(", ", limits.refused()), limits.why(), limits.mend()));
    }
    if (!limits.leftOut().isEmpty()) {
      LOG.atWarn()
          .addKeyValue("left_out", limits.leftOut())
          .addKeyValue("reason", limits.why())
          .log("SESSIONS ARE NOT LIMITED: this machine cannot keep these limits");
    }
    var made = new HashMap<String, LimitedPool>();
    for (int i = 0; i < limits.specs().size(); i++) {
      var spec = limits.specs().get(i);
      made.put(
          spec.name(),
          new LimitedPool(
              make(sandbox, spec),
              spec.all(),
              spec.session(),
              config.resourcePools().get(i).time().deadline().value()));
    }
    return Map.copyOf(made);
  }

  private static ResourcePool make(Sandbox sandbox, ResourcePoolSpec spec) {
    try {
      return sandbox.resourcePool(spec).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new StartException(
          String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage()), e);
    }
  }
}
