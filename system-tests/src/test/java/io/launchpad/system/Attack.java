// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

/// An attack by a script, as its file states it.
///
/// @param layer what stops it
/// @param outcome what it meets there: the name of an errno, exception or signal, a word of its
///   own, or the error code that ends the session
/// @param endsSession whether the session ends by it
record Attack(String file, String name, String layer, String outcome, boolean endsSession) {

  /// As docs/THREAT_MODEL.md names it.
  String reference() {
    return file + "." + name;
  }
}
