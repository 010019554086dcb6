// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Loads the script's classes: compiled ones, then those of its class path.
final class ScriptClasses extends URLClassLoader {
  private final Map<String, byte[]> compiled;

  static {
    registerAsParallelCapable();
  }

  /// @param compiled class files by the classes' names
  ScriptClasses(Map<String, byte[]> compiled, List<Path> classPath) {
    super("script", urls(classPath), new SharedClasses());
    this.compiled = Map.copyOf(compiled);
  }

  private static URL[] urls(List<Path> classPath) {
    return classPath.stream()
        .map(entry -> {
          try {
            return entry.toUri().toURL();
          } catch (MalformedURLException e) {
            throw new UncheckedIOException(new IOException(e));
          }
        })
        .toArray(URL[]::new);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = compiled.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }
}
