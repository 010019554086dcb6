// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// Descriptor 1 or 2 of a satellite.
public enum OutputStreamKind {
  STDOUT,
  STDERR
}
