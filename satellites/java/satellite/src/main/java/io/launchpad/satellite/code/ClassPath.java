// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import io.launchpad.sdk.Executor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/// The entries that scripts are loaded from and compiled against.
public final class ClassPath {
  /// A class of each jar that belongs to what scripts are written with.
  private static final List<Class<?>> SDK =
      List.of(Executor.class, FieldVector.class, ArrowBuf.class, Message.class);

  private ClassPath() {}

  /// Jars as they are; folders with the jars in them, in the order of their names.
  static List<Path> expanded(List<Path> given) {
    List<Path> entries = new ArrayList<>();
    for (Path entry : given) {
      entries.add(entry);
      if (Files.isDirectory(entry)) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(entry, "*.jar")) {
          List<Path> found = new ArrayList<>();
          jars.forEach(found::add);
          entries.addAll(found.stream().sorted().toList());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return entries;
  }

  /// What source code is compiled against beside the script's own class path.
  static List<Path> sdk() {
    return SDK.stream().map(ClassPath::place).distinct().toList();
  }

  /// The jar or folder that a class was loaded from.
  public static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
