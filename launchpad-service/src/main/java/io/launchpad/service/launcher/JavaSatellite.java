// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// The installed Java satellite: a folder with its jars, its native library, the options of its
/// virtual machines, and the caches of classes made of them.
record JavaSatellite(Path library) {
  private static final int KEY_DIGITS = 16;

  /// The jar whose manifest names the others.
  Path jar() {
    return library.resolve("lib/java-satellite.jar");
  }

  /// A file of arguments.
  Path options() {
    return library.resolve("jvm.options");
  }

  /// What stands behind the options.
  List<String> arguments() {
    return List.of("-Djava.library.path=" + library.resolve("native"), "-jar", jar().toString());
  }

  /// Where a JDK says which it is.
  static Path release(Path interpreter) {
    return home(interpreter).resolve("release");
  }

  private static Path home(Path interpreter) {
    return real(interpreter).resolve("../..").normalize();
  }

  /// The virtual machine itself, of which a release may have several builds.
  private static Path machine(Path interpreter) {
    return release(interpreter).resolveSibling("lib/server/libjvm.so");
  }

  private static Path real(Path interpreter) {
    try {
      return interpreter.toRealPath();
    } catch (IOException e) {
      return interpreter.toAbsolutePath();
    }
  }

  /// Where the cache of classes for this JDK stands, or would: it is named by a hash of this
  /// folder, its jars and options and one of the JDK's, computed as the script `make-cache` does.
  Path cache(Path interpreter) throws IOException {
    List<Path> satellite;
    try (Stream<Path> files = Files.list(library.resolve("lib"))) {
      satellite =
          Stream.concat(
                  files
                      .filter(file -> file.toString().endsWith(".jar"))
                      .sorted(Comparator.comparing(Path::toString)),
                  Stream.of(options()))
              .toList();
    }
    List<Path> jdk = List.of(release(interpreter), machine(interpreter));
    String name = key(library.toRealPath(), satellite) + "-" + key(home(interpreter), jdk) + ".aot";
    return library.resolve("cache").resolve(name);
  }

  private static String key(Path folder, List<Path> files) throws IOException {
    MessageDigest all = sha256();
    all.update((folder + "\n").getBytes(StandardCharsets.UTF_8));
    for (Path file : files) {
      all.update((hash(file) + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    return HexFormat.of().formatHex(all.digest()).substring(0, KEY_DIGITS);
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      var _ = in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
