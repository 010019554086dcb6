// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;

/// Fetches secrets from where the configuration says they are: `KEY-file` or `KEY-env`, never a
/// value in the file.
final class SecretReader {
  private static final EnumSet<PosixFilePermission> FORBIDDEN =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  Optional<Secret> read(ConfigReader in, String key) {
    var file = in.optionalPath(key + "-file");
    var variable = in.optional(key + "-env");
    if (file.isPresent() && variable.isPresent()) {
      in.problem(key + "-env", key + "-file and " + key + "-env exclude each other");
      return Optional.empty();
    }
    return file.isPresent()
        ? fromFile(in, key + "-file", file.get())
        : variable.flatMap(name -> fromEnvironment(in, key + "-env", name));
  }

  private static Optional<Secret> fromFile(ConfigReader in, String key, Path path) {
    try {
      var permissions = Files.getPosixFilePermissions(path);
      if (permissions.stream().anyMatch(FORBIDDEN::contains)) {
        in.problem(
            key,
            key + ": others can read or change " + path + "; mend it with: chmod 0600 " + path);
        return Optional.empty();
      }
      return checked(in, key, Files.readString(path, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      in.problem(key, key + ": cannot read " + path + ": " + e);
      return Optional.empty();
    }
  }

  private static Optional<Secret> fromEnvironment(ConfigReader in, String key, String name) {
    var value = in.environment(name);
    if (value.isEmpty()) {
      in.problem(key, key + ": the environment has no variable " + name);
      return Optional.empty();
    }
    return checked(in, key, value.get().strip());
  }

  private static Optional<Secret> checked(ConfigReader in, String key, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < Secret.LENGTH_MIN) {
      in.problem(key, key + ": the secret is shorter than " + Secret.LENGTH_MIN + " bytes");
      return Optional.empty();
    }
    return Optional.of(new Secret(bytes));
  }
}
