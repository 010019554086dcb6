// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.linux.BrokerProcess.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A user who runs brokers without being root: one made for it, with worker accounts, where this
/// runs as root, else whoever this is.
final class OrdinaryUser {
  private static final String PREFIX = "launchpad-it-";
  private static final long SECONDS = 60;
  private static final int ACCOUNTS = 128;

  /// Beyond what useradd gives away; processes that run at the same time take different ones.
  private static final long FIRST = 1_800_000_000L;

  private static final long PLACES = 200_000;

  private final String name;
  private final boolean made;

  private OrdinaryUser(String name, boolean made) {
    this.name = name;
    this.made = made;
  }

  static OrdinaryUser make() throws IOException, InterruptedException {
    if (!BrokerProcess.isRoot()) {
      return new OrdinaryUser(System.getProperty("user.name"), false);
    }
    removeThoseOfTheDead();
    long pid = ProcessHandle.current().pid();
    var user = new OrdinaryUser(PREFIX + pid, true);
    long first = FIRST + pid % PLACES * ACCOUNTS;
    String range = first + "-" + (first + ACCOUNTS - 1);
    run("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user.name);
    try {
      run("usermod", "--add-subuids", range, "--add-subgids", range, user.name);
    } catch (AssertionError e) {
      user.remove();
      throw e;
    }
    return user;
  }

  private static void removeThoseOfTheDead() throws IOException, InterruptedException {
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      String user = line.substring(0, Math.max(0, line.indexOf(':')));
      if (user.matches(PREFIX + "\\d{1,9}")
          && ProcessHandle.of(Long.parseLong(user.substring(PREFIX.length()))).isEmpty()) {
        run("userdel", user);
      }
    }
  }

  /// With this user as the one who starts the broker.
  Setup setup(String... options) {
    var prefix =
        made
            ? List.of("setpriv", "--reuid=" + name, "--regid=" + name, "--clear-groups", "--")
            : List.<String>of();
    return new Setup(prefix, List.of(options), false);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + output);
    }
  }

  /// If it was made for this.
  void remove() throws IOException, InterruptedException {
    if (made) {
      run("userdel", name);
    }
  }
}
