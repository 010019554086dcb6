// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.workbench;

import java.io.IOException;
import java.nio.file.Path;

/// Where this command was installed, as its start script says.
///
/// @param home the folder with `bin/launchpad`
/// @param runtimes the installed runtimes, a folder for each
record Installation(Path home, Path runtimes) {

  static Installation ofThisProcess() throws IOException {
    String home = System.getenv("LAUNCHPAD_HOME");
    String runtimes = System.getenv("LAUNCHPAD_RUNTIMES");
    if (home == null || runtimes == null) {
      throw new IOException(
          "LAUNCHPAD_HOME and LAUNCHPAD_RUNTIMES are not set: start this by bin/launchpad");
    }
    return new Installation(Path.of(home), Path.of(runtimes));
  }
}
