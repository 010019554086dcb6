// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/// A named table that the script is to give back.
///
/// @param declared the types it must have; without them it comes as the script made it
public record ScriptOutput(String name, Optional<Schema> declared) {
  public static ScriptOutput undeclared(String name) {
    return new ScriptOutput(name, Optional.empty());
  }

  public static ScriptOutput declared(String name, Schema schema) {
    return new ScriptOutput(name, Optional.of(schema));
  }
}
