// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// What an end of a connection is.
public enum Role {
  ENGINE,
  SATELLITE,
  LAUNCHPAD
}
