// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Where metrics and health are served, over HTTP without authentication: loopback unless said
/// otherwise.
public record MonitoringConfig(boolean enabled, InetSocketAddress address) {
  static MonitoringConfig read(ConfigReader in) {
    return new MonitoringConfig(
        in.flag("monitoring.enabled", true),
        in.address(
            "monitoring.address", new InetSocketAddress(InetAddress.getLoopbackAddress(), 9180)));
  }
}
