// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import org.openjdk.jmh.Main;

/// Runs the JMH benchmarks; arguments are JMH's own.
public final class Micro {
  private Micro() {}

  public static void main(String[] arguments) throws Exception {
    Main.main(arguments);
  }
}
