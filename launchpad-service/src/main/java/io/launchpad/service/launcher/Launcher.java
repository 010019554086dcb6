// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import java.nio.file.Path;
import java.util.List;

/// The part of launchpad that knows one language.
///
/// Sealed: a language is trusted because it stands here, not because a file named it.
public sealed interface Launcher permits PythonLauncher, RLauncher, JavaLauncher {
  /// The name requests use, in lower case.
  String language();

  /// The name as people write it.
  String title();

  /// What keeps this runtime from working, a sentence each that says how to mend it; empty when it
  /// works.
  List<String> verify(RuntimeConfig runtime);

  /// Folders and files on disk that the runtime's satellites are made of: a change in them counts
  /// as one of its packages.
  List<Path> watched(RuntimeConfig runtime);

  /// How the runtime's zygote is started.
  ZygoteSpec zygote(RuntimeConfig runtime);

  /// A command that succeeds, with the interpreter's version as its first line, when the runtime's
  /// satellites could start: for who examines an installation.
  List<String> trial(RuntimeConfig runtime);

  /// What to do when the trial fails.
  String mend(RuntimeConfig runtime);
}
