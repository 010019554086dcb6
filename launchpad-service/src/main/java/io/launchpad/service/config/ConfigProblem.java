// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

/// One thing that is wrong with a configuration, and where: `line` is 0 when no line can be named.
public record ConfigProblem(String file, int line, String message) {
  @Override
  public String toString() {
    return line > 0 ? file + ":" + line + ": " + message : file + ": " + message;
  }
}
