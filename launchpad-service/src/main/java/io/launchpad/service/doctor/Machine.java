// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.AccountsConfig;
import io.launchpad.service.config.AccountsConfig.Uids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/// What the checks look at.
///
/// @param home the installation
/// @param subuid the system's file of uid ranges
/// @param corePattern the kernel's setting of where core files go
/// @param serviceUser whose range there may be the worker accounts
/// @param root whether the broker will run as root, and so has worker accounts
/// @param socketBuffer the bytes a socket gets that asks for so many
record Machine(
    Path home,
    Path subuid,
    Path corePattern,
    String serviceUser,
    boolean root,
    int javaFeature,
    List<String> javaOptions,
    IntUnaryOperator socketBuffer,
    Commands commands) {

  /// Runs programs to their end.
  interface Commands {
    Ran run(List<String> command, Map<String, String> environment, Duration time)
        throws IOException, InterruptedException;
  }

  /// @param output standard output and error together
  record Ran(int status, String output) {}

  /// A status for a program that was ended because it took too long.
  static final int TOO_LONG = -1;

  static Machine real(Map<String, String> environment) {
    return new Machine(
        Path.of(environment.getOrDefault("LAUNCHPAD_HOME", "/usr/lib/launchpad")),
        Path.of("/etc/subuid"),
        Path.of("/proc/sys/kernel/core_pattern"),
        environment.getOrDefault("LAUNCHPAD_SERVICE_USER", "launchpad"),
        "root".equals(System.getProperty("user.name")),
        Runtime.version().feature(),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        Machine::grantedBuffer,
        Machine::runProgram);
  }

  /// The worker accounts that a service started as root would take; empty for any that are free.
  Optional<UidRange> accounts(AccountsConfig config, List<UidRange> reserved) {
    return switch (config.uids()) {
      case Uids.From(int first) -> Optional.of(new UidRange("", first, config.count()));
      case Uids.Own _ -> {
        long first =
            reserved.stream()
                .filter(
                    range -> range.user().equals(serviceUser) && range.count() >= config.count())
                .mapToLong(UidRange::first)
                .findFirst()
                .orElse(Uids.STANDARD);
        yield Optional.of(new UidRange("", first, config.count()));
      }
      case Uids.Any _ -> Optional.empty();
    };
  }

  private static int grantedBuffer(int asked) {
    try (var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.setOption(StandardSocketOptions.SO_SNDBUF, asked);
      return socket.getOption(StandardSocketOptions.SO_SNDBUF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Ran runProgram(
      List<String> command, Map<String, String> environment, Duration time)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("launchpad-doctor", ".txt");
    try {
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.directory(Path.of("/").toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      var process = builder.start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return new Ran(ended ? process.exitValue() : TOO_LONG, text);
    } finally {
      Files.delete(output);
    }
  }
}
