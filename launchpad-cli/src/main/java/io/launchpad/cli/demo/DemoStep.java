// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One part of the demo: statements in a resource, and how they are to end.
///
/// @param resource the file beside this class
/// @param rowsFrom the query that counts the rows the script gets; empty when it gets none worth
///   counting
record DemoStep(String title, String resource, String rowsFrom, Ending ending) {

  /// How the statements of a step end when all is well.
  enum Ending {
    SUCCESS,
    SCRIPT_ERROR,
    /// Cancelled by the demo when the script has printed three lines.
    CANCELLED
  }

  /// The statements, with `${data}` replaced by the folder of the data.
  String statements(Path data) throws IOException {
    try (InputStream in = DemoStep.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the demo's " + resource + " is not in this build");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("${data}", data.toString().replace("'", "''"));
    }
  }
}
