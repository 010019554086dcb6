// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;

/// The Java runtime of a service under test, and scripts for it.
final class JavaRuntime {
  /// A Java runtime beside a Python one that parks nothing.
  static final Settings SETTINGS =
      Settings.NONE
          .with("runtime.python.parked-min", 0)
          .with("runtime.java.language", "Java")
          .with("runtime.java.interpreter", Installation.java())
          .with("runtime.java.parked-min", 2);

  private JavaRuntime() {}

  static ScriptRequestBuilder request(String script) {
    return ScriptRequest.builder("alice", "Java", script);
  }

  /// The shortest kind of script: `call` is there, and its first statement is on line 4.
  static String main(String body) {
    return """
    import io.launchpad.sdk.*;
    void main() throws Throwable {
      var call = Call.current();
    """
        + body
        + "\n}\n";
  }
}
