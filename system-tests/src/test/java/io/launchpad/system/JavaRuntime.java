// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// The Java runtime of a service under test, and scripts for it.
final class JavaRuntime {
  /// A Java runtime beside a Python one that parks nothing.
  static final Settings SETTINGS =
      Settings.NONE
          .with("runtime.python.parked-min", 0)
          .with("runtime.java.language", "Java")
          .with("runtime.java.interpreter", Installation.java())
          .with("runtime.java.code", "classes, source, jars")
          .with("runtime.java.parked-min", 2)
          .withLimit("resource-pool.default.session-memory", "1GiB")
          .withLimit("resource-pool.small.session-memory", "256MiB")
          .withLimit("resource-pool.small.session-cpus", "1");

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

  /// The jars of a satellite, as the compiler takes them.
  static String classPath(Path satellite) throws IOException {
    try (Stream<Path> jars = Files.list(satellite.resolve("lib"))) {
      return jars.map(Path::toString).collect(Collectors.joining(":"));
    }
  }

  /// A jar with one class, compiled against the installed SDK.
  static byte[] jar(String className, String source) throws IOException {
    Path folder = Files.createTempDirectory("launchpad-jar-");
    try {
      Path file =
          Files.writeString(
              folder.resolve(className.substring(className.lastIndexOf('.') + 1) + ".java"),
              source);
      int status =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "-proc:none",
                  "-cp",
                  classPath(Installation.javaSatellite()),
                  "-d",
                  folder.toString(),
                  file.toString());
      if (status != 0) {
        throw new IllegalStateException("javac ended with " + status);
      }
      var bytes = new ByteArrayOutputStream();
      try (var jar = new JarOutputStream(bytes)) {
        String entry = className.replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(entry));
        jar.write(Files.readAllBytes(folder.resolve(entry)));
      }
      return bytes.toByteArray();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
